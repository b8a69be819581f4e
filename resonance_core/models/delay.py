"""MusicGen's delay pattern: codebook q runs q frames behind, so one step draws all of them.

Of stereo models the codebooks of left and right alternate, and the two of a pair run together.

Source: Copet et al. 2023, "Simple and Controllable Music Generation", sections 2.2 and 4.4.
"""

import torch


def delay(codes: torch.Tensor, pad: int, channels: int = 1) -> torch.Tensor:
    """Return the columns a decoder reads while it hears these codes.

    Column 0 is all padding, the start; column t holds frame ``t - 1 - q // channels`` of codebook
    q.

    Args:
        codes: Audio tokens, ``[rows, codebooks, frames]``.
        pad: The token of places that hold no audio.
        channels: Of the audio.

    Returns:
        ``[rows, codebooks, frames + 1]``: up to the column that holds the last frame of the
        first codebook. Columns ``codebooks // channels`` to ``frames`` are full of audio.
    """
    rows, codebooks, frames = codes.shape
    columns = codes.new_full((rows, codebooks, frames + 1), pad)
    for q in range(codebooks):
        behind = q // channels
        columns[:, q, behind + 1 :] = codes[:, q, : max(0, frames - behind)]
    return columns


def undelay(columns: torch.Tensor, frame: int, channels: int = 1) -> torch.Tensor:
    """Return the tokens of one frame, ``[rows, codebooks]``, out of generated columns.

    Args:
        columns: ``[rows, codebooks, columns]``, with the start column; column ``frame +
            codebooks // channels`` holds the last of the frame's tokens.
        frame: Which frame.
        channels: Of the audio.
    """
    steps = columns.shape[1] // channels
    pairs = columns[:, :, frame + 1 : frame + 1 + steps].unflatten(1, (steps, channels))
    return pairs.diagonal(dim1=1, dim2=3).transpose(1, 2).flatten(1)
