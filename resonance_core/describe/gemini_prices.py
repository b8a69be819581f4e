"""What Gemini costs."""

from typing import NamedTuple

TOKENS_PER_SECOND = 32
"""Of audio, as Gemini counts it: https://ai.google.dev/gemini-api/docs/audio."""
QUESTION_TOKENS = 2000
"""More than the question around the audio takes."""
ANSWER_TOKENS = 8192
"""The longest answer that is asked for, what the model thinks before it included."""


class Price(NamedTuple):
    """US dollars for a million tokens."""

    asked: float
    answered: float


PRICES = {
    "gemini-3.8-flash": Price(1.50, 7.50),  # from 2027 on; before, half of it
    "gemini-3.5-flash": Price(1.50, 9.00),
    "gemini-3.5-flash-lite": Price(0.30, 2.50),
}
"""Of https://ai.google.dev/gemini-api/docs/pricing, standard tier, on 7 October 2026."""


def cost_usd(seconds: float, model: str) -> float | None:
    """Return what a description costs at most, in US dollars.

    Args:
        seconds: Of audio that is heard.
        model: The Gemini model.

    Returns:
        None where the model's price is not known here.
    """
    price = PRICES.get(model)
    if price is None:
        return None
    asked = seconds * TOKENS_PER_SECOND + QUESTION_TOKENS
    return (asked * price.asked + ANSWER_TOKENS * price.answered) / 1e6
