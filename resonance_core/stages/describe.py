"""Describe: what a playlist is like, in seconds and without the model."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from resonance_core.config import DownloadConfig
from resonance_core.describe.character import Describer, Description, PlaylistCharacter
from resonance_core.errors import TrackError
from resonance_core.keys import Stage
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.download import at_hand, download
from resonance_core.store.jobs import TrackState
from resonance_core.store.playlists import TrackReport
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

DESCRIBE = Stage(name="describe", version=1)


class Described(NamedTuple):
    """What became of a playlist and its tracks."""

    outcome: Outcome
    character: PlaylistCharacter
    tracks: list[TrackReport]


def describe(
    tracks: Sequence[TrackSource],
    describer: Describer,
    config: DownloadConfig,
    store: Store,
    told: Callable[[int, TrackState, str | None], None] | None = None,
) -> Described:
    """Return what a playlist is like, having it described if the store does not know.

    Args:
        tracks: The playlist's; one that cannot be used is left out.
        describer: Who hears them.
        config: Limits of what is fetched.
        store: Holds or takes what is fetched, and the description.
        told: Hears how far each track has come, by its place, and why one failed.

    Raises:
        StoreError: The store cannot be written.
        TrackError: None of the tracks can be used.
    """
    tell = told or (lambda _place, _state, _reason: None)
    records: dict[str, Record] = {}
    failed: dict[int, str] = {}
    digests: dict[int, str] = {}
    for place, track in enumerate(tracks):
        try:
            record = download(track, config, store).record
        except TrackError as error:
            failed[track.position] = str(error)
            tell(place, "failed", str(error))
            continue
        digests[track.position] = record.info["sha256"]
        records[record.info["sha256"]] = record
        tell(place, "downloaded", None)
    if not records:
        raise TrackError(
            f"none of the {len(tracks)} tracks can be used: {'; '.join(failed.values())}",
            "See the reasons, and give others",
        )
    request = DESCRIBE.request(describer.identity(), {"tracks": sorted(records)})

    def make(_: Path) -> dict[str, Any]:
        with ExitStack() as stack:
            files = {
                digest: stack.enter_context(at_hand(store, record))
                for digest, record in sorted(records.items())
            }
            return describer.describe(files).model_dump()

    outcome = store.build(request, make)
    found = Description.model_validate(outcome.record.info)

    def report(track: TrackSource) -> TrackReport:
        digest = digests.get(track.position)
        reason = failed.get(track.position) if digest is None else found.failed.get(digest)
        return TrackReport(
            title=track.title,
            status="completed" if reason is None else "failed",
            reason=reason,
            sha256=digest,
        )

    reports = [report(track) for track in tracks]
    for place, one in enumerate(reports):
        tell(place, "failed" if one.reason else "extracted", one.reason)
    return Described(outcome, found.character, reports)
