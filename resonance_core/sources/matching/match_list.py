"""From a list of names to a match file, which grows as the search goes on."""

from collections.abc import Callable
from pathlib import Path

from resonance_core.config import MatchConfig
from resonance_core.errors import ResonanceError, SourceError
from resonance_core.sources.lists.entry import MAX_ENTRIES
from resonance_core.sources.lists.file import read_list
from resonance_core.sources.lists.matches import ENDING, OTHERS, Match
from resonance_core.sources.matching.choose import Choice, rank
from resonance_core.sources.matching.match_file import Key, by_name, keep_searched, read, save
from resonance_core.sources.matching.youtube_music import YouTubeMusic

SAVE_EVERY = 20
"""Tracks that are searched between two writings of the match file."""
MAX_FAILURES = 3
"""Searches in a row that may fail."""
LONGEST_QUERY = 200


def match_file_path(path: Path) -> Path:
    """Return where a list's match file lies by default."""
    return path.with_name(f"{path.stem}{ENDING}.csv")


def match_list(
    path: Path, target: Path, config: MatchConfig, on_search: Callable[[int, int], None]
) -> list[Match]:
    """Find the audio of a list's tracks, and write what was found for a person to confirm.

    What the match file holds already stays, whoever wrote it, even if the list no longer names
    it; only tracks that were not searched yet are searched. So a search that broke off goes on
    where it was.

    Args:
        path: A list that `read_list` reads.
        target: The match file.
        config: What may be taken without a person's word.
        on_search: Told how many tracks of how many are done.

    Returns:
        The rows of the match file.

    Raises:
        SourceError: The list or the match file cannot be used, or the search has to end; what was
            found until then is in the match file.
    """
    if target.suffix.lower() != ".csv":
        raise SourceError(f"--out {str(target)!r} is no CSV file", "Name one, as mine.matches.csv")
    rows = by_name(_listed(path))
    keep_searched(rows, target)
    unsearched = [key for key, row in rows.items() if row.unsearched]
    if unsearched:
        try:
            _search_all(rows, unsearched, target, config, on_search)
        finally:
            save(rows, target)
    return read(target)


def _listed(path: Path) -> list[Match]:
    """Return a row for each track of a list; those with audio need no search."""
    listed = read_list(path, MAX_ENTRIES)
    if listed.is_match_file:
        raise SourceError(f"{path.name!r} is a match file", "Give the list that it was made from")
    if not listed.wanted:
        raise SourceError(
            f"all tracks of {path.name!r} say where their audio is", "Ingest the list itself"
        )
    rows = {
        track.position: Match(artist=track.artist, title=track.title, duration_s=track.duration_s)
        for track in listed.wanted
    } | {
        track.position: Match(
            title=track.title, duration_s=track.duration_s, url=track.url, take="yes"
        )
        for track in listed.playlist.tracks
    }
    return [rows[position] for position in sorted(rows)]


def _search_all(
    rows: dict[Key, Match],
    unsearched: list[Key],
    target: Path,
    config: MatchConfig,
    on_search: Callable[[int, int], None],
) -> None:
    """Fill in what is found.

    Raises:
        SourceError: The search has to end.
    """
    music = YouTubeMusic(config.pause_s)
    failures = 0
    for done, key in enumerate(unsearched):
        if done % SAVE_EVERY == 0:  # the first time to see whether it can be written
            save(rows, target)
        on_search(done, len(unsearched))
        try:
            rows[key] = _search(rows[key], music, config.tolerance_s)
            failures = 0
        except ResonanceError as error:
            rows[key] = rows[key].model_copy(update={"note": f"not searched: {error.problem}"})
            failures += 1
            if isinstance(error, SourceError) or failures == MAX_FAILURES:
                left = sum(rows[key].unsearched for key in unsearched)
                raise SourceError(
                    f"{error.problem}; {left} of {len(rows)} tracks are not searched yet, what was "
                    f"found is kept in {str(target)!r}",
                    f"{error.remedy}; the same command goes on from there",
                ) from error


def _search(row: Match, music: YouTubeMusic, tolerance_s: float) -> Match:
    """Return a row with what was found among songs and, if that is not sure, among videos."""
    query = f"{row.artist} {row.title}"[:LONGEST_QUERY]
    found = music.search(query, "songs")
    choices = rank(row, found, tolerance_s)
    if not choices or choices[0].doubts:
        choices = rank(row, [*found, *music.search(query, "videos")], tolerance_s)
    if choices and choices[0].plausible:
        best, *rest = choices
        found_row = {
            "found_artist": best.candidate.artist,
            "found_title": best.candidate.title,
            "found_duration_s": best.candidate.duration_s,
            "url": best.candidate.url,
            "take": "?" if best.doubts else "yes",
            "note": "; ".join(best.doubts),
        }
    else:
        rest = choices
        found_row = {"take": "no", "note": "nothing like it was found"}
    others = tuple(_in_words(choice) for choice in rest[: len(OTHERS)])
    return row.model_copy(update={**found_row, "others": others})


def _in_words(choice: Choice) -> str:
    found = choice.candidate
    length = "" if found.duration_s is None else f" ({found.duration_s:.0f} s)"
    return f"{found.url} {found.artist} - {found.title}{length}"
