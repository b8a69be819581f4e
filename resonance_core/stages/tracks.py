"""Tracks on their way through the stages, and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import NotInStoreError, ResonanceError, StoreError
from resonance_core.models.registry import model_info
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.chunk import chunk
from resonance_core.stages.download import download, original
from resonance_core.stages.extract import choose_layers, extract
from resonance_core.stages.transcode import transcode_track
from resonance_core.store.playlists import TrackReport
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store


class TooFewTracksError(ResonanceError):
    """Work that too few tracks could be used for.

    Attributes:
        tracks: What became of each.
    """

    def __init__(self, problem: str, remedy: str, tracks: Sequence[TrackReport]) -> None:
        reasons = "; ".join(f"{track.title}: {track.reason}" for track in tracks if track.reason)
        super().__init__(f"{problem}: {reasons}" if reasons else problem, remedy)
        self.tracks = list(tracks)


@dataclass(frozen=True)
class TrackResult:
    """What became of one track.

    Attributes:
        report: In words and numbers.
        outcomes: Of the stages that ended well, in their order.
    """

    report: TrackReport
    outcomes: tuple[Outcome, ...]

    @property
    def activations(self) -> Record | None:
        """The record of its activations; None where a stage failed."""
        return None if self.report.status == "failed" else self.outcomes[-1].record


def hear(
    tracks: Iterable[TrackSource], config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> list[TrackResult]:
    """Take tracks through the stages up to their activations; a failed one stops no other.

    Args:
        tracks: Which ones.
        config: The settings of the stages.
        store: Holds or takes what each stage makes.
        runtime: Device and batch size.

    Returns:
        What became of each track, in order.

    Raises:
        ModelError: The model cannot be found, or lacks a layer that is asked for.
        StoreError: The store cannot be read or written.
    """
    choose_layers(config.extract, model_info(config.model))  # or every track would fail of it
    return [_hear(track, config, store, runtime) for track in tracks]


def _hear(
    track: TrackSource, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> TrackResult:
    outcomes: list[Outcome] = []
    try:
        outcomes.append(downloaded := download(track, config.download, store))
        source = partial(original, store, downloaded.record)
        rate = model_info(config.model).sample_rate
        sha256 = downloaded.record.info["sha256"]
        outcomes.append(audio := transcode_track(sha256, source, rate, store))
        outcomes.append(windows := chunk(audio.record, config.chunk, store))
        heard = (audio.record, windows.record, config.model, config.extract, store, runtime)
        outcomes.append(extract(*heard))
    except ResonanceError as error:
        if isinstance(error, StoreError) and not isinstance(error, NotInStoreError):
            raise  # no track's fault, and the next would meet it too
        return failed(track.title, outcomes, str(error))
    return completed(track.title, outcomes)


def failed(title: str, outcomes: Sequence[Outcome], reason: str) -> TrackResult:
    """Return the result of a track that a stage could not use."""
    report = TrackReport(title=title, status="failed", reason=reason)
    return TrackResult(report, tuple(outcomes))


def completed(title: str, outcomes: Sequence[Outcome], repeated: bool = False) -> TrackResult:
    """Return the result of a track that all stages could use.

    Args:
        title: The track's.
        outcomes: Of all its stages.
        repeated: Whether its activations are those of a track before it.
    """
    downloaded, audio, _, activations = (outcome.record for outcome in outcomes)
    report = TrackReport(
        title=title,
        status="duplicate" if repeated else "completed",
        seconds=audio.info["seconds"],
        chunks=activations.info["chunks"],
        sha256=downloaded.info["sha256"],
        key=activations.key,
    )
    return TrackResult(report, tuple(outcomes))
