from pathlib import Path

import pytest
import torch
from transformers import AutoModel

from training.decoder import HEADS, new_model
from training.initialise import clock_dimensions
from training.text import WIDTH, new_encoder


@pytest.fixture(scope="module")
def model(workspace: Path):
    codec = AutoModel.from_pretrained(workspace / "codec")
    encoder = new_encoder(torch.randn(50, WIDTH))
    return new_model(codec, encoder, torch.full((WIDTH,), 2.0), torch.ones(WIDTH))


def test_similar_codes_start_with_similar_embeddings(model):
    codebook = model.audio_encoder.quantizer.codebooks[1].float()
    embedding = model.decoder.model.decoder.embed_tokens[1].weight[: len(codebook)]
    distances = torch.stack([torch.pdist(codebook[:200]), torch.pdist(embedding[:200])])
    assert torch.corrcoef(distances)[0, 1] > 0.8


def test_captions_are_centred(model):
    generator = torch.Generator().manual_seed(0)
    captions = 2 + torch.randn(500, WIDTH, generator=generator)
    projected = model.enc_to_dec_proj(captions)
    assert projected.mean().abs() < 0.1
    assert 1.0 < projected.square().mean().sqrt() < 1.8


@pytest.mark.parametrize(("head", "layer", "bar"), [(0, 0, 176), (1, 1, 112), (2, 1, 80)])
def test_heads_look_one_bar_back(model, head, layer, bar):
    decoder = model.decoder.model.decoder
    generator = torch.Generator().manual_seed(0)
    codes = torch.randint(0, 1024, (4, 400), generator=generator)
    states = sum(embed(code) for embed, code in zip(decoder.embed_tokens, codes, strict=True))
    states = states[None] + decoder.embed_positions(states[None])
    attention = decoder.layers[layer].self_attn
    states = decoder.layers[layer].self_attn_layer_norm(states)[0]
    query, key = (
        projection(states).unflatten(1, (HEADS, -1))[:, head]
        for projection in (attention.q_proj, attention.k_proj)
    )
    weights = (query @ key.T / key.shape[1] ** 0.5).tril().softmax(-1)
    at = torch.arange(200, 399)
    # What followed a bar ago is a frame nearer than a bar.
    assert weights[at, at - bar + 1].mean() > 0.6


def test_codes_leave_the_clock_alone(model):
    embedding = model.decoder.model.decoder.embed_tokens[0].weight[:1024]
    clock = clock_dimensions(embedding.shape[1])
    assert len(clock) == 48
    assert not embedding[:, clock].any()
