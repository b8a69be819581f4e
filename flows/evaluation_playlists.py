"""The playlists of an evaluation: half of each one's tracks steer, the other half judge."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.player import Player
from flows.tracks import hear_tracks
from resonance_core.audio.read import read_windows
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import SourceError
from resonance_core.evaluation.closeness import Playlists, nearest
from resonance_core.evaluation.protocol import Protocol
from resonance_core.evaluation.results import PlaylistScore, Yardsticks
from resonance_core.judge.judge import Judge, load_judge
from resonance_core.models.registry import model_info
from resonance_core.stages.tracks import TrackResult
from resonance_core.stages.transcode import AUDIO
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome, Record
from tasks.aggregate import aggregate
from tasks.calibrate import calibrate
from tasks.prepare import prepare
from tasks.resolve import resolve

FEWEST_TRACKS = 4
"""Of a playlist: two to make its direction from, two to judge by."""


@dataclass(frozen=True)
class Heard:
    """Playlists whose tracks the model and the judge have heard.

    Attributes:
        tracks: What the tracks sound like.
        directions: Each playlist's, from its source tracks.
        shuffled: As many, from all source tracks dealt out at random.
        corpus: The direction of all source tracks, on which the others are centred.
    """

    tracks: Playlists
    directions: dict[str, Record]
    shuffled: dict[str, Record]
    corpus: Record


def hear_playlists(
    folder: Path, protocol: Protocol, config: PipelineConfig, runtime: RuntimeConfig
) -> Heard:
    """Hear every playlist in a folder of folders; every second track is held out.

    Raises:
        SourceError: There are fewer than two playlists, or one has too few usable tracks.
    """
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if len(folders) < 2:
        raise SourceError(
            f"{folder} holds {len(folders)} playlists, and two are needed to tell them apart",
            "Give a folder with one folder of music for each playlist",
        )
    judge = load_judge(model_info(config.model))
    source: dict[str, list[TrackResult]] = {}
    features: dict[str, NDArray[np.floating]] = {}
    for path in folders:
        listed = resolve.submit(str(path), config.resolve).result().tracks
        results = hear_tracks(listed, config, runtime)
        # Each track once: one that came twice could be source and held out.
        usable = [one for one in results if one.report.status == "completed"]
        if len(usable) < FEWEST_TRACKS:
            raise SourceError(
                f"{path} has {len(usable)} tracks that can be used, and {FEWEST_TRACKS} are needed",
                "Add tracks, or leave the playlist out",
            )
        source[path.name] = usable[::2]
        features[path.name] = np.stack([_features(one, judge, runtime) for one in usable])
    pool = [track for tracks in source.values() for track in tracks]
    dealt = random.Random(protocol.shuffle_seed).sample(pool, len(pool))
    shuffled = {}
    for name, tracks in source.items():
        shuffled[name], dealt = dealt[: len(tracks)], dealt[len(tracks) :]
    return Heard(
        tracks=Playlists(
            held_out={name: found[1::2] for name, found in features.items()},
            source={name: found[::2] for name, found in features.items()},
        ),
        directions={name: _direct(tracks, config, runtime) for name, tracks in source.items()},
        shuffled={name: _direct(tracks, config, runtime) for name, tracks in shuffled.items()},
        corpus=_direct(pool, config, runtime),
    )


def score_playlists(
    heard: Heard, protocol: Protocol, config: PipelineConfig, player: Player
) -> tuple[list[PlaylistScore], float]:
    """Play with every playlist's direction and judge what it is closest to.

    Returns:
        The scores, and the share of the pieces with shuffled tracks' directions that are closest
        to the playlist whose place these took.
    """
    centred = config.model_copy(
        update={"reference": config.reference.model_copy(update={"playlist": heard.corpus.key})}
    )
    plain = player.unsteered(protocol.playlists, centred).verdict.vectors
    unsteered = heard.tracks.similarities(plain, plain)
    scores, by_chance = [], []
    for place, (name, direction) in enumerate(heard.directions.items()):
        part = prepare.submit(direction, centred, player.runtime).result()
        found = calibrate.submit(direction, centred, player.runtime).result().record.info["range"]
        strength = None if found is None else float(found["recommended"])
        at = () if strength is None else (strength,)
        played = player.steered(name, part, at, protocol.playlists, centred)
        pieces = played[0].verdict.vectors if played else plain
        closeness = heard.tracks.similarities(pieces, plain)
        closest = closeness.argmax(1)
        scores.append(
            PlaylistScore(
                playlist=name,
                strength=strength,
                top_1=float((closest == place).mean()),
                top_1_unsteered=float((unsteered.argmax(1) == place).mean()),
                closest={
                    other: int((closest == i).sum()) for i, other in enumerate(heard.tracks.names)
                },
                similarity=float(closeness[:, place].mean() - unsteered[:, place].mean()),
                nearest_source=_nearest(pieces, heard.tracks.source[name]),
                nearest_source_unsteered=_nearest(plain, heard.tracks.source[name]),
                nearest_held_out=_nearest(pieces, heard.tracks.held_out[name]),
                failed=float(played[0].failed.mean()) if played else 0.0,
            )
        )
        other = part._replace(direction=heard.shuffled[name])
        control = player.steered(f"shuffled {name}", other, at, protocol.shuffled, centred)
        mixed = control[0].verdict.vectors if control else plain
        by_chance.append(np.mean(heard.tracks.similarities(mixed, plain).argmax(1) == place))
    return scores, float(np.mean(by_chance))


def score_yardsticks(
    heard: Heard, protocol: Protocol, config: PipelineConfig, player: Player
) -> Yardsticks:
    """Say how much can be expected: of the tracks themselves, and of naming the playlist."""
    plain = player.unsteered(protocol.playlists, config).verdict.vectors
    named = []
    for place, name in enumerate(heard.tracks.names):
        played = player.unsteered(protocol.naming(name), config).verdict.vectors
        named.append(np.mean(heard.tracks.similarities(played, plain).argmax(1) == place))
    return Yardsticks(tracks=heard.tracks.recognised(), named=float(np.mean(named)))


def _features(track: TrackResult, judge: Judge, runtime: RuntimeConfig) -> NDArray[np.floating]:
    """Return what a track sounds like: the mean over its windows of the judge's length."""
    record = track.outcomes[1].record
    path = open_store(runtime.store).path(record, AUDIO)
    rate = record.info["sample_rate"]
    samples = round(record.info["seconds"] * rate)
    length = min(round(judge.probes.clip_s * rate), samples)
    count = samples // length
    windows = read_windows(path, [place * length for place in range(count)], length)
    found: NDArray[np.floating] = judge.judge(windows).vectors.mean(0)
    return found


def _direct(
    tracks: Sequence[TrackResult], config: PipelineConfig, runtime: RuntimeConfig
) -> Record:
    outcomes: list[Outcome] = [track.outcomes[-1] for track in tracks]
    return aggregate.submit(outcomes, config.aggregate, runtime).result().record


def _nearest(pieces: NDArray[np.floating], tracks: NDArray[np.floating]) -> float:
    return float(nearest(pieces, tracks).mean())
