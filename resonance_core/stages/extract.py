"""Extract: a track's chunks go through the model and leave one activation file."""

from pathlib import Path
from typing import Any

from resonance_core.audio.read import read_ahead
from resonance_core.config import ExtractConfig, ModelConfig, Pooling, RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.keys import Stage, canonical_json, sha256_text
from resonance_core.models.base import Capture, ModelInfo, MusicModel, Waveforms, check_layers
from resonance_core.models.capabilities import check_ability
from resonance_core.models.registry import chunks_at_once, how_computed, load_model, model_info
from resonance_core.stages.chunk import WINDOWS, load_windows
from resonance_core.stages.transcode import AUDIO
from resonance_core.steering.layers import middle_third
from resonance_core.store.activations import ACTIVATIONS, track_table, write_activations
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

EXTRACT = Stage(name="extract", version=1)
HIVE_DIGITS = 16


def extract(
    audio: Record,
    windows: Record,
    model: ModelConfig,
    config: ExtractConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> Outcome:
    """Return the record of a track's activations, extracting them if they are not there.

    Args:
        audio: The record of the transcoded track.
        windows: The record of its chunk table.
        model: Which model listens.
        config: What is read from it.
        store: Holds the track and takes the activations.
        runtime: Device and batch size.

    Raises:
        ConfigError: Vectors that are larger than the type in which they shall be stored.
        ModelError: A layer the model does not have, a model that cannot be loaded, or hidden
            states that overflow.
    """
    info = model_info(model)
    layers = choose_layers(config, info)
    track = audio.request.inputs["audio"]
    settings = extraction_settings(config, info, audio.request.config, windows.request.config)
    request = EXTRACT.request(
        settings,
        {
            "track": track,
            "audio": audio.digest(AUDIO),
            "windows": windows.digest(WINDOWS),
        },
        dataset=data_set(settings),
    )

    def make(folder: Path) -> dict[str, Any]:
        table = load_windows(store, windows)
        loaded = load_model(model, runtime)
        path = store.path(audio, AUDIO)
        length = table[0].samples  # all windows of a track have one length
        starts = [window.start for window in table]
        size = chunks_at_once(runtime)
        batches = [starts[i : i + size] for i in range(0, len(starts), size)]
        heard = [
            hear_chunks(loaded, waveforms, layers, config)
            for waveforms in read_ahead(path, batches, length)
        ]
        rows = track_table(track, table, layers, Capture.join(heard), config.vectors)
        write_activations(folder / ACTIVATIONS, [rows], config=settings, model=info.model_dump())
        return {
            "chunks": len(table),
            "layers": list(layers),
            "hidden_size": info.hidden_size,
            "vectors": len(rows),
            "runtime": how_computed(loaded, runtime),
        }

    return store.build(request, make)


def hear_chunks(
    model: MusicModel, waveforms: Waveforms, layers: tuple[int, ...], config: ExtractConfig
) -> Capture:
    """Run one batch of chunks through a model.

    Raises:
        ModelError: The hidden states overflow.
    """
    return model.capture(
        waveforms,
        layers=layers,
        prompts=[config.prompt] * len(waveforms),
        melody=config.melody,
        pooling=config.pooling,
        stride=config.stride,
    )


def extraction_settings(
    config: ExtractConfig, info: ModelInfo, audio: dict[str, Any], chunk: dict[str, Any]
) -> dict[str, Any]:
    """Return all that decides about a track's activations besides its bytes, for keys.

    Args:
        config: What is read from the model.
        info: The model.
        audio: The canonical form.
        chunk: The windows.
    """
    # The digests of a track's audio and windows say the last two as well; readers of the files
    # need to see them.
    return {
        **capture_settings(config, info),
        **kept_settings(config),
        "audio": audio,
        "chunk": chunk,
    }


def data_set(settings: dict[str, Any]) -> str:
    """Return the data set of all activations that were made with these settings."""
    return f"activations/extraction={sha256_text(canonical_json(settings))[:HIVE_DIGITS]}"


def capture_settings(config: ExtractConfig, info: ModelInfo) -> dict[str, Any]:
    """Return what decides about a chunk's mean activations besides its audio, for keys."""
    return {
        "model": info.identity(),
        "layers": list(choose_layers(config, info)),
        "pooling": "mean",
        "prompt": config.prompt,
        "melody": config.melody and info.melody,
    }


def kept_settings(config: ExtractConfig) -> dict[str, Any]:
    """Return what is kept of a chunk's activations, for keys.

    What was not to be chosen when the first keys were made is named only where it differs from
    what was done then, so that those keys stand.
    """
    kept: dict[str, Any] = {"pooling": config.pooling}
    if config.stride is not None:
        kept["stride"] = config.stride
    if config.vectors != "float32":
        kept["vectors"] = config.vectors
    return kept


def check_means(pooling: Pooling) -> None:
    """Refuse activations that hold no means, for of means directions are made.

    Raises:
        ConfigError: They hold single frames.
    """
    if pooling not in ("mean", "mean+std"):
        raise ConfigError(
            f"activations that are pooled as {pooling!r} make no direction: it takes means",
            "Set extract.pooling to mean or mean+std",
        )


def choose_layers(config: ExtractConfig, info: ModelInfo) -> tuple[int, ...]:
    """Return the layers a config means for a model, rising.

    Raises:
        ModelError: The model does not have one of them, or shows none.
    """
    check_ability(info.backend, "capture")
    if config.layers == "all":
        return tuple(range(info.layers))
    if config.layers == "middle-third":
        return middle_third(info.layers)
    check_layers(config.layers, info)
    return tuple(sorted(set(config.layers)))
