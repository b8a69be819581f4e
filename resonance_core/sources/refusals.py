"""What sites say when they refuse a track, as yt-dlp passes it on, in words people understand."""

import re
from typing import NamedTuple


class Refusal(NamedTuple):
    """One kind of message."""

    said: str
    """A regular expression for it, whatever its case."""
    problem: str
    """Follows the address; ``{}`` takes the message."""
    remedy: str
    transient: bool = False
    """Whether another try may succeed."""
    wait_s: float | None = None
    """How long the site wants to be left alone, in seconds."""


ACCOUNT = "Choose another upload of it: Resonance signs in nowhere"

REFUSALS = (
    # The hints on signing in that go with other messages come last.
    Refusal(
        r"rate.limited by YouTube",
        "has to wait: YouTube limits what is fetched from this network",
        "Run again in an hour, with a higher download.interval_s",
        transient=True,
        wait_s=3600.0,
    ),
    Refusal(
        r"confirm you.?.re not a bot|captcha|IP is likely being blocked",
        "is held back, for YouTube believes that a robot asks from this network",
        "Run again in some hours, or from another network; those of data centres are often refused",
    ),
    Refusal(
        r"confirm your age|age.restricted|age.verification|inappropriate for some users",
        "is restricted by age, and plays only for those who sign in",
        ACCOUNT,
    ),
    Refusal(
        r"members on level|members.only content|Join this channel",
        "is for members of its channel only",
        ACCOUNT,
    ),
    Refusal(
        r"Premium members|requires payment|purchase to watch|available for (rent|purchase)",
        "is for those who pay only",
        ACCOUNT,
    ),
    Refusal(
        r"private video|(video|playlist|track) is private",
        "is private",
        "Ask its owner to make it public or unlisted, or leave it out",
    ),
    Refusal(
        r"in your country|geo.?restrict|from your location",
        "may not be played in this country ({})",
        "Choose another upload of it",
    ),
    Refusal(
        r"copyright|blocked it (from|on)",
        "is blocked by who owns its rights ({})",
        "Choose another upload of it",
    ),
    Refusal(
        r"Premieres? |live event will begin|Check back later",
        "is not out yet ({})",
        "Run again once it is out",
    ),
    Refusal(
        r"recording is not available|live event has ended|not currently live|^Offline",
        "is a live stream that is off the air",
        "Choose a recording",
    ),
    Refusal(
        r"DRM.protected",
        "is encrypted (DRM), so that only its site's own player plays it",
        "Choose another upload of it",
    ),
    Refusal(
        r"No video formats found|Requested format is not available",
        "has no audio that yt-dlp can find",
        "See that it plays in a browser, or update: pip install -U 'yt-dlp[default,deno]'",
    ),
    Refusal(
        r"does not exist|playlist type is unviewable|(is (not|no longer)|isn.t) available"
        r"|video unavailable|has been (removed|deleted|terminated)",
        "is gone, or was never there ({})",
        "Check the address, or leave it out",
    ),
    Refusal(
        r"needs to be reloaded|Incomplete (yt initial )?data received",
        "was not given out ({})",
        "Try again later",
        transient=True,
    ),
    Refusal(
        r"ffmpeg could not be found",
        "comes in pieces that only FFmpeg's own program puts together",
        "Choose another upload of it",
    ),
    Refusal(
        r"--cookies|--username|registered users|\b(log|sign) ?in\b",
        "plays only for those who sign in",
        ACCOUNT,
    ),
)
"""From the most telling message on: the first that fits counts."""


def refusal(message: str) -> Refusal | None:
    """Return what a site's message means, or None where that is not known."""
    return next((one for one in REFUSALS if re.search(one.said, message, re.IGNORECASE)), None)
