"""Playlists: every playlist that a folder has a file for is ingested, one flow run each."""

from pathlib import Path

from prefect import flow
from prefect.states import get_state_exception

from flows.ingest import ingest
from flows.playlist_file import read_playlist_file
from flows.recovery import clean_up
from flows.results import IngestResult, PlaylistOutcome
from flows.server import server_of_this_process
from flows.subflows import end_subflows
from resonance_core.errors import ConfigError, ResonanceError

FOLDER = Path(__file__).parents[1] / "configs" / "playlists"


class PlaylistsError(ResonanceError):
    """Some playlists could not be ingested; the others were.

    Attributes:
        outcomes: What became of each.
    """

    def __init__(self, outcomes: list[PlaylistOutcome]) -> None:
        failed = [outcome for outcome in outcomes if outcome.reason is not None]
        reasons = "; ".join(f"{one.name}: {one.reason}".rstrip(".") for one in failed)
        super().__init__(
            f"{len(failed)} of {len(outcomes)} playlists could not be ingested: {reasons}",
            "Correct what the reasons name; the others are done",
        )
        self.outcomes = outcomes


@flow(
    name="playlists",
    persist_result=False,
    on_crashed=[end_subflows, clean_up],
    on_cancellation=[end_subflows, clean_up],
)
def playlists(folder: Path = FOLDER) -> list[PlaylistOutcome]:
    """Ingest every playlist of a folder; one that fails stops no other.

    Args:
        folder: Holds a YAML file for each (see ``configs/playlists/example.yaml``).

    Raises:
        ConfigError: There is no file in it.
        PlaylistsError: Some failed.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ConfigError(f"the folder {folder} holds no .yaml file", "Write one a playlist")
    outcomes = [_ingest(file) for file in files]
    if any(outcome.reason is not None for outcome in outcomes):
        raise PlaylistsError(outcomes)
    return outcomes


def _ingest(file: Path) -> PlaylistOutcome:
    try:
        listed = read_playlist_file(file)
    except ResonanceError as error:
        return PlaylistOutcome(name=file.stem, reason=str(error))
    state = ingest(listed.source, file.stem, listed.settings, return_state=True)
    if state.is_completed():
        result: IngestResult = state.result()
        return PlaylistOutcome(name=file.stem, gained=result.gained, lost=result.lost)
    return PlaylistOutcome(name=file.stem, reason=str(get_state_exception(state)))


def run_playlists(folder: Path) -> list[PlaylistOutcome]:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return playlists(folder)
