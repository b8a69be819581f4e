import time

import pytest

from resonance_core.sources.lists.spreadsheet import guarded, unguarded

ALTERED = ["=1+1", "+1", "-Dash", "@at", "＝1", "7/11", "007", "4:44", "'=1", "''-twice", "?"]
PLAIN = ["", "One", "'t Hooft", "'", "'''", "99 Problems", "Á - b", "夜 7"]


@pytest.mark.parametrize("text", ALTERED)
def test_what_a_spreadsheet_would_alter_gets_one_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("text", ["'" * 200_000, "'-" * 100_000 + "x"])
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    assert unguarded(guarded(text)) == text
    assert time.process_time() - start < 0.2
