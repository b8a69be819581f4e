import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from resonance_core.audio.decode import transcode
from resonance_core.errors import TrackError

RATE = 32_000


@pytest.fixture
def music() -> np.ndarray:
    """Twenty seconds that no encoder can make small: a tone in noise."""
    noise = 0.05 * np.random.default_rng(0).standard_normal(20 * 44_100)
    return noise + 0.3 * np.sin(2 * np.pi * 440 * np.arange(20 * 44_100) / 44_100)


def overwrite(path: Path, start: float, share: float) -> Path:
    """Replace a share of a file's bytes by noise."""
    data = bytearray(path.read_bytes())
    first, size = round(start * len(data)), round(share * len(data))
    data[first : first + size] = np.random.default_rng(1).bytes(size)
    path.write_bytes(data)
    return path


def test_ogg_with_its_headers_repeated_is_read(tmp_path: Path) -> None:
    # So are some pieces of HyperRogue's music: FFmpeg refuses them, libsndfile reads them.
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(3 * 44_100) / 44_100)
    source = tmp_path / "game.ogg"
    soundfile.write(source, tone, 44_100, subtype="VORBIS")
    data = source.read_bytes()
    audio = data.index(b"OggS", data.index(b"OggS", 4) + 4)  # the third page
    source.write_bytes(data[:audio] + data)
    with pytest.raises(av.InvalidDataError):
        av.open(str(source))
    facts = transcode(source, tmp_path / "audio.flac", RATE)
    heard, _ = soundfile.read(tmp_path / "audio.flac")
    assert (facts.samples, facts.codec, facts.damaged_packets) == (3 * RATE, "vorbis", 0)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    assert np.abs(heard - expected)[RATE : 2 * RATE].max() < 0.02


@pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac")])
def test_a_scratch_is_stepped_over(
    encode, music: np.ndarray, tmp_path: Path, name: str, codec: str
) -> None:
    source = overwrite(encode(name, codec, music, 44_100), start=0.3, share=0.003)
    facts = transcode(source, tmp_path / "audio.flac", RATE)
    assert facts.damaged_packets > 0
    assert facts.seconds == pytest.approx(20, abs=0.5)


def test_what_a_container_drops_is_missing_and_not_counted(
    clips: list[Path], tmp_path: Path
) -> None:
    source = tmp_path / "scratched.opus"
    source.write_bytes(clips[0].read_bytes())
    facts = transcode(overwrite(source, start=0.3, share=0.01), tmp_path / "audio.flac", RATE)
    assert facts.damaged_packets == 0
    assert 42 <= facts.seconds < 45


def test_a_file_with_many_damaged_packets_is_refused(
    encode, music: np.ndarray, tmp_path: Path
) -> None:
    source = overwrite(encode("a.m4a", "aac", music, 44_100), start=0.3, share=0.4)
    with pytest.raises(TrackError, match=r"damaged: \d+ of its \d+ aac packets"):
        transcode(source, tmp_path / "audio.flac", RATE)


def test_a_cut_download_gives_what_arrived(clips: list[Path], tmp_path: Path) -> None:
    data = clips[0].read_bytes()
    source = tmp_path / "half.opus"
    source.write_bytes(data[: len(data) // 2])
    facts = transcode(source, tmp_path / "audio.flac", RATE)
    assert 15 < facts.seconds < 30


def test_less_than_a_second_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "blip.wav", np.zeros(13_230), 44_100)
    with pytest.raises(TrackError, match=r"only 0\.300 s of audio.*at least 1 s"):
        transcode(tmp_path / "blip.wav", tmp_path / "audio.flac", RATE)


def test_a_second_is_enough(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "second.wav", np.zeros(44_100), 44_100)
    assert transcode(tmp_path / "second.wav", tmp_path / "audio.flac", RATE).samples == RATE


def test_files_that_are_no_audio_are_refused(clips: list[Path], tmp_path: Path) -> None:
    contents = {
        "text.mp3": b"this is no music\n" * 1000,
        "empty.ogg": b"",
        "header.opus": clips[0].read_bytes()[:40],
        "beheaded.opus": clips[0].read_bytes()[300:],
    }
    for name, content in contents.items():
        source = tmp_path / name
        source.write_bytes(content)
        with pytest.raises(TrackError, match=f"{name} (cannot be read as audio|is empty)"):
            transcode(source, tmp_path / "audio.flac", RATE)
        assert not (tmp_path / "audio.flac").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match=r"gone\.mp3 cannot be read.*No such file"):
        transcode(tmp_path / "gone.mp3", tmp_path / "audio.flac", RATE)


