"""Shard: many tracks go through the model in one stream and leave one activation file."""

import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, count, groupby, islice, repeat, takewhile
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from resonance_core.ahead import ahead, behind
from resonance_core.audio.chunk import Window
from resonance_core.audio.stream import stream_windows
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import TrackError
from resonance_core.keys import Stage, StageRequest
from resonance_core.models.base import Capture
from resonance_core.models.registry import chunks_at_once, how_computed, load_model, model_info
from resonance_core.stages.download import at_hand, download
from resonance_core.stages.extract import (
    choose_layers,
    data_set,
    extraction_settings,
    hear_chunks,
)
from resonance_core.stages.identify import IdentifiedTrack
from resonance_core.stages.transcode import canonical_form
from resonance_core.store.activations import ACTIVATIONS, track_table, write_activations
from resonance_core.store.records import Outcome, Record
from resonance_core.store.shards import remove_tracks, row_groups
from resonance_core.store.store import Store

SHARD = Stage(name="shard", version=1)
BATCHES = 2
"""How many wait for the model, and how many to be written."""
DECODERS = max(1, min(8, (os.cpu_count() or 1) - 1))
"""Tracks that are decoded at once: a GPU hears faster than one processor decodes."""


class Chunk(NamedTuple):
    """A window with its samples, float32."""

    track: str
    window: Window
    samples: NDArray[np.float32]


class Batch(NamedTuple):
    """Chunks of one length, ``waveforms`` ``[chunks, samples]``."""

    tracks: list[str]
    windows: list[Window]
    waveforms: NDArray[np.float32]


def shard_request(tracks: Iterable[str], config: PipelineConfig) -> StageRequest:
    """Return the request for the activations of tracks, by their SHA-256.

    Raises:
        ModelError: The model cannot be found, or lacks a layer that is asked for.
    """
    info = model_info(config.model)
    settings = extraction_settings(
        config.extract,
        info,
        audio=canonical_form(info.sample_rate),
        chunk=config.chunk.model_dump(mode="json"),
    )
    return SHARD.request(settings, {"tracks": sorted(tracks)}, dataset=data_set(settings))


def shard(
    tracks: Sequence[IdentifiedTrack], config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a shard's activations, extracting them if they are not there.

    Decoding runs ahead of the model and writing behind it. No audio is stored, and memory does
    not grow with the number of tracks or their length.

    Args:
        tracks: The tracks, each with other bytes.
        config: The settings of the model, the windows and the extraction.
        store: Holds the tracks that were fetched, and takes the activations.
        runtime: Device and batch size.

    Returns:
        A record whose ``info`` counts the usable ``tracks`` and their ``chunks``, and has the
        reason of each of the ``failed`` tracks by its SHA-256.

    Raises:
        ModelError: A layer the model does not have, a model that cannot be loaded, or hidden
            states that overflow.
        TrackError: A file has gone, or has been changed, since its track was identified.
    """
    request = shard_request((track.sha256 for track in tracks), config)

    def make(folder: Path) -> dict[str, Any]:
        info = model_info(config.model)
        layers = choose_layers(config.extract, info)
        path = folder / ACTIVATIONS
        failed: dict[str, str] = {}

        def write(heard: Iterator[tuple[list[str], list[Window], Capture]]) -> None:
            tables = (_tables(layers, config.extract.vectors, *one) for one in heard)
            groups = row_groups(chain.from_iterable(tables))
            if (first := next(groups, None)) is not None:
                write_activations(
                    path, chain([first], groups), config=request.config, model=info.model_dump()
                )

        for track in tracks:
            _record(track, config, store)
        decoded = ahead(
            [_decode(track, info.sample_rate, config, store, failed) for track in tracks],
            threads=DECODERS,
            depth=runtime.batch_size,
        )
        batches = ahead([_batches(decoded, chunks_at_once(runtime))], threads=1, depth=BATCHES)
        model = load_model(config.model, runtime)
        chunks: Counter[str] = Counter()
        with closing(batches), behind(write, depth=BATCHES) as put:
            for batch in batches:
                captured = hear_chunks(model, batch.waveforms, layers, config.extract)
                put((batch.tracks, batch.windows, captured))
                chunks.update(batch.tracks)
        if failed.keys() & chunks:
            remove_tracks(path, failed)
        return {
            "tracks": len(tracks) - len(failed),
            "chunks": sum(chunks[track] for track in chunks.keys() - failed.keys()),
            "failed": failed,
            "layers": list(layers),
            "hidden_size": info.hidden_size,
            "vectors": pq.read_metadata(path).num_rows if path.exists() else 0,
            "runtime": how_computed(model, runtime),
        }

    return store.build(request, make)


def _record(track: IdentifiedTrack, config: PipelineConfig, store: Store) -> Record:
    """Return the record of a track's bytes.

    Raises:
        TrackError: They are no longer those that were identified.
    """
    record = download(track.source, config.download, store).record
    if record.info["sha256"] != track.sha256:
        raise TrackError(f"{track.source.url} was changed meanwhile", "Run again")
    return record


def _decode(
    track: IdentifiedTrack,
    sample_rate: int,
    config: PipelineConfig,
    store: Store,
    failed: dict[str, str],
) -> Generator[Chunk, None, None]:
    """Yield a track's chunks; where it turns out to be damaged, note the reason and end."""
    try:
        with at_hand(store, _record(track, config, store)) as path:
            for window, samples in stream_windows(path, sample_rate, config.chunk):
                yield Chunk(track.sha256, window, samples)
        _record(track, config, store)  # what was changed meanwhile is another track
    except TrackError as error:
        _record(track, config, store)  # it is the track's fault only if its bytes are still there
        failed[track.sha256] = str(error)


def _batches(chunks: Generator[Chunk, None, None], size: int) -> Generator[Batch, None, None]:
    """Yield batches of chunks of one length; only tracks shorter than a window have others.

    The first ones are small, so that the model begins as soon as there is one chunk.
    """
    growing = takewhile(lambda few: few < size, (2**n for n in count()))
    sizes = chain(growing, repeat(size))
    with closing(chunks):
        for _, alike in groupby(chunks, key=lambda chunk: chunk.window.samples):
            while batch := list(islice(alike, next(sizes))):
                tracks, windows, samples = zip(*batch, strict=True)
                yield Batch(list(tracks), list(windows), np.stack(samples))


def _tables(
    layers: tuple[int, ...],
    dtype: Literal["float32", "float16"],
    tracks: list[str],
    windows: list[Window],
    captured: Capture,
) -> Iterator[pa.Table]:
    """Yield the rows of each track in a batch."""
    for track, places in groupby(range(len(tracks)), key=lambda place: tracks[place]):
        rows = list(places)
        heard = [windows[row] for row in rows]
        yield track_table(track, heard, layers, captured.take(rows), dtype)
