"""Cutting a manifest into shards, less what shards hold already."""

from collections.abc import Iterable
from dataclasses import dataclass

from resonance_core.config import PipelineConfig
from resonance_core.stages.identify import FailedTrack, IdentifiedTrack
from resonance_core.stages.shard import SHARD, shard_request
from resonance_core.store.records import Record
from resonance_core.store.store import Store


@dataclass(frozen=True)
class ShardPlan:
    """What is there of a manifest, and what is to be made.

    Attributes:
        tracks: Its tracks by their SHA-256, one with the bytes of another left out.
        found: The records of shards that hold some of them.
        missing: The tracks of each shard that is to be made.
    """

    tracks: dict[str, IdentifiedTrack]
    found: list[Record]
    missing: list[list[IdentifiedTrack]]

    def damaged(self, made: Iterable[Record]) -> list[FailedTrack]:
        """Return the tracks that could not be decoded, once the missing shards are made."""
        reasons = [item for one in (*self.found, *made) for item in one.info["failed"].items()]
        return [
            FailedTrack(title=track.source.title, url=track.source.url, reason=reason)
            for sha256, reason in reasons
            if (track := self.tracks.get(sha256)) is not None
        ]


def plan_shards(
    tracks: Iterable[IdentifiedTrack], config: PipelineConfig, store: Store, size: int
) -> ShardPlan:
    """Plan the shards of a manifest by the content of its tracks.

    What any shard of the same settings holds is there, whatever the manifest was called and in
    whichever order it stood; so a manifest that grows costs its growth only.

    Args:
        tracks: The manifest's, in its order; one with the bytes of another counts once.
        config: The settings of the model, the windows and the extraction.
        store: Holds the shards.
        size: Tracks of a shard.

    Raises:
        ModelError: The model cannot be found, or lacks a layer that is asked for.
    """
    wanted: dict[str, IdentifiedTrack] = {}
    for track in tracks:
        wanted.setdefault(track.sha256, track)
    asked = shard_request([], config)
    found = [
        record
        for record in store.records(SHARD.name)
        if (record.request.version, record.request.config) == (asked.version, asked.config)
        and wanted.keys() & record.request.inputs["tracks"]
        and store.find(record.request) is not None
    ]
    held = {sha256 for record in found for sha256 in record.request.inputs["tracks"]}
    rest = [track for sha256, track in wanted.items() if sha256 not in held]
    return ShardPlan(
        tracks=wanted,
        found=found,
        missing=[rest[first : first + size] for first in range(0, len(rest), size)],
    )
