"""What a description sends away, to whom and at what cost: what people agree to."""

import math

from pydantic import BaseModel, ConfigDict


class SentClips(BaseModel):
    """Clips that would leave this machine."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    recipient: str
    """The host that they go to."""
    model: str
    """Who hears them there."""
    tracks: int
    """Of so many, one clip each; nothing else is known of them there."""
    seconds: float
    """Length of all clips."""
    bytes: int
    """Size of all clips."""
    cost_usd: float | None
    """What it costs at most, in US dollars; None where the model's price is not known here."""
    fetched: bool = True
    """Whether the tracks are here; if not, all numbers are the most that they can be."""

    def in_words(self) -> str:
        """Return it as a part of a sentence."""
        cost = (
            "at a price that is not known here"
            if self.cost_usd is None
            else f"for {math.ceil(self.cost_usd * 100) / 100:.2f} US dollars at most"
        )
        most = "" if self.fetched else "at most "
        return (
            f"a clip of each of {most}{self.tracks} tracks, without its name, "
            f"{most}{self.seconds:.0f} s and {self.bytes / 1e6:.1f} MB in all, to {self.model} at "
            f"{self.recipient}, {cost}"
        )
