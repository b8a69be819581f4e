"""Parts of a steering: a stored direction with what it is centred on."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.config import SteerConfig
from resonance_core.models.base import ModelInfo
from resonance_core.steering.direction import Direction
from resonance_core.steering.hue import hue
from resonance_core.steering.recipes import centred, check_words, displacement, in_words
from resonance_core.steering.vocabulary import Vocabulary
from resonance_core.store.directions import AUDIBLE, DIRECTION, read_audible, read_direction
from resonance_core.store.records import Record
from resonance_core.store.store import Store
from resonance_core.store.vocabulary import VOCABULARY, read_vocabulary


class Part(NamedTuple):
    """A direction, and what it takes to add it.

    Attributes:
        direction: The record of the direction.
        reference: The record of what it is centred on; None where it is added as it is.
        effects: The record of its effect in each layer; None where that is not asked for.
        vocabulary: The record of what it is put into words with; None where that is not asked
            for.
    """

    direction: Record
    reference: Record | None
    effects: Record | None = None
    vocabulary: Record | None = None

    def digests(self) -> dict[str, Any]:
        """Return what of it enters a key."""
        centre = None if self.reference is None else self.reference.digest(DIRECTION)
        found: dict[str, Any] = {"direction": self.direction.digest(DIRECTION), "reference": centre}
        if self.effects is not None:
            found["shares"] = self.effects.info["shares"]
        if self.vocabulary is not None:
            found["vocabulary"] = self.vocabulary.digest(VOCABULARY)
        return found

    def displacement(self, config: SteerConfig, info: ModelInfo, store: Store) -> torch.Tensor:
        """Return what strength 1 adds, ``[layers, hidden]``.

        Args:
            config: The recipe.
            info: The model that is steered.
            store: Holds the directions.

        Raises:
            ModelError: They belong to another model, or lack a layer that is steered.
        """
        direction, centre = self._read(store)
        shares = None if self.effects is None else dict(self.effects.info["shares"])
        return displacement(direction, centre, info, config, shares, self._vocabulary(store))

    def words(self, store: Store) -> dict[str, float]:
        """Return how much of each prompt describes the direction, the most fitting first.

        It is empty where the direction is not put into words.

        Args:
            store: Holds the direction.
        """
        vocabulary = self._vocabulary(store)
        if vocabulary is None:
            return {}
        weights = in_words(*self._read(store), vocabulary).tolist()
        found = zip(vocabulary.prompts, weights, strict=True)
        return dict(sorted(found, key=lambda one: -one[1]))

    def hue(self, store: Store) -> float:
        """Return the angle of the direction among the model's words, in degrees.

        Args:
            store: Holds the direction.

        Raises:
            ModelError: They were made from different layers.
        """
        vocabulary = self._vocabulary(store)
        assert vocabulary is not None
        direction, centre = self._read(store)
        check_words(direction, vocabulary)
        return hue(centred(direction, centre), direction.residual_scale, vocabulary)

    def axis(self, store: Store) -> NDArray[np.float64]:
        """Return where music shall move, as the model hears it.

        That is from the reference to the playlist, or from low to high music of a concept: the
        words of one move little by themselves.

        Args:
            store: Holds the directions.

        Returns:
            ``[layers, hidden]``, of the layers that `layers` names.
        """
        if AUDIBLE in self.direction.files:
            return read_audible(store.path(self.direction, AUDIBLE)).astype(np.float64)
        return centred(*self._read(store))

    def layers(self, store: Store) -> list[int]:
        """Return the layers that the direction was extracted from."""
        return list(self._read(store)[0].metadata["layers"])

    def _vocabulary(self, store: Store) -> Vocabulary | None:
        if self.vocabulary is None:
            return None
        return read_vocabulary(store.path(self.vocabulary, VOCABULARY))

    def _read(self, store: Store) -> tuple[Direction, Direction | None]:
        direction = read_direction(store.path(self.direction, DIRECTION))
        if self.reference is None:
            return direction, None
        return direction, read_direction(store.path(self.reference, DIRECTION))
