"""The service against its own OpenAPI: whatever is sent, it answers as it says that it does."""

import socket
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.creations import Creation, save_creation
from resonance_core.store.jobs import Job, save_job
from resonance_core.store.store import Store
from studio.addresses import check_public
from studio.app import create_app
from studio.settings import StudioSettings
from studio.shares import share, token_of
from studio.uploads import new_upload

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
CREATION = "5f0c1d0e-0000-4000-8000-000000000001"
JOB = "5f0c1d0e-0000-4000-8000-000000000002"
each = settings(deadline=None, suppress_health_check=list(HealthCheck))


@schemathesis.serializer("audio/*", "application/zip")
def _sound(_context: object, value: object) -> dict[str, bytes]:
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


def described(examples: int) -> BaseSchema:
    """The service as it describes itself, and how much is tried of each operation."""
    generation = GenerationConfig(max_examples=examples, deterministic=True, database="none")
    project = ProjectConfig(base_url="http://127.0.0.1", max_stream_events=3, generation=generation)
    return schemathesis.openapi.from_dict(
        create_app(StudioSettings()).openapi(),
        config=SchemathesisConfig(projects=ProjectsConfig(default=project)),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests of this module."""
    folder = tmp_path_factory.mktemp("openapi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        patch.setenv("RESONANCE_STORE", str(folder / "store"))
        yield Store(folder / "store")


@pytest.fixture
def app(example_store: Store, little: StudioSettings, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The service. Its processes do nothing, and every host has a public address."""
    for kind in ("ingests", "impressions"):
        monkeypatch.setattr(f"studio.{kind}.COMMAND", (sys.executable, "-c", ""))
    monkeypatch.setattr("studio.routes.melodies.fetch", _fetch)
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr("studio.addresses.socket.getaddrinfo", lambda *_, **__: public)
    return create_app(little.model_copy(update={"wait_s": 0.1}))


async def _fetch(url: str, target: Path, max_bytes: int) -> None:
    """Stands in for the network."""
    check_public(url)
    target.write_bytes(b"")


@pytest.fixture
def names(example_store: Store, quick: PipelineConfig) -> dict[str, str]:
    """What there is, by the parameters of paths that name it."""
    request = GenerationRequest(prompt="calm piano", seed=3)
    piece = generate(request, quick, example_store, RuntimeConfig(device="cpu")).record
    asked = request.model_dump(mode="json")
    creation = Creation(id=CREATION, title="calm piano", piece=piece.key, request=asked)
    save_creation(example_store, creation)
    job = Job(id=JOB, kind="generation", source="calm piano", state="completed", result=CREATION)
    save_job(example_store, job)
    shared = share(creation, timedelta(hours=1), example_store)
    return {
        "creation_id": CREATION,
        "job_id": JOB,
        "share_id": shared.id,
        "token": token_of(shared),
        "upload_id": new_upload(example_store),
        "key": "energy",
        "/playlists/{name}": "example",
        "/concepts/{name}": "energy",
        "/concepts/{name}/calibration": "energy",
        "/uploads/{upload_id}/{name}": "song.mp3",
    }


def check(case: Case, app: FastAPI, names: dict[str, str]) -> None:
    """Send something, and where its path names things, the same to things that there are."""
    case.call_and_validate(checks=CHECKS, app=app)
    parameters = case.path_parameters or {}
    for parameter in parameters:
        parameters[parameter] = names.get(parameter) or names[case.path]
    if parameters:
        case.call_and_validate(checks=CHECKS, app=app)
    queue = app.state.service.queue
    for job in queue.jobs():  # what the model would take minutes for
        queue.get(job.id).stop()


@described(12).parametrize()
@each
def test_it_answers_as_it_says(case: Case, app: FastAPI, names: dict[str, str]) -> None:
    check(case, app, names)


@pytest.mark.slow
@described(400).parametrize()
@each
def test_it_answers_as_it_says_whatever_is_sent(
    case: Case, app: FastAPI, names: dict[str, str]
) -> None:
    check(case, app, names)
