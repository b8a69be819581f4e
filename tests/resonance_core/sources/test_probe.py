import os
from contextlib import contextmanager
from pathlib import Path

import av
import pytest
import soundfile

from resonance_core.sources.probe import probe


def test_ogg_that_ffmpeg_refuses_is_read_as_the_decoder_reads_it(
    clips: list[Path], tmp_path: Path
) -> None:
    audio, rate = soundfile.read(clips[0], frames=48000 * 3)
    path = tmp_path / "song.ogg"
    with soundfile.SoundFile(path, "w", rate, 2, format="OGG", subtype="VORBIS") as file:
        file.title = "Journey"
        file.write(audio)
    pages = path.read_bytes().split(b"OggS")
    path.write_bytes(b"OggS".join(pages[:3] + pages[1:]))  # its headers twice

    with pytest.raises(av.FFmpegError):
        av.open(str(path))
    assert probe(path) == ("Journey", 3.0)


def test_what_is_no_audio_has_no_probe(tmp_path: Path) -> None:
    text = tmp_path / "song.mp3"
    text.write_bytes(b"hello there")
    ogg = tmp_path / "song.ogg"
    ogg.write_bytes(b"OggS, and nothing more")

    assert probe(text) is None
    assert probe(ogg) is None


def test_a_pipe_and_a_file_that_may_not_be_opened_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")  # opening it would wait for somebody to write
    assert probe(tmp_path / "pipe.mp3") is None

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked.mp3").write_bytes(b"x")
    monkeypatch.setattr("resonance_core.sources.probe.av.open", refuse)
    assert probe(tmp_path / "locked.mp3") is None


def test_length_that_no_header_tells_is_the_last_packets(clips: list[Path], tmp_path: Path) -> None:
    live = tmp_path / "live.webm"
    with av.open(str(clips[0])) as clip, av.open(str(live), "w", options={"live": "1"}) as copy:
        stream = copy.add_stream_from_template(clip.streams.audio[0])
        for packet in clip.demux(clip.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)

    found = probe(live)
    assert found is not None
    assert found.duration_s == pytest.approx(45, abs=0.1)


def test_another_stream_behind_the_end_costs_no_length(
    clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Container:
        """Ends as PyAV does where a stream comes up that the header does not name."""

        duration = None

        def __init__(self, opened) -> None:
            self.streams, self.metadata = opened.streams, opened.metadata
            self._opened = opened

        def demux(self, stream):
            yield from self._opened.demux(stream)
            raise IndexError

    @contextmanager
    def opening(path: Path):
        with av.open(str(path)) as opened:
            yield Container(opened)

    monkeypatch.setattr("resonance_core.sources.probe.open_container", opening)
    found = probe(clips[0])
    assert found is not None
    assert found.duration_s == pytest.approx(45, abs=0.1)
