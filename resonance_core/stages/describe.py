"""Describe: what a playlist is like, in seconds and without the model."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from resonance_core.config import DownloadConfig
from resonance_core.describe.character import Describer, Description, PlaylistCharacter
from resonance_core.describe.sent_clips import SentClips
from resonance_core.errors import TrackError
from resonance_core.keys import Stage, StageRequest
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


Tell = Callable[[int, TrackState, str | None], None]
"""Hears how far a track has come, by its place, and why it failed."""


def _quiet(_place: int, _state: TrackState, _reason: str | None) -> None:
    """Tell nobody."""


def describe(
    tracks: Sequence[TrackSource],
    describer: Describer,
    config: DownloadConfig,
    store: Store,
    tell: Tell = _quiet,
) -> Described:
    """Return what a playlist is like, having it described if the store does not know.

    Args:
        tracks: The playlist's; one that cannot be used is left out.
        describer: Who hears them.
        config: Limits of what is fetched.
        store: Holds or takes what is fetched, and the description.
        tell: Hears how far each track has come.

    Raises:
        ResonanceError: The describer's own, as it says.
        StoreError: The store cannot be written.
        TrackError: None of the tracks can be used.
    """
    usable = _fetch(tracks, config, store, tell)

    def make(_: Path) -> dict[str, Any]:
        with usable.files(store) as files:
            return describer.describe(files).model_dump()

    outcome = store.build(usable.request(describer), make)
    found = Description.model_validate(outcome.record.info)

    def report(track: TrackSource) -> TrackReport:
        digest = usable.digests.get(track.position)
        reason = usable.failed.get(track.position) if digest is None else found.failed.get(digest)
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


def estimate(
    tracks: Sequence[TrackSource], describer: Describer, config: DownloadConfig, store: Store
) -> SentClips | None:
    """Return what `describe` would send from this machine; None for nothing.

    Nothing is sent where the store knows the description. What is described is fetched here.

    Args:
        tracks: The playlist's; one that cannot be used is left out.
        describer: Who would hear them.
        config: Limits of what is fetched.
        store: Holds or takes what is fetched.

    Raises:
        StoreError: The store cannot be written.
        TrackError: None of the tracks can be used.
    """
    usable = _fetch(tracks, config, store)
    if store.find(usable.request(describer)) is not None:
        return None
    with usable.files(store) as files:
        return describer.estimate(files)


class _Usable(NamedTuple):
    """The tracks of a playlist that can be used, and why the others cannot."""

    records: dict[str, Record]
    """Of the downloads, by the digest of the audio."""
    digests: dict[int, str]
    """By the tracks' positions."""
    failed: dict[int, str]
    """Reasons, likewise."""

    def request(self, describer: Describer) -> StageRequest:
        return DESCRIBE.request(describer.identity(), {"tracks": sorted(self.records)})

    @contextmanager
    def files(self, store: Store) -> Iterator[dict[str, Path]]:
        """Have each one's audio as a file, by its digest."""
        with ExitStack() as stack:
            yield {
                digest: stack.enter_context(at_hand(store, record))
                for digest, record in sorted(self.records.items())
            }


def _fetch(
    tracks: Sequence[TrackSource],
    config: DownloadConfig,
    store: Store,
    tell: Tell = _quiet,
) -> _Usable:
    usable = _Usable(records={}, digests={}, failed={})
    for place, track in enumerate(tracks):
        try:
            record = download(track, config, store).record
        except TrackError as error:
            usable.failed[track.position] = str(error)
            tell(place, "failed", str(error))
            continue
        usable.digests[track.position] = record.info["sha256"]
        usable.records[record.info["sha256"]] = record
        tell(place, "downloaded", None)
    if not usable.records:
        raise TrackError(
            f"none of the {len(tracks)} tracks can be used: {'; '.join(usable.failed.values())}",
            "See the reasons, and give others",
        )
    return usable
