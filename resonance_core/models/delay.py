"""MusicGen's delay pattern: codebook q runs q frames behind, so one step draws all of them.

Source: Copet et al. 2023, "Simple and Controllable Music Generation", section 2.2.
"""

import torch


def delay(codes: torch.Tensor, pad: int) -> torch.Tensor:
    """Return the columns a decoder reads while it hears these codes.

    Column 0 is all padding, the start; column t holds frame ``t - 1 - q`` of codebook q.

    Args:
        codes: Audio tokens, ``[rows, codebooks, frames]``.
        pad: The token of places that hold no audio.

    Returns:
        ``[rows, codebooks, frames + 1]``: up to the column that holds the last frame of the
        first codebook. Columns ``codebooks`` to ``frames`` are full of audio.
    """
    rows, codebooks, frames = codes.shape
    columns = codes.new_full((rows, codebooks, frames + 1), pad)
    for q in range(codebooks):
        columns[:, q, q + 1 :] = codes[:, q, : frames - q]
    return columns


def undelay(columns: torch.Tensor, frame: int) -> torch.Tensor:
    """Return the tokens of one frame, ``[rows, codebooks]``, out of generated columns.

    Args:
        columns: ``[rows, codebooks, columns]``, with the start column; column ``frame +
            codebooks`` holds the last of the frame's tokens.
        frame: Which frame.
    """
    books = torch.arange(columns.shape[1], device=columns.device)
    return columns[:, books, frame + 1 + books]
