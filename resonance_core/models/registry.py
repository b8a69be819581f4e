"""From a model's name to the model: where it lies, what it is, and the one loaded copy of it."""

import functools
import threading
from pathlib import Path
from typing import Any

import torch

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.gpu import exclusive, resolve_device
from resonance_core.models import checkpoint, nano
from resonance_core.models.base import ModelInfo, MusicModel
from resonance_core.models.compiling import check_compiler, compile_layers
from resonance_core.models.memory import keep_memory

NARROW = 512
"""Width of a decoder below which one CPU thread is the default. Measured on nano, 192 wide, on two
cores: a second thread gains a single piece nothing, a batch of seven a quarter, and an ingest
nothing, for it takes the core that decodes the next track."""

_TORCH_THREADS = torch.get_num_threads()
_loading = threading.Lock()
_loaded: dict[tuple[ModelConfig, torch.device, bool], MusicModel] = {}


def model_info(config: ModelConfig) -> ModelInfo:
    """Return what a model is, without loading its weights.

    Raises:
        ModelError: It cannot be found, or is none that can be steered.
    """
    with _loading:
        return _info(config)


def load_model(config: ModelConfig, runtime: RuntimeConfig) -> MusicModel:
    """Return a loaded model on the runtime's device; the process keeps the last one.

    Raises:
        ConfigError: There is no such device, or nothing can be compiled for it.
        ModelError: The model cannot be found or loaded.
    """
    check_runtime(runtime)
    with _loading:
        own_choice = 1 if _info(config).hidden_size < NARROW else _TORCH_THREADS
        torch.set_num_threads(runtime.threads or own_choice)
        return _load(config, resolve_device(runtime.device), runtime.compile)


def check_runtime(runtime: RuntimeConfig) -> None:
    """Refuse, before any work, a device that is not there, or for which nothing can be compiled.

    Raises:
        ConfigError: Saying what to install.
    """
    device = resolve_device(runtime.device)
    if runtime.compile:
        check_compiler(device)


def how_computed(model: MusicModel, runtime: RuntimeConfig) -> dict[str, Any]:
    """Return what of a loaded model's runtime may show in the last digits of a result."""
    return {
        "dtype": model.info.dtype,
        "autocast": model.info.autocast,
        "compile": runtime.compile,
        "device": str(resolve_device(runtime.device)),
        "threads": torch.get_num_threads(),
        "batch_size": min(runtime.batch_size, model.most_rows or runtime.batch_size),
    }


@functools.lru_cache(maxsize=8)
def _info(config: ModelConfig) -> ModelInfo:
    return checkpoint.describe(config, _source(config))


def _load(config: ModelConfig, device: torch.device, compiled: bool) -> MusicModel:
    if (config, device, compiled) not in _loaded:
        _loaded.clear()  # first: a device may not hold two
        if device.type == "cpu":
            keep_memory()
        with exclusive(device):
            model = checkpoint.load(_info(config), config, _source(config), device)
        if compiled:
            compile_layers(model.layers)
        _loaded[config, device, compiled] = model
    return _loaded[config, device, compiled]


def _source(config: ModelConfig) -> str | Path:
    if config.id == "nano":
        return nano.WEIGHTS
    folder = Path(config.id).expanduser()
    return folder if folder.is_dir() else config.id
