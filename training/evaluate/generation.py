"""Audio from the exported model, as anyone would ask it for some."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoTokenizer, MusicgenMelodyForConditionalGeneration
from transformers.utils import logging as transformers_logging

from resonance_core.errors import ResonanceError
from resonance_core.models.nano.codec import SpectralCodec
from training.evaluate.clips import GRIFFIN_LIM_ITERATIONS, SECONDS

BATCH = 16
"""Clips made at a time."""


class Nano:
    """The model of a workspace, on one thread of the processor.

    Args:
        work: The workspace; the model is in its folder ``model``.
        griffin_lim_iterations: Of the codec; None for the model's own number.

    Attributes:
        model: The loaded model.

    Raises:
        ResonanceError: There is no exported model.
    """

    def __init__(
        self, work: Path, griffin_lim_iterations: int | None = GRIFFIN_LIM_ITERATIONS
    ) -> None:
        folder = work / "model"
        if not (folder / "config.json").exists():
            raise ResonanceError(f"{folder} holds no model", "Train and export the model first")
        torch.set_num_threads(1)
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        self.model = MusicgenMelodyForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32
        ).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        if griffin_lim_iterations is not None:
            self.codec.config.griffin_lim_iterations = griffin_lim_iterations

    @property
    def codec(self) -> SpectralCodec:
        """The codec inside the model."""
        return self.model.audio_encoder

    def tokens(self, prompts: Sequence[str]) -> dict[str, torch.Tensor]:
        """Return the text inputs of prompts, ``input_ids`` and ``attention_mask``."""
        found = self.tokenizer(
            list(prompts), padding="max_length", truncation=True, return_tensors="pt"
        )
        return {name: found[name] for name in ("input_ids", "attention_mask")}

    @torch.inference_mode()
    def generate(
        self,
        prompts: Sequence[str],
        seed: int,
        *,
        seconds: float = SECONDS,
        chroma: torch.Tensor | None = None,
        **sampling: float,
    ) -> NDArray[np.float32]:
        """Make one clip for each prompt.

        Args:
            prompts: What they shall sound like.
            seed: Of the first `BATCH` clips; the next ones have the seed after it.
            seconds: Length of each clip.
            chroma: One-hot melody of each clip, ``[clips, chroma frames, 12]``; None for none.
            sampling: What to change of the model's own ``generation_config``, such as
                ``guidance_scale`` and ``top_k``.

        Returns:
            ``[clips, samples]`` at 32 kHz.
        """
        frames = round(seconds * self.codec.config.frame_rate)
        made = []
        for batch, start in enumerate(range(0, len(prompts), BATCH)):
            rows = slice(start, start + BATCH)
            melody = {} if chroma is None else {"input_features": chroma[rows]}
            torch.manual_seed(seed + batch)
            made.append(
                self.model.generate(
                    **self.tokens(prompts[rows]),
                    **melody,
                    **sampling,
                    do_sample=True,
                    # The delay pattern takes a column more for each codebook after the first.
                    max_new_tokens=frames + self.codec.config.num_codebooks - 1,
                )[:, 0]
            )
        return torch.cat(made).numpy()
