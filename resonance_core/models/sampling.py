"""The decode loop: draws audio tokens from a decoder, each row with its own random numbers."""

from collections.abc import Callable, Iterator, Sequence

import torch

from resonance_core.config import SamplingConfig
from resonance_core.models.delay import undelay

Step = Callable[[torch.Tensor], torch.Tensor]
"""Gets the next column ``[rows, codebooks]``; returns logits ``[rows, codebooks, tokens]``."""


def sample_frames(
    step: Step,
    *,
    seeds: Sequence[int],
    codebooks: int,
    frames: int,
    pad: int,
    sampling: SamplingConfig,
    device: torch.device,
) -> Iterator[torch.Tensor]:
    """Draw the codes of one piece a seed, and yield each frame as soon as it is whole.

    With guidance the step is given every row twice, conditional then unconditional, and
    the logits are mixed as ``unconditional + scale * (conditional - unconditional)``
    (Ho and Salimans 2022, "Classifier-Free Diffusion Guidance").

    Args:
        step: One pass of the decoder, which keeps its own cache.
        seeds: One seed a row.
        codebooks: Token streams.
        frames: Length of each piece, in frames.
        pad: The token of places that hold no audio.
        sampling: Guidance, top-k and temperature.
        device: Where the decoder lives.

    Yields:
        The audio tokens of the next frame, ``[rows, codebooks]``.
    """
    rows = len(seeds)
    guided = sampling.guidance_scale > 1
    # On the CPU, so that a seed means the same on every device.
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    columns = torch.full((rows, codebooks, frames + codebooks), pad, device=device)
    books = torch.arange(codebooks, device=device)
    for t in range(1, frames + codebooks):
        last = columns[:, :, t - 1]
        logits = step(last.repeat(2, 1) if guided else last).float()
        if guided:
            conditional, unconditional = logits.chunk(2)
            logits = unconditional + sampling.guidance_scale * (conditional - unconditional)
        drawn = draw(logits, generators, sampling)
        frame = t - 1 - books
        columns[:, :, t] = torch.where((frame >= 0) & (frame < frames), drawn, pad)
        if t >= codebooks:
            yield undelay(columns, t - codebooks)


def draw(
    logits: torch.Tensor, generators: Sequence[torch.Generator], sampling: SamplingConfig
) -> torch.Tensor:
    """Draw one token for each row and codebook, ``[rows, codebooks]``.

    An exponential race: the token with the largest ``probability / exponential noise`` wins, as
    in ``torch.multinomial``, but each row takes its noise from its own generator, so that it
    doesn't depend on the rows beside it.

    Args:
        logits: ``[rows, codebooks, tokens]``.
        generators: One a row.
        sampling: Top-k and temperature.
    """
    logits = logits / sampling.temperature
    if 0 < sampling.top_k < logits.shape[-1]:
        smallest = logits.topk(sampling.top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -torch.inf)
    noise = torch.stack(
        [
            torch.empty(logits.shape[1:]).exponential_(generator=generator)
            for generator in generators
        ]
    )
    return (logits.softmax(-1) / noise.to(logits.device)).argmax(-1)
