"""Extraction of the middle third of the layers against that of all of them.

Both sides hear the same chunks in one batch: codec, conditioning, and the decoder up to the last
layer that is read, which for the middle third is the last of two thirds.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import Figure, Side, compare, timed
from benchmarks.small_model import save_small_model
from resonance_core.config import ExtractConfig, ModelConfig, RuntimeConfig
from resonance_core.models.registry import load_model
from resonance_core.stages.extract import choose_layers

CHUNKS, LENGTH_S = 2, 10


def middle_third() -> Figure:
    """Extract with a random model of musicgen-small's sizes."""
    with tempfile.TemporaryDirectory() as folder:
        save_small_model(Path(folder))
        model = load_model(ModelConfig(id=folder), RuntimeConfig())
    samples = LENGTH_S * model.info.sample_rate
    audio = np.random.default_rng(0).normal(0, 0.1, (CHUNKS, samples)).astype(np.float32)

    def side(config: ExtractConfig) -> Side:
        layers = choose_layers(config, model.info)
        prompts = [config.prompt] * CHUNKS
        return timed(lambda: model.capture(audio, layers=layers, prompts=prompts, melody=False))

    every, middle = side(ExtractConfig()), side(ExtractConfig(layers="middle-third"))
    middle()  # what a process does once counts for neither side
    return compare(
        "middle_third",
        numerator=("middle third", middle),
        denominator=("all layers", every),
        target=0.8,
        better="lower",
        repeats=5,
        model="small",
        conditions={"chunks": CHUNKS, "layers": model.info.layers},
    )
