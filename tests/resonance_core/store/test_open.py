import pytest

from resonance_core.errors import ConfigError
from resonance_core.store.open import open_store


def test_a_folder_is_a_store(tmp_path):
    assert open_store(str(tmp_path / "new")).root == tmp_path / "new"


def test_a_home_that_nobody_has_is_no_place():
    with pytest.raises(ConfigError, match="no such home"):
        open_store("~nobody-has-this-name/store")


def test_other_locations_are_refused():
    with pytest.raises(ConfigError, match="'ftp://host/a' is no folder"):
        open_store("ftp://host/a")
