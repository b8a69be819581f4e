from pathlib import Path

import pytest
import torch
from transformers import AutoProcessor, MusicgenMelodyForConditionalGeneration

from resonance_core.config import ModelConfig, RuntimeConfig, SamplingConfig
from resonance_core.models.registry import load_model
from training import batches
from training import language_model as lm
from training.export import export_model
from training.language_model import LanguageModelTraining, train_language_model


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Crops of half a second."""
    monkeypatch.setattr(batches, "CROPS", ((24, 3),))
    monkeypatch.setattr(batches, "LONG_CROPS", (1.0,))
    monkeypatch.setattr(batches, "SHORT_CROPS", (1.0,))
    monkeypatch.setattr(lm, "VALIDATION_CLIPS", 12)
    monkeypatch.setattr(lm, "VALIDATION_FRAMES", 30)


def new_training(work: Path, steps: int) -> LanguageModelTraining:
    return LanguageModelTraining(
        work / "corpus", work / "tokens", work / "codec", work / "text", steps
    )


def test_a_resumed_training_equals_an_uninterrupted_one(workspace, tmp_path):
    whole = new_training(workspace, 3)
    train_language_model(whole, tmp_path / "whole" / "checkpoint.pt")

    part = new_training(workspace, 3)
    part.learn()
    part.save(tmp_path / "checkpoint.pt")
    resumed = new_training(workspace, 3)
    train_language_model(resumed, tmp_path / "checkpoint.pt")

    assert resumed.step == 3
    for ours, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def test_it_learns_what_repeats(workspace):
    training = new_training(workspace, 60)
    training.train_data.codes[:] = training.train_data.codes[0, :, :1]
    first = training.learn()
    for _ in range(25):
        last = training.learn()
    assert (last < 0.6 * first).all()


def test_the_codec_and_the_word_vectors_stay(workspace):
    training = new_training(workspace, 5)
    frozen = [*training.model.audio_encoder.parameters(), training.model.text_encoder.shared.weight]
    before = [p.clone() for p in frozen]
    training.learn()
    for old, new in zip(before, frozen, strict=True):
        assert torch.equal(old, new)


def test_an_exported_model_speaks_and_is_read_back_exactly(workspace, tmp_path):
    training = new_training(workspace, 5)
    export_model(training, workspace / "codec", tmp_path / "model")

    processor = AutoProcessor.from_pretrained(tmp_path / "model")
    model = MusicgenMelodyForConditionalGeneration.from_pretrained(tmp_path / "model")
    prompt = processor.tokenizer(["calm"], padding="max_length", return_tensors="pt")
    assert prompt["input_ids"].shape == (1, 24)
    assert model.generate(**prompt, max_new_tokens=13).shape == (1, 1, 10 * 640)
    model.save_pretrained(tmp_path / "again")
    again = MusicgenMelodyForConditionalGeneration.from_pretrained(tmp_path / "again")
    for ours, theirs in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_prompts_of_any_length_leave_the_audio_at_one_position(workspace, tmp_path):
    training = new_training(workspace, 5)
    export_model(training, workspace / "codec", tmp_path / "model")
    loaded = load_model(ModelConfig(id=str(tmp_path / "model")), RuntimeConfig(device="cpu"))
    prefixes = {
        loaded._condition([prompt], None, guided=False).prefix
        for prompt in ("calm", "a fast techno track with heavy bass")
    }
    assert prefixes == {20 + 24}
    sampling = SamplingConfig()
    made = loaded.generate(["calm"], seeds=[1], duration_s=0.2, sampling=sampling)
    assert made.shape == (1, 1, 6400)
