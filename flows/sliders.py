"""What the command line says of sliders: positions as numbers, and changes in words."""

from collections.abc import Iterable, Mapping, Sequence

from resonance_core.errors import ConfigError
from resonance_core.steering.intent.refine import Change, refine


def sliders_of(options: Iterable[str]) -> dict[str, float]:
    """Read what ``--slider`` was given.

    Raises:
        ConfigError: It is no name with a number.
    """
    positions = {}
    for option in options:
        name, _, position = option.partition("=")
        try:
            positions[name.strip()] = float(position)
        except ValueError as error:
            raise ConfigError(
                f"--slider {option!r} is no name with a number", "Write NAME=POSITION, as bass=0.5"
            ) from error
    return positions


def refined(
    texts: Iterable[str], positions: Mapping[str, float]
) -> tuple[dict[str, float], list[Change]]:
    """Move sliders as texts ask, one after another.

    Args:
        texts: What ``--say`` was given; a later one can take back an earlier one.
        positions: Where the sliders stand.

    Returns:
        Where they stand then, and every change.

    Raises:
        ConfigError: A text, or a part of one, was not understood.
    """
    changes: list[Change] = []
    history: Sequence[Mapping[str, float]] = ()
    for text in texts:
        found = refine(text, positions, history)
        if found.not_understood:
            words = ", ".join(repr(part) for part in found.not_understood)
            raise ConfigError(
                f"--say: {words} was not understood",
                "Say it in other words, as: a bit more bass, less tension, no singing",
            )
        positions, history = found.positions, found.history
        changes += found.changes
    return dict(positions), changes
