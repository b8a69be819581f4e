"""A tiny workspace: labels, random tokens, an untrained codec and text encoder."""

import dataclasses
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.config import SpectralCodecConfig
from training.composer import CLIP_FRAMES, random_spec
from training.corpus import audio_path
from training.text import WIDTH, CaptionHead, load_tokenizer, new_encoder
from training.tokens import tokens_path

CLIPS = 12
CHROMA = 47
"""Chroma frames of a clip."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shards, the first one held out, and what the language model starts from."""
    work = tmp_path_factory.mktemp("workspace")
    corpus, tokens, text = (work / name for name in ("corpus", "tokens", "text"))
    for folder in (corpus, tokens, text):
        folder.mkdir()
    rng, draw = random.Random(0), np.random.default_rng(0)
    for shard in range(2):
        labels = [dataclasses.asdict(random_spec(rng)) for _ in range(CLIPS)]
        path = audio_path(corpus, shard)
        path.touch()
        path.with_suffix(".json").write_text(json.dumps(labels))
        np.savez(
            tokens_path(tokens, shard),
            codes=draw.integers(0, 1024, (CLIPS, 4, CLIP_FRAMES)).astype(np.int16),
            chroma=draw.integers(0, 12, (CLIPS, CHROMA)).astype(np.int8),
        )
    torch.manual_seed(0)
    codec = SpectralCodec(SpectralCodecConfig(decoder_dim=16, decoder_layers=1, decoder_ffn_dim=16))
    codec.quantizer.codebooks.normal_()
    codec.save_pretrained(work / "codec")
    encoder = new_encoder(torch.randn(len(load_tokenizer()), WIDTH))
    state = {"encoder": encoder.state_dict(), "head": CaptionHead().state_dict()}
    torch.save(state | {"mean": torch.zeros(WIDTH), "std": torch.ones(WIDTH)}, text / "encoder.pt")
    return work
