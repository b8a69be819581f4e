from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import MusicgenDecoderConfig, MusicgenForCausalLM

from benchmarks import scale_plan
from benchmarks.scale_plan import GPU, Model, chunks_of, hours_of, terabytes_of, tflop_of

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "scale.md"
SMALL = Model("small", 1024, 24, 24, 0, True)


def test_the_work_is_what_pytorch_counts():
    config = MusicgenDecoderConfig(
        vocab_size=16,
        num_hidden_layers=2,
        hidden_size=64,
        ffn_dim=256,
        num_attention_heads=2,
        num_codebooks=4,
        attn_implementation="eager",  # what PyTorch counts attention of
    )
    decoder = MusicgenForCausalLM(config).model.decoder.eval()
    counted = FlopCounterMode(display=False)
    with counted, torch.inference_mode():
        decoder(
            input_ids=torch.zeros(4, 501, dtype=torch.long),
            encoder_hidden_states=torch.zeros(1, 1, 64),
        )
    tiny = Model("tiny", 64, 2, 2, 0, True)
    work = (tflop_of(tiny) - scale_plan.CODEC_TFLOP) * 1e12
    assert counted.get_total_flops() == pytest.approx(work, rel=0.01)


def test_windows_are_those_of_the_chunk_stage():
    assert [chunks_of(seconds) for seconds in (10, 17.9, 18, 225)] == [1, 1, 2, 27]


def test_hours_and_bytes_follow_from_the_work():
    gpu = GPU("one that does a chunk a second at its best", tflop_of(SMALL) / 0.45, (1, 1))
    assert hours_of(SMALL, gpu, tracks=3600) == pytest.approx((27, 27 * 0.45 / 0.2))
    assert terabytes_of(SMALL, 1000) == pytest.approx(1000 * 27 * 24 * 1024 * 2 * 0.97 / 1e12)


def test_the_document_shows_this_table():
    assert scale_plan.table() in DOCUMENT.read_text()
