"""The contract of a music model: what it is, and what it does."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from resonance_core.config import Pooling, SamplingConfig
from resonance_core.errors import ModelError

if TYPE_CHECKING:
    from resonance_core.steering.inject import Steering

Waveforms = NDArray[np.float32]
"""What models hear: mono audio at the model's sample rate, ``[rows, samples]``, full scale 1."""

Pieces = NDArray[np.float32]
"""What models make: audio at the model's sample rate, ``[rows, channels, samples]``, full scale
1."""

Listener = Callable[[Sequence[int], Pieces], None]
"""Hears pieces while they are made: gets their rows, and what can be heard since the last call,
``[rows, channels, samples]``; often nothing. What it raises ends the work."""


def mono(pieces: Pieces) -> Waveforms:
    """Return pieces as models hear them: the mean of their channels."""
    mean: Waveforms = pieces.mean(axis=1)
    return mean


class ModelInfo(BaseModel):
    """What a model is. It is known without loading the weights."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str
    """As it was asked for: ``nano``, a folder, or a hub repository."""
    backend: str
    """The library that runs it, such as ``transformers``."""
    backend_reason: str = ""
    """Why that one, in words."""
    revision: str
    """The hub's commit, or the digest of the weights: the same revision is the same model."""
    dtype: str
    """The type of its weights."""
    autocast: str | None = None
    """The type of its matrix products, where that is another one."""
    sample_rate: int
    """Hz."""
    frame_rate: float
    """Audio tokens a second, of each codebook."""
    layers: int
    """Decoder layers."""
    hidden_size: int
    """Width of the residual stream."""
    codebooks: int
    """Token streams of one frame, those of all channels."""
    channels: int = 1
    """Of what it plays: 1 is mono, 2 stereo. What it hears is mono."""
    melody: bool
    """Whether it can be conditioned on a melody's chroma."""

    def identity(self) -> dict[str, str]:
        """Return what of it enters the keys: no path, no name, only which weights and how."""
        identity = {"revision": self.revision, "backend": self.backend, "dtype": self.dtype}
        # Named only where it is set, for the first keys were made when it could not be.
        return identity if self.autocast is None else {**identity, "autocast": self.autocast}

    @property
    def warm_up(self) -> int:
        """Columns of the delay pattern in which some codebooks hold no audio yet."""
        return self.codebooks // self.channels

    @property
    def precision(self) -> str:
        """The type of its matrix products."""
        return self.autocast or self.dtype


def check_layers(layers: Sequence[int], info: ModelInfo) -> None:
    """Refuse layers that a model does not have.

    Raises:
        ModelError: Naming the first such layer.
    """
    for layer in layers:
        if layer >= info.layers:
            raise ModelError(
                f"layer {layer} does not exist: {info.id} has {info.layers} layers",
                f"Choose extract.layers from 0 to {info.layers - 1}",
            )


class Capture(BaseModel):
    """Pooled hidden states of a batch of chunks."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    vectors: NDArray[np.float32]
    """Residual stream, its mean over the audio positions or that of the last one, ``[chunks,
    layers, hidden]``; strided, that of each kept frame, ``[chunks, layers, frames, hidden]``."""
    rms: NDArray[np.float32]
    """Root mean square of the residual stream over all audio positions, ``[chunks, layers]``;
    times ``sqrt(hidden)`` it is the typical norm of one position."""
    std: NDArray[np.float32] | None = None
    """Standard deviation over the audio positions, ``[chunks, layers, hidden]``; only of
    ``mean+std``."""
    frames: NDArray[np.int32] | None = None
    """Which frames of a chunk are kept, counted from its start, ``[frames]``; only of
    ``strided``. A frame's vector is read where the model has just heard the frame."""

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the chunks of all parts, which were pooled alike, in their order."""
        std = [part.std for part in parts if part.std is not None]
        return cls(
            vectors=np.concatenate([part.vectors for part in parts]),
            rms=np.concatenate([part.rms for part in parts]),
            std=np.concatenate(std) if std else None,
            frames=parts[0].frames,
        )

    def take(self, rows: Sequence[int]) -> Self:
        """Return some of the chunks, in the order of ``rows``."""
        std = None if self.std is None else self.std[rows]
        return self.model_copy(
            update={"vectors": self.vectors[rows], "rms": self.rms[rows], "std": std}
        )


class MusicModel(ABC):
    """A model that can be listened into while it hears or makes music."""

    info: ModelInfo

    @property
    def most_rows(self) -> int | None:
        """The most rows that it does at once, where its device was seen to take no more."""
        return None

    @abstractmethod
    def capture(
        self,
        audio: Waveforms,
        *,
        layers: Sequence[int],
        prompts: Sequence[str],
        melody: bool,
        pooling: Pooling = "mean",
        stride: int | None = None,
    ) -> Capture:
        """Run chunks through the model once, teacher-forced, and pool its hidden states.

        The layers after the last one that is read are not run.

        Args:
            audio: The chunks, ``[chunks, samples]``.
            layers: The decoder layers to read, from 0.
            prompts: The text the model is conditioned on, one a chunk.
            melody: Condition on each chunk's own chroma; models that take no melody ignore it.
            pooling: What is kept of the hidden states; see `ExtractConfig`.
            stride: From one kept frame to the next, for ``strided``.

        Raises:
            ModelError: A layer the model does not have, chunks of fewer frames than codebooks,
                hidden states that overflow, or chunks that are NaN since they did while it played.
        """

    @abstractmethod
    def generate(
        self,
        prompts: Sequence[str],
        *,
        seeds: Sequence[int],
        duration_s: float,
        sampling: SamplingConfig,
        steering: "Steering | None" = None,
        melody: Waveforms | None = None,
        opening: Pieces | None = None,
        listener: Listener | None = None,
    ) -> Pieces:
        """Make one piece of audio for each row.

        A row depends on its own prompt, seed and steering, not on its neighbours'. One that would
        go beyond full scale is turned down; one whose hidden states overflow is NaN.

        Args:
            prompts: What to play, one prompt a row.
            seeds: One seed a row.
            duration_s: Length of every piece, in seconds, beside its opening. What is longer than
                the model was trained on is played in windows that overlap by half.
            sampling: How tokens are drawn.
            steering: What is added to the hidden states of each row.
            melody: What the pieces follow from their beginning, that of their opening if they have
                one, ``[rows, samples]``; where it is shorter than they are, it begins anew.
            opening: What the pieces begin with, ``[rows, channels, samples]``; the model goes on
                from there.
            listener: Is called after each frame. What it hears is as long as what is returned, but
                at the joins of its stretches only nearly the same.

        Raises:
            ModelError: A prompt that leaves no room for audio, or a model that follows no melody.
            ValueError: Not as many seeds as prompts.
        """
