"""What is too much of a track."""

from resonance_core.errors import TrackError


def check_duration(url: str, duration_s: float | None, max_duration_s: float) -> None:
    """Refuse a track that is known to be too long.

    Args:
        url: Its address, for the message.
        duration_s: Its length in seconds, or None where nobody knows.
        max_duration_s: The longest that is taken, in seconds.

    Raises:
        TrackError: It is longer.
    """
    if duration_s is not None and duration_s > max_duration_s:
        raise TrackError(
            f"{url} lasts {duration_s:.0f} s, longer than the limit of {max_duration_s:.0f} s",
            "Raise download.max_duration_s",
        )


def check_size(url: str, size: int | None, max_bytes: int) -> None:
    """Refuse a track that is known to be too large.

    Args:
        url: Its address, for the message.
        size: What it has or what has come of it, in bytes; None where nobody knows.
        max_bytes: The most that is taken.

    Raises:
        TrackError: It is larger.
    """
    if size is not None and size > max_bytes:
        raise TrackError(
            f"{url} is larger than the limit of {max_bytes / 1e6:g} MB", "Raise download.max_bytes"
        )
