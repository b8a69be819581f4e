from typing import Any

import pytest
from yt_dlp import YoutubeDL

from resonance_core.sources.ytdlp_child import OPTIONS

# As YouTube's are; its own mark of quality goes before all else.
VIDEO = {"format_id": "137", "ext": "mp4", "vcodec": "avc1", "acodec": "none", "quality": 9}
BOTH = {"format_id": "22", "ext": "mp4", "vcodec": "avc1", "acodec": "mp4a", "quality": 8}
AAC = {"format_id": "140", "ext": "m4a", "vcodec": "none", "acodec": "mp4a", "quality": 3}
OPUS = {"format_id": "251", "ext": "webm", "vcodec": "none", "acodec": "opus", "quality": 3}
SMALL = {"format_id": "249", "ext": "webm", "vcodec": "none", "acodec": "opus", "quality": 2}


def chosen(*formats: dict[str, Any]) -> dict[str, Any]:
    """Return what yt-dlp would download of a page with some formats."""
    page = {
        "id": "x",
        "title": "Song",
        "extractor": "x",
        "extractor_key": "X",
        "formats": [{**form, "url": f"https://a.example/{form['ext']}"} for form in formats],
    }
    with YoutubeDL(OPTIONS) as client:
        found: dict[str, Any] = client.process_video_result(page, download=False)
    return found


@pytest.mark.parametrize(
    ("formats", "best"),
    [
        ((VIDEO, BOTH, SMALL, AAC, OPUS), "251"),
        ((VIDEO, BOTH, AAC, SMALL), "140"),
        ((VIDEO, BOTH), "22"),
    ],
    ids=["opus", "m4a", "no audio by itself"],
)
def test_the_best_audio_is_taken_as_it_is(formats: tuple[dict[str, Any], ...], best: str) -> None:
    found = chosen(*formats)

    assert found["format_id"] == best
    assert "requested_formats" not in found  # two that FFmpeg would have to merge
