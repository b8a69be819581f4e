"""Problems: every error is answered in the form of RFC 9457, with what to do about it."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from resonance_core.consent import ConsentError
from resonance_core.errors import (
    CalibrationError,
    NotInStoreError,
    ResonanceError,
    StoreError,
    TransientSourceError,
)
from studio.errors import RefusedError
from studio.paths import without_folders

MEDIA_TYPE = "application/problem+json"
EXPECTED: tuple[tuple[type[ResonanceError], int], ...] = (
    (NotInStoreError, 404),
    (StoreError, 503),
    (TransientSourceError, 503),
    (CalibrationError, 409),
)
"""Statuses of errors of the core, the special before the general; others are what was sent."""

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What is wrong, and what to do."""

    type: str
    """Which error it is; a name in a URN."""
    title: str
    """The status in words."""
    status: int
    detail: str
    """What is wrong, with which value."""
    instance: str
    """The path that was asked for."""
    remedy: str
    """What to do; empty where nothing can be done."""
    sending: str | None = None
    """What would leave this machine, where nobody agreed to that yet."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of an endpoint's errors."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {
            "model": Problem,
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: schema},
        }
        for status in statuses
    }


def problem_of(error: ResonanceError, path: str) -> JSONResponse:
    """Return the answer to an expected error."""
    headers = error.headers if isinstance(error, RefusedError) else {}
    sending = error.sending.in_words() if isinstance(error, ConsentError) else None
    text = (error.problem, error.remedy)
    if not isinstance(error, RefusedError):  # the core's are made for people at this machine
        text = (without_folders(error.problem), without_folders(error.remedy))
    return _answer(_status(error), _name(error), *text, path, headers, sending)


def answer_problems(app: FastAPI) -> None:
    """Have an app answer every error as a problem."""

    @app.exception_handler(ResonanceError)
    async def _(request: Request, error: ResonanceError) -> JSONResponse:
        return problem_of(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or first["loc"][0]
        detail, remedy = f"{place}: {first['msg']}", "See /openapi.json for what can be sent"
        return _answer(422, "unusable", detail, remedy, request.url.path)

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> JSONResponse:
        remedy = "See /openapi.json for what there is" if error.status_code in (404, 405) else ""
        name, headers = f"http-{error.status_code}", dict(error.headers or {})
        return _answer(error.status_code, name, error.detail, remedy, request.url.path, headers)

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        remedy = "The service's log says more; please report it"
        return _answer(500, "unexpected", "an unexpected error", remedy, request.url.path)


def _status(error: ResonanceError) -> int:
    if isinstance(error, RefusedError):
        return error.status
    return next((status for kind, status in EXPECTED if isinstance(error, kind)), 422)


def _name(error: ResonanceError) -> str:
    return type(error).__name__.removesuffix("Error").lower()


def _answer(
    status: int,
    name: str,
    detail: str,
    remedy: str,
    path: str,
    headers: dict[str, str] | None = None,
    sending: str | None = None,
) -> JSONResponse:
    problem = Problem(
        type=f"urn:resonance:problem:{name}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=path,
        remedy=remedy,
        sending=sending,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, headers, media_type=MEDIA_TYPE
    )
