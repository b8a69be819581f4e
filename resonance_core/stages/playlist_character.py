"""What an ingested playlist is like, as the store's own copies of its tracks tell."""

from pathlib import Path
from typing import Any

from resonance_core.describe.character import Describer, Description
from resonance_core.errors import NotInStoreError
from resonance_core.stages.describe import DESCRIBE
from resonance_core.stages.transcode import AUDIO, TRANSCODE
from resonance_core.store.playlists import load_entry
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store


def playlist_character(name: str, describer: Describer, store: Store) -> Outcome:
    """Return the record of an ingested playlist's `Description`, made if it is not there.

    Nothing is listed or fetched for it: what is described are the tracks as they were ingested.

    Args:
        name: The playlist's.
        describer: Who hears them.
        store: Holds the tracks, and takes the description.

    Raises:
        NotInStoreError: There is no such playlist, or its tracks are no longer there.
        TrackError: None of the tracks can be heard.
    """
    entry = load_entry(store, name)
    if entry is None:
        raise NotInStoreError(
            f"there is no playlist {name!r}",
            "List them: resonance playlists; a direction's key tells nothing of its tracks",
        )
    records = {
        audio.digest(AUDIO): audio
        for track in entry.tracks
        if track.status == "completed" and track.key is not None
        if (audio := _audio(store.get(track.key), store)) is not None
    }
    if not records:
        raise NotInStoreError(
            f"the store no longer holds the tracks of playlist {name!r}",
            "Ingest it again; only what is missing is made",
        )

    def make(_: Path) -> dict[str, Any]:
        files = {digest: store.path(audio, AUDIO) for digest, audio in sorted(records.items())}
        return describer.describe(files).model_dump()

    return store.build(DESCRIBE.request(describer.identity(), {"audio": sorted(records)}), make)


def character_of(description: Record) -> Description:
    """Return what a record says of a playlist."""
    return Description.model_validate(description.info)


def _audio(activations: Record, store: Store) -> Record | None:
    """Return the canonical audio that activations were extracted from; None where it is gone."""
    form, track = activations.request.config["audio"], activations.request.inputs["track"]
    return store.find(TRANSCODE.request(form, {"audio": track}))
