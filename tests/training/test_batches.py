import random
from pathlib import Path

import pytest
import torch

from training import batches
from training.batches import PAD, TokenCorpus, beat_weights
from training.composer import CLIP_FRAMES
from training.decoder import CHROMA_FRAMES


@pytest.fixture
def corpus(workspace: Path) -> TokenCorpus:
    return TokenCorpus(workspace / "corpus", workspace / "tokens")


def test_the_held_out_shard_is_left_out(workspace, corpus):
    held_out = TokenCorpus(workspace / "corpus", workspace / "tokens", [0])
    assert len(corpus.specs) == len(held_out.specs) == len(corpus.codes)
    assert not torch.equal(corpus.codes, held_out.codes)


def test_codebooks_follow_each_other_by_a_column(corpus):
    columns = corpus.columns([3], [40], 10)[0]
    assert columns.shape == (4, 14)
    assert (columns[:, 0] == PAD).all()
    for codebook in range(4):
        code = columns[codebook, 1 + codebook : 11 + codebook]
        assert torch.equal(code, corpus.codes[3, codebook, 40:50].long())
        assert (columns[codebook] == PAD).sum() == 4


def test_crops_start_on_bars(corpus, monkeypatch):
    monkeypatch.setattr(batches, "CROPS", ((100, 6),))
    monkeypatch.setattr(batches, "LONG_CROPS", (1.0,))
    rng = random.Random(2)
    starts = set()
    for _ in range(30):
        columns = corpus.batch(rng, 0.0).columns
        for row in columns:
            crop = row[0, 1:101]
            [start] = [
                start
                for clip, spec in enumerate(corpus.specs)
                for start in range(0, CLIP_FRAMES - 99, spec.bar_frames)
                if torch.equal(corpus.codes[clip, 0, start : start + 100].long(), crop)
            ]
            starts.add(start)
    assert len(starts) > 3


def test_crops_get_shorter_once_copying_is_learnt(corpus):
    def mean_frames(progress: float) -> float:
        rng = random.Random(1)
        frames = [corpus.batch(rng, progress).columns.shape[2] - 4 for _ in range(60)]
        assert set(frames) <= {500, 250, 100}
        return sum(frames) / len(frames)

    assert mean_frames(0.39) > 280 > 250 > mean_frames(0.4)


def test_no_text_means_no_melody(corpus):
    rng = random.Random(0)
    unconditional = melodies = rows = 0
    for _ in range(60):
        batch = corpus.batch(rng, 0.0)
        without_melody = (batch.chroma[..., 0] == 1).all(1)
        assert without_melody[batch.unconditional].all()
        assert batch.chroma.shape[1:] == (CHROMA_FRAMES, 12)
        assert (batch.chroma.sum(-1) == 1).all()
        unconditional += int(batch.unconditional.sum())
        melodies += int((~without_melody).sum())
        rows += len(batch.captions)
    assert 0.08 < unconditional / rows < 0.16
    assert 0.2 < melodies / rows < 0.33


def test_chroma_starts_where_the_crop_does_and_goes_round(corpus):
    chroma = corpus.one_hot_chroma([0, 0], [0, 480])
    expected = corpus.chroma[0].long()
    assert torch.equal(chroma[0].argmax(-1), expected[:20])
    late = expected[round(480 / 12.8) :]
    assert torch.equal(chroma[1].argmax(-1), late.repeat(3)[:20])


def test_beats_weigh_more(corpus):
    spec = corpus.specs[0]
    weights = beat_weights(spec, 2 * spec.beat_frames)
    heavy = (weights > 1).nonzero().flatten().tolist()
    beat = spec.beat_frames
    # Column t predicts frame t: the beat's own frames are 0 and 1, the one before smears.
    assert heavy == [0, 1, beat - 1, beat, beat + 1, 2 * beat - 1]
