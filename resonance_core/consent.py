"""Consent: nothing leaves this machine before somebody agreed to it."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from resonance_core.errors import ResonanceError


class Sending(Protocol):
    """What would leave this machine, and to whom."""

    def in_words(self) -> str:
        """Return it as a part of a sentence."""


Consent = Callable[[Sending], bool]
"""Asked with all that would be sent, before anything is: whether somebody agrees to it."""


class ConsentError(ResonanceError):
    """Nobody agreed to what would have been sent; nothing was.

    Attributes:
        sending: What it would have been.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, sending: Sending, remedy: str) -> None:
        super().__init__(
            f"nothing was sent, for nobody agreed to send {sending.in_words()}", remedy
        )
        self.sending = sending
