"""Doctor: what works on this machine, and what to do about what does not."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from prefect.settings import PREFECT_API_URL
from pydantic import BaseModel

from flows.hosted import is_hosted
from flows.secrets import google_api_key
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ResonanceError
from resonance_core.google_services import check_access
from resonance_core.gpu import resolve_device
from resonance_core.models.lyria import LOCALLY
from resonance_core.models.registry import load_model, model_info
from resonance_core.store.open import open_store
from resonance_core.store.records import library_versions


class Check(BaseModel):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine(config: PipelineConfig, runtime: RuntimeConfig) -> list[Check]:
    """Look at the libraries, the device, the model, Prefect, what Google needs, and the store."""
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    return [
        Check(name="libraries", ok=True, found=versions),
        _try("device", lambda: str(resolve_device(runtime.device))),
        _try("model", lambda: _model(config, runtime)),
        _prefect(),
        _try("google", _google),
        _try("store", lambda: _store(runtime)),
    ]


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, found=look())
    except ResonanceError as error:
        return Check(name=name, ok=False, found=error.problem, remedy=error.remedy)


def _model(config: PipelineConfig, runtime: RuntimeConfig) -> str:
    if is_hosted(config):
        key = check_access("Lyria", google_api_key(), LOCALLY)
        return f"{model_info(config.model).id} is hosted; its key is from {key.source}"
    info = load_model(config.model, runtime).info
    melody = "melody" if info.melody else "no melody"
    backend = f"{info.backend} ({info.backend_reason})"
    return f"{info.id} loads with {backend}: {info.layers} layers of {info.hidden_size}, {melody}"


def _prefect() -> Check:
    url = PREFECT_API_URL.value()
    return Check(
        name="prefect",
        ok=True,
        found=url or "no PREFECT_API_URL: ingest starts a server of its own (10-40 s)",
        remedy="" if url else "To see runs: prefect server start, then set PREFECT_API_URL",
    )


def _google() -> str:
    try:
        library = f"google-genai {version('google-genai')}"
    except PackageNotFoundError:
        library = "no google-genai (pip install 'resonance[google]')"
    key = google_api_key()
    return f"{library}, {'no API key' if key is None else f'an API key from {key.source}'}"


def _store(runtime: RuntimeConfig) -> str:
    store = open_store(runtime.store)
    store.check()
    return f"{store.address()} can be written"
