"""Playing a piece with Lyria: out of one session, or of several where the connection is lost."""

import time
from collections.abc import Callable

import numpy as np
from anyio.from_thread import start_blocking_portal

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig
from resonance_core.errors import ServiceError
from resonance_core.models.base import Pieces
from resonance_core.models.lyria import LOCALLY
from resonance_core.models.lyria_controls import LyriaRequest
from resonance_core.models.lyria_failures import DroppedError
from resonance_core.models.lyria_session import LOOK_EVERY_S, LyriaSession
from resonance_core.models.lyria_sound import NOTHING, SAMPLE_RATE, Joined, Played

Hear = Callable[[Pieces], None]
"""Gets what can be heard since the last call, ``[channels, samples]``; often nothing. What it
raises ends the work."""


def play(
    request: LyriaRequest,
    seed: int,
    duration_s: float,
    key: ApiKey,
    endpoint: str,
    config: LyriaConfig,
    hear: Hear,
) -> Played:
    """Play one piece.

    A connection that is lost is made anew. What was heard until then stays, and is faded into what
    comes next: other music to the same words, for with the same seed it would be the beginning
    again.

    Args:
        request: What the piece shall be.
        seed: Of the first session; each further one has the next.
        duration_s: Length, in seconds.
        key: Google's.
        endpoint: Where the API is.
        config: How patiently it is asked.
        hear: Hears the piece.

    Raises:
        ConfigError: The key is wrong.
        ModelError: A prompt is one that Lyria does not play.
        ServiceError: It cannot be reached, breaks off too often, takes too long, or sends what
            cannot be read.
    """
    sound = Joined(round(duration_s * SAMPLE_RATE))
    parts: list[Pieces] = []
    lost = ""
    # Not asyncio.run, which a notebook, with its own loop, refuses.
    with start_blocking_portal() as portal:
        for attempt in range(1 + config.reconnects):
            if attempt:
                sound.break_off()
                _pause(config.pause_s * 2 ** (attempt - 1), hear)
            session = LyriaSession(portal, key, endpoint, config, lambda: hear(NOTHING))
            try:
                with session:
                    session.play(request, seed + attempt)
                    while not sound.is_whole:
                        parts.append(sound.add(session.chunk()))
                        hear(parts[-1])
            except DroppedError as error:
                lost = str(error)
                continue
            piece = np.concatenate(parts, axis=1)
            joins_s = tuple(at / SAMPLE_RATE for at in sound.joins)
            # What would be clipped in every file is turned down instead.
            return Played(piece / max(1.0, np.abs(piece).max()), joins_s)
    heard = f"{sound.given / SAMPLE_RATE:.1f} of {duration_s:g} s" if sound.given else "nothing"
    raise ServiceError(
        f"Lyria cannot be reached, or breaks off ({lost}): after {1 + config.reconnects} "
        f"connections {heard} was heard, and none of it is kept in the store",
        f"See that this machine is connected, and ask again, or {LOCALLY}",
    )


def _pause(seconds: float, hear: Hear) -> None:
    """Wait, and ask meanwhile whether to go on."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        hear(NOTHING)
        time.sleep(min(left, LOOK_EVERY_S))
