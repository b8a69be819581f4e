"""Rendering: composed clips played by FluidSynth with a General MIDI soundfont."""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray

from resonance_core.errors import ResonanceError
from training.composer import CLIP_FRAMES, DRUMS, FRAME_MS, Clip, ClipSpec, compose

SAMPLE_RATE = 32000
"""Hz."""
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
"""FluidR3, MIT, of Debian's fluid-soundfont-gm."""
GAP_FRAMES = 25
"""Silence between the clips of a shard."""
LEVEL_DB = (-26.0, -21.0, -16.0)
"""RMS of a clip, by energy level, dB of full scale."""
LEVEL_JITTER_DB = 0.5
CHANNEL_VOLUME, ALL_SOUND_OFF = 7, 120


def render(specs: Sequence[ClipSpec], seed: int) -> NDArray[np.int16]:
    """Compose and play clips.

    All clips go through one run of FluidSynth, which loads its soundfont slowly.

    Args:
        specs: What to compose.
        seed: Of the composer's choices and the loudness.

    Returns:
        ``[clips, samples]`` at 32 kHz.

    Raises:
        ResonanceError: FluidSynth or its soundfont is not installed.
    """
    fluidsynth = shutil.which("fluidsynth")
    if fluidsynth is None or not SOUNDFONT.exists():
        raise ResonanceError(
            "The corpus is played by FluidSynth with the FluidR3 soundfont; one is missing",
            "Install them: apt-get install fluidsynth fluid-soundfont-gm",
        )
    rng = random.Random(seed)
    clips = [compose(spec, rng) for spec in specs]
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder, "clips.mid"), Path(folder, "clips.wav")
        _midi(clips).save(midi)
        # Without chorus and reverb, equal notes sound equal.
        options = ["-R", "0", "-C", "0", "-g", "0.4", "-r", str(SAMPLE_RATE), "-F", str(wav)]
        command = [fluidsynth, "-n", "-i", "-q", *options, str(SOUNDFONT), str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        audio = soundfile.read(wav, dtype="float32")[0].mean(1)
    length = CLIP_FRAMES * FRAME_SAMPLES
    slot = length + GAP_FRAMES * FRAME_SAMPLES
    audio = np.pad(audio, (0, max(0, slot * len(clips) - len(audio))))
    played = audio[: slot * len(clips)].reshape(len(clips), slot)[:, :length]
    return np.stack([_levelled(clip, spec, rng) for clip, spec in zip(played, specs, strict=True)])


def _levelled(audio: NDArray[np.float32], spec: ClipSpec, rng: random.Random) -> NDArray[np.int16]:
    """Bring a clip to the loudness of its energy level; peaks are rounded, not clipped."""
    level = LEVEL_DB[spec.levels["energy"]] + rng.uniform(-LEVEL_JITTER_DB, LEVEL_JITTER_DB)
    gain = 10 ** (level / 20) / (np.sqrt(np.square(audio).mean()) + 1e-6)
    return (np.tanh(audio * gain) * 32767).astype(np.int16)


def _midi(clips: Sequence[Clip]) -> mido.MidiFile:
    """Return all clips one after the other, with silence between them."""
    # Of events in the same frame: silence first, then ends, settings and starts.
    events: list[tuple[int, int, mido.Message]] = []
    for i, clip in enumerate(clips):
        start = i * (CLIP_FRAMES + GAP_FRAMES)
        for channel, program in clip.programs.items():
            message = mido.Message("program_change", channel=channel, program=program)
            events.append((start, 2, message))
        for channel, volume in clip.volumes.items():
            events.append((start, 2, _control(channel, CHANNEL_VOLUME, volume)))
        for note in clip.notes:
            at = {"channel": note.channel, "note": note.pitch}
            on = mido.Message("note_on", velocity=note.velocity, **at)
            events.append((start + note.start, 3, on))
            events.append((start + note.start + note.length, 1, mido.Message("note_off", **at)))
        for channel in (*clip.programs, DRUMS):
            events.append((start + CLIP_FRAMES + 1, 0, _control(channel, ALL_SOUND_OFF, 0)))
    events.sort(key=lambda event: event[:2])
    file = mido.MidiFile(ticks_per_beat=1000)
    track = file.add_track()
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))  # a tick is a millisecond
    last = 0
    for frame, _, message in events:
        track.append(message.copy(time=(frame - last) * FRAME_MS))
        last = frame
    return file


def _control(channel: int, control: int, value: int) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)
