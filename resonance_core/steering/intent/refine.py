"""Intent: a sentence becomes slider changes, offline and without guessing.

Fixed rules (`clauses`, `rules`) read a sentence in the words of one table
(`words`). A clause that they do not wholly understand changes nothing and is handed back.
"""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import ConfigError
from resonance_core.steering.intent.board import Board
from resonance_core.steering.intent.clauses import read_text
from resonance_core.steering.intent.words import SLIDERS

LONGEST_TEXT = 500
"""Characters of the longest text that is read."""


class Change(BaseModel):
    """One slider was moved; a slider already at its end has the same position twice."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    slider: str
    before: float
    after: float
    words: str
    """The words that asked for it."""


class Refinement(BaseModel):
    """What a text did to the sliders."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    positions: dict[str, float]
    """Where every slider stands now."""
    history: tuple[dict[str, float], ...]
    """What to hand in with the next text: longer after a change, shorter after an undo."""
    changes: tuple[Change, ...]
    """In the order of the text."""
    kept: tuple[str, ...]
    """Sliders that were asked to stay and did."""
    undone: int
    """How many earlier texts were taken back."""
    reset: bool
    """Whether everything went back to neutral."""
    not_understood: tuple[str, ...]
    """The exact words of every clause that had no effect, not even to keep a slider."""


def refine(
    text: str, positions: Mapping[str, float], history: Sequence[Mapping[str, float]] = ()
) -> Refinement:
    """Change sliders as a text asks.

    Args:
        text: What somebody typed, in English.
        positions: Where the sliders stand, from -1 to 1; those left out stand at neutral, 0.
        history: Where they stood before each earlier text, the oldest first.

    Raises:
        ConfigError: The text is empty or too long, or there is no such slider or position.
    """
    if not text.strip():
        raise ConfigError("the text is empty", "Say what should change, as: a bit more bass")
    if len(text) > LONGEST_TEXT:
        raise ConfigError(
            f"the text has {len(text)} characters, more than {LONGEST_TEXT}",
            "Say it in fewer words, or in several messages",
        )
    start, earlier = _complete(positions), [_complete(entry) for entry in history]
    readings = read_text(text)
    wanted = [reading for reading in readings if reading.steps]
    while (board := Board(start, earlier)).play(wanted):
        # What cannot be done is left out whole, and the rest done as if it had not been said.
        wanted = [reading for reading in wanted if reading not in board.failed]
    left = [text[r.start : r.end] for r in readings if r not in wanted]
    return Refinement(
        positions=board.positions,
        history=board.new_history(),
        changes=tuple(
            Change(slider=slider, before=before, after=after, words=text[r.start : r.end])
            for slider, before, after, r in board.moves
        ),
        kept=board.kept(),
        undone=board.undone,
        reset=board.reset,
        not_understood=tuple(left) if readings else (text.strip(),),
    )


def _complete(positions: Mapping[str, float]) -> dict[str, float]:
    """Return a position for every slider."""
    for slider, position in positions.items():
        if slider not in SLIDERS:
            raise ConfigError(
                f"there is no slider {slider!r}", f"The sliders are: {', '.join(SLIDERS)}"
            )
        if not -1 <= position <= 1:
            raise ConfigError(
                f"slider {slider} cannot stand at {position}", "Give a position from -1 to 1"
            )
    return {slider: float(positions.get(slider, 0.0)) for slider in SLIDERS}
