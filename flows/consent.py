"""Consent of the person at the terminal."""

import sys

import typer

from flows.console import notes
from resonance_core.consent import ConsentError, Sending


def agreed(sending: Sending, yes: bool, otherwise: str) -> bool:
    """Show what would be sent, and return whether the person at the terminal agrees to it.

    Args:
        sending: All that would be.
        yes: They agreed ahead.
        otherwise: What they can do that sends nothing, as a part of a sentence.

    Raises:
        ConsentError: They did not agree ahead, and there is no terminal to ask on.
    """
    if not yes and not sys.stdin.isatty():
        raise ConsentError(
            sending, f"There is no terminal to ask on: agree with --yes, or {otherwise}"
        )
    notes.print(f"To be sent: {sending.in_words()}.")
    notes.print("On the free tier of its services, Google may use it to improve its products.")
    return yes or typer.confirm("Send it?", err=True)
