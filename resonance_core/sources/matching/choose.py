"""Which of the songs and videos that were found is the wanted recording, and how sure that is."""

from collections.abc import Iterable
from typing import NamedTuple

from resonance_core.sources.lists.file import DASH
from resonance_core.sources.lists.matches import Match
from resonance_core.sources.matching.names import artist_names, closeness, title_name
from resonance_core.sources.matching.youtube_music import Candidate

ALIKE = 0.6
"""Names with less in common are not worth a person's look."""


class Choice(NamedTuple):
    """One candidate, judged."""

    candidate: Candidate
    doubts: tuple[str, ...]
    """Why a person has to look; none if it is the wanted recording for sure."""
    plausible: bool
    """Whether a look is worth it."""
    closeness: float
    """Of artist and title together, from 0 to 2."""
    off_s: float
    """How much longer or shorter it is, in seconds; 0 where nobody knows."""


def rank(track: Match, found: Iterable[Candidate], tolerance_s: float) -> list[Choice]:
    """Return all candidates, the best first.

    Args:
        track: What is wanted.
        found: Songs before videos, each in the catalogue's order, which decides between equals.
        tolerance_s: How much longer or shorter the same recording may be, in seconds.
    """
    return sorted((_judge(track, one, tolerance_s) for one in found), key=_order)


def _order(choice: Choice) -> tuple[bool, int, float, float]:
    return (not choice.plausible, len(choice.doubts), -choice.closeness, choice.off_s)


def _judge(track: Match, candidate: Candidate, tolerance_s: float) -> Choice:
    """Judge a candidate by its own names, a video also by an artist that its title names."""
    choice = _compare(track, candidate, candidate.artist, candidate.title, tolerance_s)
    if candidate.kind == "video" and (names := DASH.match(candidate.title)):
        named = _compare(track, candidate, names[1], names[2], tolerance_s)
        named = named._replace(doubts=(*named.doubts, f"uploaded by {candidate.artist}"))
        choice = min(choice, named, key=_order)
    return choice


def _compare(
    track: Match, candidate: Candidate, artist: str, title: str, tolerance_s: float
) -> Choice:
    artists, found_artists = artist_names(track.artist), artist_names(artist)
    wanted, found = title_name(track.title), title_name(title)
    versions = wanted.versions ^ found.versions
    off_s = _off_s(track.duration_s, candidate.duration_s)
    doubts = []
    if not {*artists[:2]} & {*found_artists}:  # in full, or the first of several
        doubts.append("another artist")
    if versions:
        doubts.append(f"another version ({', '.join(sorted(versions))})")
    elif wanted.whole != found.whole:
        doubts.append("another title")
    if off_s is None and (track.duration_s or candidate.kind == "video"):
        doubts.append("no length to compare")
    if off_s is not None and abs(off_s) > tolerance_s:
        doubts.append(f"{abs(off_s):.0f} s {'longer' if off_s > 0 else 'shorter'}")
    by_artist = closeness(artists, found_artists)
    same_length = off_s is not None and abs(off_s) <= tolerance_s
    return Choice(
        candidate=candidate,
        doubts=tuple(doubts),
        plausible=closeness(wanted[:2], found[:2]) >= ALIKE
        and (by_artist >= ALIKE or (same_length and not versions)),
        closeness=by_artist + closeness((wanted.whole,), (found.whole,)),
        off_s=abs(off_s or 0),
    )


def _off_s(wanted_s: float | None, found_s: float | None) -> float | None:
    return None if wanted_s is None or found_s is None else found_s - wanted_s
