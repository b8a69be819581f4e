import random

import numpy as np
import pytest

from resonance_core.errors import ResonanceError
from tests.fluidsynth import playable
from training import render as renderer
from training.composer import CLIP_FRAMES, DRUMS, compose, random_spec
from training.corpus import build_corpus, load_specs, shards
from training.render import LEVEL_DB, render


def test_clips_follow_each_other_without_overlap():
    rng = random.Random(0)
    clips = [compose(random_spec(rng), rng) for _ in range(2)]
    second = (CLIP_FRAMES + renderer.GAP_FRAMES) * renderer.FRAME_MS
    time, sounding, struck = 0, set(), 0
    for message in renderer._midi(clips).tracks[0]:
        time += message.time
        if message.type == "note_on":
            sounding.add((message.channel, message.note))
            struck += 1
        elif message.type == "note_off":
            sounding.discard((message.channel, message.note))
        elif message.type == "program_change" and time:
            assert time == second
            assert not sounding
    assert struck == sum(len(clip.notes) for clip in clips)
    assert not sounding
    assert any(note.channel == DRUMS for clip in clips for note in clip.notes)


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(renderer.shutil, "which", lambda _: None)
    with pytest.raises(ResonanceError, match="apt-get install fluidsynth"):
        render([random_spec(random.Random(0))], seed=0)


@playable
def test_bars_sound_alike_and_energy_is_loudness(tmp_path):
    build_corpus(tmp_path, count=1, clips=4, workers=1)
    assert shards(tmp_path) == [0]
    audio = np.load(tmp_path / "000.npy")
    assert audio.shape == (4, CLIP_FRAMES * 640)
    for clip, spec in zip(audio / 32767, load_specs(tmp_path, 0), strict=True):
        level = 10 * np.log10(np.square(clip).mean())
        assert level == pytest.approx(LEVEL_DB[spec.levels["energy"]], abs=1.0)
        bar = spec.bar_frames * 640
        second, third = clip[bar : 2 * bar], clip[2 * bar : 3 * bar]
        assert np.corrcoef(second, third)[0, 1] > 0.95
