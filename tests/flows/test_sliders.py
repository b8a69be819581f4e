import pytest

from flows.sliders import refined, sliders_of
from resonance_core.errors import ConfigError


def test_positions_are_numbers_behind_names():
    assert sliders_of(["bass=0.5", " energy = -1"]) == {"bass": 0.5, "energy": -1.0}
    for wrong in ("bass", "bass=loud", "=", ""):
        with pytest.raises(ConfigError, match="no name with a number"):
            sliders_of([wrong])


def test_words_move_sliders_from_where_they_stand():
    positions, changes = refined(["more bass, no singing"], {"bass": 0.2})
    assert positions["bass"] > 0.2
    assert positions["vocal"] == -1.0
    assert [change.slider for change in changes] == ["bass", "vocal"]
    assert (changes[0].before, changes[0].after) == (0.2, positions["bass"])


def test_a_later_text_can_take_back_an_earlier_one():
    positions, _ = refined(["more bass", "much faster", "undo"], {})
    assert positions["bass"] > 0
    assert positions["tempo"] == 0


def test_what_is_not_understood_is_said_and_changes_nothing():
    with pytest.raises(ConfigError, match="'flibber the glorp' was not understood"):
        refined(["more bass", "flibber the glorp"], {})


def test_without_words_nothing_moves():
    assert refined([], {"bass": 0.5}) == ({"bass": 0.5}, [])
