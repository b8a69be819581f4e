import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from resonance_core.audio.decode import transcode
from resonance_core.errors import TrackError

RATE = 32_000


def sine(frequency: float, rate: int, seconds: float = 3.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


def loudest(audio: np.ndarray) -> tuple[float, float]:
    """Frequency and amplitude of the strongest component, from the middle second."""
    middle = audio[len(audio) // 2 - RATE // 2 :][:RATE]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(RATE)))
    return float(spectrum.argmax()), float(spectrum.max() * 4 / RATE)


def test_a_real_clip_becomes_mono_flac_at_the_rate(clips: list[Path], tmp_path: Path) -> None:
    facts = transcode(clips[0], tmp_path / "audio.flac", RATE)
    info = soundfile.info(tmp_path / "audio.flac")
    assert (info.format, info.subtype, info.channels) == ("FLAC", "PCM_16", 1)
    assert (info.samplerate, info.frames) == (RATE, facts.samples)
    assert facts.seconds == pytest.approx(45.0, abs=0.02)
    assert (facts.codec, facts.damaged_packets) == ("opus", 0)


def test_the_same_source_gives_the_same_bytes(clips: list[Path], tmp_path: Path) -> None:
    transcode(clips[1], tmp_path / "a.flac", RATE)
    transcode(clips[1], tmp_path / "b.flac", RATE)
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_a_real_clip_equals_an_independent_decoder(clips: list[Path], tmp_path: Path) -> None:
    transcode(clips[2], tmp_path / "audio.flac", 48_000)
    ours, _ = soundfile.read(tmp_path / "audio.flac")
    theirs = soundfile.read(clips[2], always_2d=True)[0].mean(axis=1)
    assert len(ours) == len(theirs)
    # libopus and FFmpeg's own decoder agree to 68-80 dB on these clips.
    assert 10 * np.log10(np.mean(theirs**2) / np.mean((ours - theirs) ** 2)) > 60


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout", "tolerance"),
    [
        ("a.mp3", "libmp3lame", 44_100, "stereo", 1152 / 44_100),
        ("a.m4a", "aac", 48_000, "stereo", 1024 / 48_000),
        ("surround.m4a", "aac", 48_000, "5.1", 1024 / 48_000),
        ("a.opus", "libopus", 48_000, "mono", 0.02),
        ("a.wav", "pcm_s24le", 44_100, "stereo", 0),
        ("surround.wav", "pcm_s24le", 48_000, "5.1", 0),
        ("telephone.wav", "pcm_s16le", 8_000, "mono", 0),
        ("canonical.flac", "flac", RATE, "mono", 0),
    ],
)
def test_a_tone_survives(
    encode, tmp_path: Path, name: str, codec: str, rate: int, layout: str, tolerance: float
) -> None:
    source = encode(name, codec, sine(440, rate), rate, layout)
    facts = transcode(source, tmp_path / "audio.flac", RATE)
    frequency, amplitude = loudest(soundfile.read(tmp_path / "audio.flac")[0])
    assert facts.seconds == pytest.approx(3.0, abs=tolerance + 1 / RATE)
    assert frequency == pytest.approx(440, abs=1)
    # Lossy encoders share a tone among six channels unevenly.
    lossless = tolerance == 0
    assert 20 * np.log10(amplitude / 0.5) == pytest.approx(0, abs=0.1 if lossless else 1)


def test_vorbis_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.ogg", sine(440, 44_100), 44_100, subtype="VORBIS")
    facts = transcode(tmp_path / "a.ogg", tmp_path / "audio.flac", RATE)
    assert (facts.codec, facts.samples) == ("vorbis", 3 * RATE)
    assert loudest(soundfile.read(tmp_path / "audio.flac")[0])[0] == 440


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_the_new_rate_cannot_hold_does_not_fold_back(tmp_path: Path, rate: int) -> None:
    soundfile.write(tmp_path / "a.wav", sine(20_000, rate), rate, subtype="PCM_24")
    transcode(tmp_path / "a.wav", tmp_path / "audio.flac", RATE)
    _, amplitude = loudest(soundfile.read(tmp_path / "audio.flac")[0])
    assert 20 * np.log10(max(amplitude, 1e-9) / 0.5) < -70


def test_rate_and_channels_may_change_on_the_way(encode, tmp_path: Path) -> None:
    first = encode("first.mp3", "libmp3lame", sine(440, 44_100), 44_100)
    second = encode("second.mp3", "libmp3lame", sine(880, 22_050), 22_050, "mono")
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    facts = transcode(both, tmp_path / "audio.flac", RATE)
    audio, _ = soundfile.read(tmp_path / "audio.flac")
    assert facts.seconds == pytest.approx(6.0, abs=0.2)
    assert loudest(audio[: 3 * RATE])[0] == pytest.approx(440, abs=1)
    assert loudest(audio[3 * RATE :])[0] == pytest.approx(880, abs=1)


def test_tags_in_another_encoding_do_no_harm(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sine(440, 44_100), 44_100)
    plain = (tmp_path / "a.wav").read_bytes()
    title = b"INFOINAM" + struct.pack("<I", 6) + b"caf\xe9 \0"
    tagged = plain[12:36] + b"LIST" + struct.pack("<I", len(title)) + title + plain[36:]
    size = struct.pack("<I", len(tagged) + 4)
    (tmp_path / "latin.wav").write_bytes(b"RIFF" + size + b"WAVE" + tagged)
    assert transcode(tmp_path / "latin.wav", tmp_path / "audio.flac", RATE).seconds == 3.0


def peak_kib(source: Path, target: Path) -> int:
    """Return the most memory that a transcode took, of a process of its own: it never falls."""
    script = (
        "import resource, sys; from pathlib import Path;"
        "from resonance_core.audio.decode import transcode;"
        "transcode(Path(sys.argv[1]), Path(sys.argv[2]), 32000);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, source, target]
    root = Path(__file__).parents[3]
    return int(subprocess.run(command, check=True, capture_output=True, cwd=root).stdout)


def test_memory_does_not_grow_with_the_track(tmp_path: Path) -> None:
    minute = (0.1 * np.random.default_rng(0).standard_normal(60 * 8000)).astype(np.float32)
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 8000, 1, "PCM_16") as file:
        for _ in range(20):
            file.write(minute)
    soundfile.write(tmp_path / "short.wav", minute, 8000, subtype="PCM_16")
    short, long = (
        peak_kib(tmp_path / name, tmp_path / "audio.flac") for name in ("short.wav", "long.wav")
    )
    # The audio of twenty minutes is 77 MB at the target rate.
    assert long - short < 10 * 1024


@pytest.mark.slow
@pytest.mark.parametrize("sound", ["noise", "silence"])
def test_ten_hours_pass_in_constant_memory(encode, tmp_path: Path, sound: str) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(60 * 48_000)
    minute = encode("minute.opus", "libopus", noise * (sound == "noise"), 48_000, "mono", b="6000")
    with av.open(str(minute)) as once, av.open(str(tmp_path / "long.opus"), "w") as output:
        stream = output.add_stream_from_template(once.streams.audio[0])
        packets = [bytes(packet) for packet in once.demux(audio=0) if packet.dts is not None]
        for number, data in enumerate(packets * 600):
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, 50)  # of 20 ms each
            packet.pts = packet.dts = number
            output.mux(packet)
    short, long = (
        peak_kib(path, tmp_path / "audio.flac") for path in (minute, tmp_path / "long.opus")
    )
    assert soundfile.info(tmp_path / "audio.flac").duration == pytest.approx(36_000, abs=60)
    assert long - short < 10 * 1024


def test_what_is_longer_than_is_taken_is_decoded_no_further(clips: list[Path], tmp_path: Path):
    with pytest.raises(TrackError, match="is longer than 3 s"):
        transcode(clips[0], tmp_path / "audio.flac", 32000, max_s=3.0)
    assert (tmp_path / "audio.flac").stat().st_size < 32000 * 2 * 4
