import pytest
from pydantic import ValidationError

from studio.settings import StudioSettings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "studio.lan", "127.0.0.1.x.org"])
def test_a_place_beyond_loopback_needs_a_key(host, monkeypatch):
    monkeypatch.delenv("RESONANCE_STUDIO_API_KEY", raising=False)
    for key in (None, ""):
        with pytest.raises(ValidationError, match="others can reach it"):
            StudioSettings(host=host, api_key=key)
    assert StudioSettings(host=host, api_key="s3cret").host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_needs_none(host, monkeypatch):
    monkeypatch.delenv("RESONANCE_STUDIO_API_KEY", raising=False)
    assert StudioSettings(host=host).api_key is None
    assert StudioSettings().host == "127.0.0.1"