def test_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(44_100), 44_100)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[20:22] = b"\x99\x99"  # the format tag
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(TrackError, match="unknown codec"):
        transcode(tmp_path / "a.wav", tmp_path / "audio.flac", RATE)


def test_a_silent_film_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    with av.open(str(source), "w") as output:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(25):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
    with pytest.raises(TrackError, match="has no audio in it"):
        transcode(source, tmp_path / "audio.flac", RATE)


@pytest.mark.parametrize("rate", [0, 1, 100, 4_000_000_000])
def test_a_rate_that_no_recording_has_is_refused(tmp_path: Path, rate: int) -> None:
    source = tmp_path / "bomb.wav"
    soundfile.write(source, np.zeros(3 * 44_100), 44_100)
    data = bytearray(source.read_bytes())
    struct.pack_into("<I", data, 24, rate)
    source.write_bytes(data)
    with pytest.raises(TrackError, match=r"bomb\.wav (claims a sample rate of|cannot be read)"):
        transcode(source, tmp_path / "audio.flac", RATE)
    # At 1 Hz it would become 36 hours and 4 billion samples.
    assert not (tmp_path / "audio.flac").exists()


def test_more_channels_than_can_be_mixed_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "array.wav", np.zeros((44_100, 100)), 44_100)
    with pytest.raises(TrackError, match=r"array\.wav has 100 channels that cannot be mixed"):
        transcode(tmp_path / "array.wav", tmp_path / "audio.flac", RATE)


def test_more_silence_than_any_codec_makes_of_its_bytes_is_refused(encode, tmp_path: Path) -> None:
    source = encode("bomb.wv", "wavpack", np.zeros(8_000 * 900, np.float32), 8_000, "mono")
    assert source.stat().st_size < 9_000
    with pytest.raises(TrackError, match=r"goes on for more than \d+ s, which its \d+ bytes"):
        transcode(source, tmp_path / "audio.flac", RATE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # FFmpeg would open it a thousand times, one inside the other.
        ("circle.mp3", "ffconcat version 1.0\nfile circle.mp3\n"),
        # It has no end mark: FFmpeg would wait for more for ever.
        ("radio.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\na.ts\n"),
        ("other.mp3", "ffconcat version 1.0\nfile a.ts\n"),
    ],
)
def test_lists_are_not_followed(
    encode, music: np.ndarray, tmp_path: Path, name: str, text: str
) -> None:
    encode("a.ts", "aac", music[: 2 * 44_100], 44_100)
    (tmp_path / name).write_text(text)
    with pytest.raises(TrackError, match=f"{name} is no audio but a list that leads to others"):
        transcode(tmp_path / name, tmp_path / "audio.flac", RATE)


def test_millions_of_damaged_packets_are_not_waited_for(
    encode, music: np.ndarray, tmp_path: Path
) -> None:
    source = encode("a.caf", "alac", music, 44_100)
    data = bytearray(source.read_bytes())
    struct.pack_into(">I", data, data.index(b"desc") + 28, 1)  # the bytes of each packet
    source.write_bytes(data)
    with pytest.raises(TrackError, match=r"damaged: 10001 of its \d+ alac packets"):
        transcode(source, tmp_path / "audio.flac", RATE)


def test_a_broadcast_to_which_a_stream_is_added_is_read_to_its_end(
    encode, music: np.ndarray, tmp_path: Path
) -> None:
    first = encode("first.ts", "aac", music[: 3 * 44_100], 44_100)
    second = tmp_path / "second.ts"
    with (
        av.open(str(first)) as one,
        av.open(str(second), "w", options={"mpegts_start_pid": "999"}) as two,
    ):
        stream = two.add_stream_from_template(one.streams.audio[0])
        for packet in one.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                two.mux(packet)
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    assert transcode(both, tmp_path / "audio.flac", RATE).seconds == pytest.approx(3, abs=0.1)
