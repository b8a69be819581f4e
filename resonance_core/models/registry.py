"""From a model's name to the model: where it lies, what it is, and the one loaded copy of it."""

import functools
import threading
from pathlib import Path
from typing import Any

import torch

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.gpu import exclusive, resolve_device
from resonance_core.models.backends import Choice, choices, complete
from resonance_core.models.base import ModelInfo, MusicModel
from resonance_core.models.capabilities import CAPABILITIES, lacking
from resonance_core.models.compiling import check_compiler, compile_layers
from resonance_core.models.lyria import is_lyria, lyria_info
from resonance_core.models.musicgen import MusicgenModel

NARROW = 512
"""Width of a decoder below which one CPU thread is the default. Measured on nano, 192 wide, on two
cores: a second thread gains a single piece nothing, a batch of seven a quarter, and an ingest
nothing, for it takes the core that decodes the next track."""

HEARD_ON_CPU = 2
"""Chunks that a CPU hears at once, at most. Measured on nano and on musicgen-small's sizes, on two
cores: two take as long each as eight do, within 2 %, and the model need not wait for more to be
decoded."""

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
        ModelError: The model cannot be found or loaded, or is hosted: nothing of that is here.
    """
    info = model_info(config)
    if CAPABILITIES[info.backend].hosted:
        raise lacking(info.backend, "capture")
    check_runtime(runtime)
    with _loading:
        own_choice = 1 if info.hidden_size < NARROW else _TORCH_THREADS
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


def chunks_at_once(runtime: RuntimeConfig) -> int:
    """Return how many chunks a model is to hear in one forward pass.

    Raises:
        ConfigError: There is no such device.
    """
    on_cpu = resolve_device(runtime.device).type == "cpu"
    return min(runtime.batch_size, HEARD_ON_CPU) if on_cpu else runtime.batch_size


def how_computed(model: MusicModel, runtime: RuntimeConfig) -> dict[str, Any]:
    """Return what of a loaded model's runtime may show in the last digits of what it heard."""
    at_once = chunks_at_once(runtime)
    return {
        "backend": model.info.backend,
        "backend_reason": model.info.backend_reason,
        "dtype": model.info.dtype,
        "autocast": model.info.autocast,
        "compile": runtime.compile,
        "device": str(resolve_device(runtime.device)),
        "threads": torch.get_num_threads(),
        "batch_size": min(at_once, model.most_rows or at_once),
    }


@functools.lru_cache(maxsize=8)
def _info(config: ModelConfig) -> ModelInfo:
    if is_lyria(config):
        return lyria_info(config)
    source = _source(config)
    first, *others = choices(config, source)
    try:
        return _describe(first, config, source)
    except ModelError as error:
        if not others:
            raise
        reason = f"{others[0].reason}: {error.problem}"
        return _describe(others[0]._replace(reason=reason), config, source)


def _describe(choice: Choice, config: ModelConfig, source: str | Path) -> ModelInfo:
    # A library is imported where it is used, for not all are installed everywhere.
    with complete(choice.backend):
        if choice.backend == "audiocraft":
            from resonance_core.models.audiocraft_checkpoint import describe
        else:
            from resonance_core.models.checkpoint import describe
    return describe(config, source).model_copy(update={"backend_reason": choice.reason})


def _load(config: ModelConfig, device: torch.device, compiled: bool) -> MusicModel:
    if (config, device, compiled) not in _loaded:
        _loaded.clear()  # first: a device may not hold two
        with exclusive(device):
            model = _read(_info(config), config, device)
        if compiled:
            compile_layers(model.layers)
        _loaded[config, device, compiled] = model
    return _loaded[config, device, compiled]


def _read(info: ModelInfo, config: ModelConfig, device: torch.device) -> MusicgenModel:
    with complete(info.backend):
        if info.backend == "audiocraft":
            from resonance_core.models import audiocraft_loading

            return audiocraft_loading.load(info, config, _source(config), device)
        from resonance_core.models import checkpoint

        return checkpoint.load(info, config, _source(config), device)


def _source(config: ModelConfig) -> str | Path:
    if config.id == "nano":
        from resonance_core.models.nano import WEIGHTS

        return WEIGHTS
    folder = Path(config.id).expanduser()
    return folder if folder.is_dir() else config.id
