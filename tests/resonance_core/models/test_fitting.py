import logging

import numpy as np
import pytest
import torch

from resonance_core.config import RuntimeConfig, SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.models.decoding import Decoding
from resonance_core.models.fitting import FittingBatches
from resonance_core.models.registry import how_computed
from resonance_core.models.transformers import TransformersModel

CPU = torch.device("cpu")
SAMPLING = SamplingConfig(guidance_scale=2.0, top_k=50)


class Small:
    """A device that takes so many rows at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[int] = []

    def do(self, rows):
        self.asked.append(len(rows))
        if len(rows) > self.most:
            raise torch.OutOfMemoryError("out of memory")
        return [10 * row for row in rows]


def test_what_does_not_fit_is_done_in_halves_and_later_batches_start_with_them(caplog):
    small, batches = Small(3), FittingBatches(CPU)
    with caplog.at_level(logging.WARNING):
        done = list(batches.run([list(range(8)), [8, 9], list(range(10, 15))], small.do))
    assert [row for rows, _ in done for row in rows] == list(range(15))
    assert [made for _, found in done for made in found] == [10 * row for row in range(15)]
    assert small.asked == [8, 4, 2, 2, 2, 2, 2, 2, 2, 1]
    assert batches.most == 2
    assert "does not suffice for 8 at once: going on with 4; RESONANCE_BATCH_SIZE=4" in caplog.text


def test_one_row_that_does_not_fit_is_an_error_that_says_what_to_do():
    with pytest.raises(ModelError, match=r"memory of cpu does not suffice for a single row.*half"):
        list(FittingBatches(CPU).run([[0, 1]], Small(0).do))


def test_what_may_not_begin_anew_is_an_error_and_smaller_the_next_time():
    small, batches = Small(2), FittingBatches(CPU)
    with pytest.raises(ModelError, match=r"suffice for 4 at once.*2 are tried then"):
        list(batches.run([range(4)], small.do, again=False))
    assert len(list(batches.run([range(4)], small.do, again=False))) == 2


def test_other_errors_are_none_of_its_business():
    def fails(_rows):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        list(FittingBatches(CPU).run([[0, 1]], fails))


def cramp(model: TransformersModel, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model's device take no more than so many rows at once."""
    monkeypatch.setattr(model, "_batches", FittingBatches(CPU))
    decoder = model.model.decoder.model.decoder
    hear, step = decoder.forward, Decoding.step

    def check(rows: int) -> None:
        if rows > most:
            raise torch.OutOfMemoryError("out of memory")

    def forward(*, input_ids, **others):
        check(len(input_ids) // model.info.codebooks)
        return hear(input_ids=input_ids, **others)

    def limited_step(decoding, columns):
        check(len(columns))
        return step(decoding, columns)

    monkeypatch.setattr(decoder, "forward", forward)
    monkeypatch.setattr(Decoding, "step", limited_step)


def test_a_model_hears_the_same_in_smaller_batches(tiny_melody, chunks, monkeypatch):
    prompts = ["", "calm", "", "", "calm", "", "", ""]
    asked = {"layers": [0, 4], "prompts": prompts, "melody": True}
    at_once = tiny_melody.capture(chunks, **asked)
    cramp(tiny_melody, 2, monkeypatch)
    apart = tiny_melody.capture(chunks, **asked)
    np.testing.assert_allclose(apart.vectors, at_once.vectors, rtol=1e-5, atol=1e-5)
    assert tiny_melody.most_rows == 1  # six, three, one
    assert how_computed(tiny_melody, RuntimeConfig(device="cpu", batch_size=8))["batch_size"] == 1


def test_a_model_plays_the_same_in_smaller_batches(tiny_melody, monkeypatch):
    asked = {"seeds": [1, 2, 3, 4], "duration_s": 0.2, "sampling": SAMPLING}
    at_once = tiny_melody.generate(["music"] * 4, **asked)
    cramp(tiny_melody, 4, monkeypatch)  # with guidance: two pieces
    apart = tiny_melody.generate(["music"] * 4, **asked)
    np.testing.assert_allclose(apart, at_once, atol=1e-4)
    assert tiny_melody.most_rows == 2


def test_nobody_hears_a_piece_begin_twice(tiny_melody, monkeypatch):
    cramp(tiny_melody, 4, monkeypatch)
    asked = {"duration_s": 0.2, "sampling": SAMPLING, "listener": lambda _rows, _audio: None}
    with pytest.raises(ModelError, match="does not suffice for 3 at once"):
        tiny_melody.generate(["music"] * 3, seeds=[1, 2, 3], **asked)
    assert tiny_melody.generate(["music"] * 3, seeds=[1, 2, 3], **asked).shape == (3, 1, 6400)
