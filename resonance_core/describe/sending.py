"""What a description would send away, to whom and at what cost: what people agree to."""

from collections.abc import Callable
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import ResonanceError


class Sending(BaseModel):
    """What would leave this machine."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    recipient: str
    """The host that it goes to."""
    model: str
    """Who hears it there."""
    tracks: int
    """Of so many, one clip each; nothing else is known of them there."""
    seconds: float
    """Length of all clips."""
    bytes: int
    """Size of all clips."""
    cost_usd: float | None
    """What it costs at most, in US dollars; None where the model's price is not known here."""

    def in_words(self) -> str:
        """Return it as a part of a sentence."""
        cost = (
            "at a price that is not known here"
            if self.cost_usd is None
            else f"for {self.cost_usd:.2f} US dollars at most"
        )
        return (
            f"a clip of each of {self.tracks} tracks, without its name, {self.seconds:.0f} s and "
            f"{self.bytes / 1e6:.1f} MB in all, to {self.model} at {self.recipient}, {cost}"
        )


Consent = Callable[[Sending], bool]
"""Asked with all that would be sent, before anything is: whether somebody agrees to it."""


class ConsentError(ResonanceError):
    """Nobody agreed to what would have been sent; nothing was.

    Attributes:
        sending: What it would have been.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        sending: Sending,
        remedy: str = "Agree to it, or take the local describer, which sends nothing",
    ) -> None:
        problem = f"nothing was sent, for nobody agreed to send {sending.in_words()}"
        super().__init__(problem, remedy)
        self.sending = sending
