import traceback

import pytest
from prefect.blocks.system import Secret
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.secrets import GOOGLE_SECRET, google_api_key
from resonance_core.errors import ConfigError

KEY = "AIza-not-a-real-key-0123456789"


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)


def test_there_may_be_no_key_and_no_server_is_started_to_find_that_out(monkeypatch):
    monkeypatch.setattr(Secret, "load", lambda *_, **__: pytest.fail("a server was asked"))
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert google_api_key() is None


def test_geminis_variable_comes_before_googles(monkeypatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "other")
    assert google_api_key().source == "GOOGLE_API_KEY"
    monkeypatch.setenv("GEMINI_API_KEY", f" {KEY}\n")
    found = google_api_key()
    assert (found.source, found.get_secret_value()) == ("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GEMINI_API_KEY", " ")
    assert google_api_key().source == "GOOGLE_API_KEY"


def test_a_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    found = google_api_key()
    assert KEY not in f"{found} {found!r} {[found]}"


@pytest.mark.parametrize("wrong", [f"{KEY} {KEY}", f"{KEY}\nx", f"{KEY}é"])
def test_what_is_no_key_is_refused_unseen(wrong, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", wrong)
    with pytest.raises(ConfigError, match="GEMINI_API_KEY holds is no API key") as caught:
        google_api_key()
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.fixture
def save(prefect_server):
    """Saves what the Secret holds, which other tests on that server are to find no more."""
    yield lambda value: Secret(value=value).save(GOOGLE_SECRET, overwrite=True)
    Secret.delete(GOOGLE_SECRET)


def test_a_prefect_secret_is_found_where_a_server_is_set(save, monkeypatch):
    assert google_api_key() is None
    save(KEY)
    found = google_api_key()
    assert found.get_secret_value() == KEY
    assert found.source == f"the Prefect Secret {GOOGLE_SECRET}"
    save({"key": KEY})
    with pytest.raises(ConfigError, match="holds is no API key") as caught:
        google_api_key()
    assert KEY not in str(caught.value)
    monkeypatch.setenv("GOOGLE_API_KEY", "other")
    assert google_api_key().source == "GOOGLE_API_KEY"


def test_a_prefect_server_that_is_down_is_said():
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        pytest.raises(ConfigError, match=f"Secret {GOOGLE_SECRET} cannot be asked"),
    ):
        google_api_key()
