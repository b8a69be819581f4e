import importlib.util
import sys

import pytest

from resonance_core.api_key import ApiKey
from resonance_core.errors import ConfigError
from resonance_core.google_services import LONGEST_MESSAGE, check_access, plain, recipient

KEY = ApiKey("AIza-not-a-real-key", "GEMINI_API_KEY")


def test_a_key_is_returned_where_all_is_there():
    assert check_access("Gemini", KEY, "do without") is KEY


def test_a_missing_key_is_said():
    words = r"^Lyria needs an API key.*Set GEMINI_API_KEY.*apikey\. Or do without\.$"
    with pytest.raises(ConfigError, match=words):
        check_access("Lyria", None, "do without")


@pytest.mark.parametrize("missing", ["google.genai", "google"])
def test_a_missing_library_is_said_before_a_key(monkeypatch, missing):
    for name in [name for name in sys.modules if name == missing or name.startswith(f"{missing}.")]:
        monkeypatch.delitem(sys.modules, name)
    found = importlib.util.find_spec

    def find(name, package=None):
        if name.split(".")[0] == "google" and missing == "google":
            raise ModuleNotFoundError(name)
        return None if name == missing else found(name, package)

    monkeypatch.setattr("importlib.util.find_spec", find)
    with pytest.raises(ConfigError, match=r"pip install 'resonance\[google\]'; or do without"):
        check_access("Gemini", None, "do without")


def test_what_a_service_says_is_short_and_plain_and_without_the_key():
    said = plain(f"no\n\x1b[31m AIza-not-a-real-key {'x' * 500}", KEY)
    assert said.startswith("no [31m ********** xxx")
    assert len(said) == LONGEST_MESSAGE


def test_who_is_asked_is_named_without_what_may_be_secret(monkeypatch):
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL", raising=False)
    assert recipient() == "generativelanguage.googleapis.com"
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "https://me:secret@proxy.example:8443/google")
    assert recipient() == "proxy.example:8443"
