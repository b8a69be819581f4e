from pathlib import Path

import pytest

from resonance_core.sources.anchor import anchor


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dark", "/music/dark"),
        ("../dark", "/music/../dark"),
        ("/else/dark", "/else/dark"),
        ("~/dark", str(Path.home() / "dark")),
        ("https://example.org/dark", "https://example.org/dark"),
        ("file:///else/dark", "file:///else/dark"),
        ("youtube.com/playlist?list=PL12345", "youtube.com/playlist?list=PL12345"),
    ],
)
def test_relative_paths_start_from_the_folder(source, expected):
    assert anchor(source, Path("/music")) == expected
