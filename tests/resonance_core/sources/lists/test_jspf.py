import json

import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.jspf import read_jspf


def tracks(*track: object) -> list[Entry]:
    return read_jspf(json.dumps({"playlist": {"track": track}}).encode()).entries


def test_tracks_in_order() -> None:
    data = {
        "playlist": {
            "title": "Evening",
            "track": [
                {
                    "location": ["http://example.org/a.mp3", "b.mp3"],
                    "title": " One ",
                    "creator": "Artist",
                    "duration": 61500,
                },
                {"identifier": ["https://example.org/recording/1"], "title": "Two", "creator": "B"},
            ],
        }
    }

    listed = read_jspf(json.dumps(data).encode("utf-8-sig"))

    assert listed.title == "Evening"
    assert listed.entries == [
        Entry("One", "Artist", "http://example.org/a.mp3", 61.5),
        Entry("Two", "B"),
    ]


def test_a_location_may_stand_alone_and_a_duration_be_text() -> None:
    assert tracks({"location": "a.mp3", "duration": "2000"}) == [
        Entry(location="a.mp3", duration_s=2.0)
    ]


@pytest.mark.parametrize(
    "track",
    [
        None,
        7,
        "One",
        [],
        {},
        {"title": 7, "creator": ["A"], "location": {}, "duration": []},
        {"location": [], "duration": float("nan")},
        {"location": [7], "duration": -5},
        {"duration": 10**400},
        {"duration": float("inf")},
    ],
)
def test_parts_of_a_wrong_type_are_passed_over(track: object) -> None:
    assert tracks(track) == [Entry()]


@pytest.mark.parametrize(
    "root", ["[]", "{}", "7", '{"playlist": []}', '{"playlist": {"track": {}}}']
)
def test_json_of_another_kind_lists_nothing(root: str) -> None:
    assert read_jspf(root.encode()).entries == []


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, "1" * 5000, '{"playlist": }'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_jspf(text.encode())
    assert caught.value.problem.startswith("is not JSON (")
