"""The decode loop: draws audio tokens from a decoder, each row with its own random numbers."""

from collections.abc import Callable, Iterator, Sequence

import torch

from resonance_core.cancellation import check_wanted
from resonance_core.config import SamplingConfig
from resonance_core.models.delay import delay, undelay

Step = Callable[[torch.Tensor], torch.Tensor]
"""Gets the next columns ``[rows, codebooks, columns]``; returns the logits of the one after them,
``[rows, codebooks, tokens]``."""


def sample_frames(
    step: Step,
    *,
    given: torch.Tensor,
    frames: int,
    generators: Sequence[torch.Generator],
    pad: int,
    sampling: SamplingConfig,
    channels: int = 1,
) -> Iterator[torch.Tensor]:
    """Draw how pieces go on, and yield each frame as soon as it is whole.

    With guidance the step is given every row twice, conditional then unconditional, and
    the logits are mixed as ``unconditional + scale * (conditional - unconditional)``
    (Ho and Salimans 2022, "Classifier-Free Diffusion Guidance").

    Args:
        step: One pass of the decoder, which keeps its own cache.
        given: The audio tokens that the pieces begin with, ``[rows, codebooks, frames]``; no
            frames for pieces from the start.
        frames: How many follow.
        generators: Each row's, on the CPU, so that a seed means the same on every device.
        pad: The token of places that hold no audio.
        sampling: Guidance, top-k and temperature.
        channels: Of the audio.

    Yields:
        The audio tokens of the next frame, ``[rows, codebooks]``.
    """
    codebooks, start = given.shape[1:]
    guided = sampling.guidance_scale > 1
    steps = codebooks // channels
    later = torch.full((len(given), codebooks, frames + steps - 1), pad, device=given.device)
    columns = delay(torch.cat([given, later], dim=2), pad, channels)
    behind = torch.arange(codebooks, device=given.device)[:, None] // channels
    frame = torch.arange(columns.shape[2], device=given.device) - 1 - behind
    is_next = (frame >= start) & (frame < start + frames)
    seen = 0
    for t in range(start + 1, start + frames + steps):
        check_wanted()
        new = columns[:, :, seen:t]
        logits = step(new.repeat(2, 1, 1) if guided else new).float()
        seen = t
        if guided:
            conditional, unconditional = logits.chunk(2)
            logits = unconditional + sampling.guidance_scale * (conditional - unconditional)
        drawn = draw(logits, generators, sampling)
        columns[:, :, t] = torch.where(is_next[:, t], drawn, columns[:, :, t])
        if t >= start + steps:
            yield undelay(columns, t - steps, channels)


def draw(
    logits: torch.Tensor, generators: Sequence[torch.Generator], sampling: SamplingConfig
) -> torch.Tensor:
    """Draw one token for each row and codebook, ``[rows, codebooks]``.

    An exponential race: the token with the largest ``probability / exponential noise`` wins, as
    in ``torch.multinomial``, but each row takes its noise from its own generator, so that it
    doesn't depend on the rows beside it. The most likely token alone, ``top_k`` 1, needs no noise.

    Args:
        logits: ``[rows, codebooks, tokens]``.
        generators: One a row.
        sampling: Top-k and temperature.
    """
    if sampling.top_k == 1:
        return logits.argmax(-1)
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
