"""A model's own music: it plays, then hears what it played as it hears a playlist's tracks."""

from collections.abc import Iterator, Sequence

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.models.base import Capture, Waveforms, mono
from resonance_core.models.registry import load_model, model_info
from resonance_core.stages.extract import choose_layers


def play_and_hear(
    prompts: Sequence[str],
    first_seed: int,
    duration_s: float,
    config: PipelineConfig,
    runtime: RuntimeConfig,
) -> Iterator[tuple[Waveforms, Capture]]:
    """Yield what a model plays, in mono, and what it hears in it, batch by batch.

    Args:
        prompts: One a piece; the model does not hear them again with the music.
        first_seed: Of the first piece; each further one has the next.
        duration_s: Length of each piece, in seconds.
        config: The model, its sampling, and the extraction.
        runtime: Device and batch size.

    Raises:
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
    """
    model = load_model(config.model, runtime)
    layers = choose_layers(config.extract, model_info(config.model))
    for first in range(0, len(prompts), runtime.batch_size):
        batch = prompts[first : first + runtime.batch_size]
        pieces = model.generate(
            batch,
            seeds=range(first_seed + first, first_seed + first + len(batch)),
            duration_s=duration_s,
            sampling=config.sampling,
        )
        audio = mono(pieces)
        yield (
            audio,
            model.capture(
                audio,
                layers=layers,
                prompts=[config.extract.prompt] * len(batch),
                melody=config.extract.melody,
            ),
        )
