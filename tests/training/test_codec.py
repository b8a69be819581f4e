import json
from pathlib import Path

import numpy as np
import pytest
import torch

from resonance_core.errors import ResonanceError
from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.config import SpectralCodecConfig
from training import codec as codec_training
from training.codec_loss import DecoderLoss
from training.crops import Crops
from training.evaluate import codec as codec_evaluation
from training.real_music import bundled

SIZES = SpectralCodecConfig(
    codebook_size=16, hidden_size=8, decoder_dim=16, decoder_layers=1, decoder_ffn_dim=32
)


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    bundled(folder)
    return folder


@pytest.fixture(scope="module")
def corpus(real, tmp_path_factory) -> Path:
    """Two shards of two clips, cut from real music."""
    folder = tmp_path_factory.mktemp("corpus")
    for shard, track in enumerate(sorted((real / "train").glob("*.npy"))[:2]):
        np.save(folder / f"{shard:03d}.npy", np.load(track)[: 2 * 384000].reshape(2, 384000))
    return folder


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(codec_training, "SIZES", SIZES)
    monkeypatch.setattr(codec_training, "CROPS", 2)


@pytest.fixture
def fitted(corpus, real, tmp_path) -> Path:
    codec_training.fit_quantizer(corpus, real, tmp_path / "codec", excerpts=60)
    return tmp_path / "codec"


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return SpectralCodec.from_pretrained(folder).state_dict()


def test_crops_are_the_same_for_the_same_seed_and_never_held_out(corpus, real):
    crops = Crops(corpus, real)
    drawn = crops.draw(np.random.default_rng(3), 20, 5, 0.35)
    assert drawn.shape == (20, 3200)
    assert torch.equal(drawn, crops.draw(np.random.default_rng(3), 20, 5, 0.35))
    held_out = np.load(corpus / "000.npy").astype(np.float32) / 32767
    assert not any(
        np.array_equal(crop, clip[start : start + 3200])
        for crop in drawn[:13].numpy()
        for clip in held_out
        for start in range(0, 380000, 640)
    )


def test_the_same_music_gives_the_same_codebooks(fitted, corpus, real, tmp_path):
    codec_training.fit_quantizer(corpus, real, tmp_path / "again", excerpts=60)
    first, second = weights(fitted), weights(tmp_path / "again")
    for name in ("projection.weight", "quantizer.codebooks", "feature_mean"):
        torch.testing.assert_close(first[name], second[name], rtol=0, atol=0)


def test_a_codec_that_is_there_is_not_fitted_again(fitted, corpus, real):
    before = (fitted / "model.safetensors").read_bytes()
    codec_training.fit_quantizer(corpus, real, fitted)
    assert (fitted / "model.safetensors").read_bytes() == before


def test_codebooks_explain_most_of_the_latents(fitted, real):
    codec = SpectralCodec.from_pretrained(fitted)
    audio = torch.from_numpy(np.load(real / "test" / "coherence.npy")[None, :320000] / 32767)
    latents = codec.latents(codec.magnitudes(audio.float())).detach()
    quantised = codec.quantizer.decode(codec.quantizer.encode(latents))
    spread = (latents - latents.mean(1)).square().mean()
    assert (quantised - latents).square().mean() < 0.4 * spread


def test_training_changes_the_decoder_alone(fitted, corpus, real):
    before = weights(fitted)
    codec_training.train_decoder(corpus, real, fitted, steps=2)
    after = weights(fitted)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("decoder.") for name in changed)


def test_an_interrupted_training_ends_as_an_uninterrupted_one(
    fitted, corpus, real, tmp_path, monkeypatch
):
    interrupted = tmp_path / "interrupted"
    interrupted.mkdir()
    for file in fitted.iterdir():
        (interrupted / file.name).write_bytes(file.read_bytes())
    codec_training.train_decoder(corpus, real, fitted, steps=4)

    monkeypatch.setattr(codec_training, "SAVE_SECONDS", 0)
    update = codec_training._Run.update

    def fail_at_the_fourth(run, loss):
        if run.step == 3:
            raise KeyboardInterrupt
        update(run, loss)

    monkeypatch.setattr(codec_training._Run, "update", fail_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        codec_training.train_decoder(corpus, real, interrupted, steps=4)
    monkeypatch.setattr(codec_training._Run, "update", update)
    codec_training.train_decoder(corpus, real, interrupted, steps=4)

    expected = weights(fitted)
    for name, value in weights(interrupted).items():
        torch.testing.assert_close(value, expected[name])


def test_training_lowers_the_loss(fitted, corpus, real):
    audio = Crops(corpus, real).draw(np.random.default_rng(5), 4, 20, 0.5)

    def loss() -> float:
        return DecoderLoss(SpectralCodec.from_pretrained(fitted)).of_audio(audio).item()

    before = loss()
    codec_training.train_decoder(corpus, real, fitted, steps=60)
    assert loss() < before


def test_the_report_keeps_phase_and_quantisation_apart(fitted, corpus, real, tmp_path, monkeypatch):
    monkeypatch.setattr(codec_evaluation, "CLIPS", 2)
    codec = SpectralCodec.from_pretrained(fitted)
    report = codec_evaluation.evaluate_codec(codec, corpus, real)
    json.dumps(report)
    for kind in ("procedural", "real"):
        distances = report[kind]
        assert set(distances) == {"coded", "unquantised", "phase_only"}
        assert distances["phase_only"]["log_mel_l1"] < distances["coded"]["log_mel_l1"]
        assert len(report["perplexity"][kind]) == 4
        assert all(1 <= value <= 16 for value in report["perplexity"][kind])


def test_perplexity_counts_entries_that_are_evenly_used(corpus, tmp_path):
    for shard in range(2):
        codes = np.arange(8).reshape(1, 2, 4) % 4 + 4 * shard
        np.savez(tmp_path / f"{shard:03d}.npz", codes=codes.astype(np.int16))
    assert codec_evaluation.corpus_perplexities(corpus, tmp_path) == pytest.approx([8, 8])


def test_training_without_a_codec_says_what_to_do(corpus, real, tmp_path):
    with pytest.raises(ResonanceError, match="Fit its codebooks first"):
        codec_training.train_decoder(corpus, real, tmp_path, steps=1)


def test_no_music_says_what_to_do(corpus, tmp_path):
    with pytest.raises(ResonanceError, match="fetches it first"):
        Crops(corpus, tmp_path)


def test_no_corpus_says_what_to_do(real, tmp_path):
    with pytest.raises(ResonanceError, match="Render two or more"):
        Crops(tmp_path, real)
