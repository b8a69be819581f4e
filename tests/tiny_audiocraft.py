"""Tiny MusicGens with random weights as AudioCraft exports them, and what they need offline."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import AutoTokenizer, T5Config, T5EncoderModel

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.models.base import MusicModel
from resonance_core.models.nano import WEIGHTS
from resonance_core.models.registry import load_model
from tests.tiny_models import CODEBOOK_SIZE, text_config

INSTALLED = importlib.util.find_spec("audiocraft") is not None
MODELS = ["audiocraft_debug", "audiocraft_text", "audiocraft_melody", "audiocraft_stereo"]
"""The fixtures of this file that are models."""
KINDS = ("text", "stereo", "melody")


class PassThrough(nn.Module):
    """Stands in for Demucs, which a hub has: all of a song is its melody."""

    sources = ("drums", "bass", "other", "vocals")
    samplerate, audio_channels = 32000, 1


def separate(_model: PassThrough, mix: torch.Tensor, device: object) -> torch.Tensor:
    """Return stems ``[rows, sources, channels, samples]`` of ``[rows, channels, samples]``."""
    nothing = torch.zeros_like(mix)
    return torch.stack([nothing, nothing, mix, nothing], dim=1)


@pytest.fixture(scope="session")
def offline_audiocraft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Has AudioCraft take a tiny T5, the folder of which this is, and no Demucs."""
    from audiocraft.modules import conditioners

    folder = tmp_path_factory.mktemp("tiny-t5")
    torch.manual_seed(0)
    T5EncoderModel(T5Config(**text_config())).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    tokenizer.save_pretrained(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conditioners.T5Conditioner, "MODELS", [str(folder)])
        patch.setattr(conditioners.T5Conditioner, "MODELS_DIMS", {str(folder): 24})
        patch.setattr(conditioners, "T5Tokenizer", AutoTokenizer)
        patch.setattr("demucs.pretrained.get_model", lambda _name: PassThrough())
        patch.setattr("demucs.apply.apply_model", separate)
        yield folder


@pytest.fixture(scope="session")
def audiocraft_debug() -> MusicModel:
    """AudioCraft's own debug model."""
    return load_model(ModelConfig(id="debug"), RuntimeConfig(device="cpu"))


@pytest.fixture(scope="session")
def audiocraft_folders(
    offline_audiocraft: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Folders of tiny random models: ``text``, ``stereo`` and ``melody``."""
    root = tmp_path_factory.mktemp("audiocraft")
    return {kind: save_tiny_audiocraft(root / kind, kind, offline_audiocraft) for kind in KINDS}


@pytest.fixture(scope="session")
def audiocraft_text(audiocraft_folders: dict[str, Path]) -> MusicModel:
    """A tiny random text-only MusicGen."""
    return _loaded(audiocraft_folders["text"])


@pytest.fixture(scope="session")
def audiocraft_stereo(audiocraft_folders: dict[str, Path]) -> MusicModel:
    """A tiny random text-only MusicGen that plays stereo."""
    return _loaded(audiocraft_folders["stereo"])


@pytest.fixture(scope="session")
def audiocraft_melody(audiocraft_folders: dict[str, Path]) -> MusicModel:
    """A tiny random MusicGen that follows melodies."""
    return _loaded(audiocraft_folders["melody"])


def _loaded(folder: Path) -> MusicModel:
    return load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))


def save_tiny_audiocraft(folder: Path, kind: str, t5: Path, hidden: int = 32) -> Path:
    """Save a random model, its configuration as AudioCraft's training has it, or as YAML."""
    from audiocraft.models import builders
    from omegaconf import OmegaConf

    torch.manual_seed(0)
    configs = {
        "state_dict.bin": OmegaConf.create(_language_model(kind, t5, hidden)),
        "compression_state_dict.bin": OmegaConf.create(_codec()),
    }
    lm = builders.get_lm_model(configs["state_dict.bin"])
    codec = builders.get_compression_model(configs["compression_state_dict.bin"])
    with torch.no_grad():
        for quantizer in codec.quantizer.vq.layers:
            quantizer._codebook.embed.normal_()  # spread, so that sounds differ in their tokens
    folder.mkdir()
    for (name, config), model in zip(configs.items(), (lm, codec), strict=True):
        written = config if kind == "melody" else OmegaConf.to_yaml(config)
        torch.save({"best_state": model.state_dict(), "xp.cfg": written}, folder / name)
    return folder


def _language_model(kind: str, t5: Path, hidden: int) -> dict:
    channels = 2 if kind == "stereo" else 1
    conditioners: dict = {
        "args": {"merge_text_conditions_p": 0.25, "drop_desc_p": 0.5},
        "description": {
            "model": "t5",
            "t5": {"name": str(t5), "finetune": False, "word_dropout": 0.3},
        },
    }
    if kind == "melody":
        conditioners["self_wav"] = {
            "model": "chroma_stem",
            "chroma_stem": {
                "sample_rate": 32000,
                "n_chroma": 12,
                "radix2_exp": 14,
                "argmax": True,
                "match_len_on_eval": False,
                "cache_path": "/where/it/was/trained",
            },
        }
    told = [name for name in ("self_wav", "description") if name in conditioners]
    return {
        "device": "cpu",
        "dtype": "float32",
        "lm_model": "transformer_lm",
        "sample_rate": 32000,
        "channels": channels,
        "dataset": {"segment_duration": 30.0},
        "interleave_stereo_codebooks": {"use": channels == 2, "per_timestep": False},
        "compression_model_n_q": None,
        "transformer_lm": {
            "n_q": 4 * channels,
            "card": CODEBOOK_SIZE,
            "dim": hidden,
            "num_heads": 4,
            "num_layers": 5,
            "hidden_scale": 2,
            "dropout": 0.1,
            "causal": True,
            "memory_efficient": True,
            "bias_proj": False,
            "bias_ff": False,
            "bias_attn": False,
            "norm_first": True,
            "activation": "gelu",
        },
        "codebooks_pattern": {
            "modeling": "delay",
            "delay": {
                "delays": [book // channels for book in range(4 * channels)],
                "flatten_first": 0,
                "empty_initial": 0,
            },
        },
        "attribute_dropout": {"args": {"active_on_eval": False}, "text": {}, "wav": {}},
        "classifier_free_guidance": {"training_dropout": 0.3, "inference_coef": 3.0},
        "conditioners": conditioners,
        "fuser": {
            "cross_attention_pos_emb": False,
            "cross_attention_pos_emb_scale": 1,
            "sum": [],
            "prepend": told if kind == "melody" else [],
            "cross": [] if kind == "melody" else told,
            "input_interpolate": [],
        },
    }


def _codec() -> dict:
    return {
        "device": "cpu",
        "compression_model": "encodec",
        "sample_rate": 32000,
        "encodec": {
            "autoencoder": "seanet",
            "quantizer": "rvq",
            "sample_rate": 32000,
            "channels": 1,
            "causal": False,
            "renormalize": False,
        },
        "seanet": {
            "dimension": 16,
            "channels": 1,
            "causal": False,
            "n_filters": 4,
            "n_residual_layers": 1,
            "ratios": [8, 5, 4, 4],
            "norm": "weight_norm",
            "true_skip": False,
            "lstm": 1,
            "encoder": {},
            "decoder": {"trim_right_ratio": 1.0},
        },
        "rvq": {"n_q": 4, "q_dropout": False, "bins": CODEBOOK_SIZE, "kmeans_init": False},
    }
