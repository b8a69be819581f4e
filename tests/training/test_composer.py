import random
from collections import Counter

import numpy as np
import pytest

from resonance_core.judge.features import ATTRIBUTES
from training.composer import (
    BASS,
    CHOIR,
    CLIP_FRAMES,
    DRUMS,
    LEAD,
    SUB_BASS,
    TREMOLO,
    ClipSpec,
    compose,
    random_spec,
)
from training.genres import GENRES


def spec(genre: str = "techno", sixteenth: int = 5, **levels: int) -> ClipSpec:
    return ClipSpec(genre, dict.fromkeys(ATTRIBUTES, 0) | levels, sixteenth, tonic=0)


def channels(clip_spec: ClipSpec) -> Counter[int]:
    return Counter(note.channel for note in compose(clip_spec, random.Random(0)).notes)


@pytest.mark.parametrize(("sixteenth", "bpm"), [(11, 68.2), (8, 93.75), (5, 150.0)])
def test_tempo_follows_from_the_frames_of_a_sixteenth(sixteenth, bpm):
    assert spec(sixteenth=sixteenth).bpm == pytest.approx(bpm, abs=0.05)


@pytest.mark.parametrize("genre", GENRES)
def test_one_bar_repeats_throughout_and_ends_with_the_clip(genre):
    clip_spec = spec(genre, 6, harmony=2, density=2, bass=2, vocal=2, tension=2, energy=2)
    notes = compose(clip_spec, random.Random(3)).notes
    bar = clip_spec.bar_frames
    second = {(n.start - bar, n.channel, n.pitch) for n in notes if bar <= n.start < 2 * bar}
    first = {(n.start, n.channel, n.pitch) for n in notes if n.start < bar}
    assert first == second
    assert max(note.start + note.length for note in notes) <= CLIP_FRAMES
    assert all(note.length > 0 and 0 < note.velocity < 128 for note in notes)
    assert all(20 < note.pitch <= 110 for note in notes)


def test_a_low_drum_marks_every_beat():
    clip_spec = spec("jazz", 7)
    beats = {
        note.start
        for note in compose(clip_spec, random.Random(0)).notes
        if note.channel == DRUMS and note.pitch == GENRES["jazz"].pulse
    }
    assert beats == set(range(0, CLIP_FRAMES, clip_spec.beat_frames))


def test_levels_bring_in_their_voices():
    silent = channels(spec())
    assert not {LEAD, BASS, CHOIR, TREMOLO, SUB_BASS} & silent.keys()
    assert channels(spec(vocal=2))[CHOIR]
    assert channels(spec(tension=2))[TREMOLO]
    assert channels(spec(bass=2))[SUB_BASS]
    assert channels(spec(density=2)).total() > 2 * channels(spec(density=1)).total() / 1.5


def test_complex_harmony_has_more_pitch_classes_and_changes():
    def pitch_classes(harmony: int) -> int:
        notes = compose(spec(harmony=harmony), random.Random(1)).notes
        return len({note.pitch % 12 for note in notes if note.channel != DRUMS})

    assert pitch_classes(0) == 3
    assert pitch_classes(0) < pitch_classes(1) < pitch_classes(2)


def test_attributes_are_drawn_independently():
    rng = random.Random(0)
    specs = [random_spec(rng) for _ in range(3000)]
    levels = np.array([[s.levels[name] for name in ATTRIBUTES] for s in specs])
    genres = np.array([[s.genre == name for name in GENRES] for s in specs])
    related = np.corrcoef(np.hstack([levels, genres]).T)
    between_attributes = related[:7, :7] - np.eye(7)
    assert np.abs(between_attributes).max() < 0.07
    assert np.abs(related[:7, 7:]).max() < 0.07


def test_what_is_fixed_is_not_drawn():
    rng = random.Random(0)
    specs = [random_spec(rng, "folk", tempo=1, bass=0) for _ in range(50)]
    assert {s.genre for s in specs} == {"folk"}
    assert {(s.levels["tempo"], s.levels["bass"]) for s in specs} == {(1, 0)}
    assert {s.sixteenth_frames for s in specs} == {8, 7}
    assert {s.levels["vocal"] for s in specs} == {0, 1, 2}
