"""The guard: refuses requests by host, key, origin and size before anything reads them."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resonance_core.errors import ResonanceError
from studio.errors import HostError, KeyNeededError, OriginError, TooLargeError
from studio.page import is_page
from studio.problems import problem_of
from studio.settings import LOOPBACK, StudioSettings

READING = ("GET", "HEAD", "OPTIONS")
OPEN = ("/health", "/shared/", "/session")
"""What needs no key, beside the page's own files: shared pieces are signed."""
STREAMED, UPLOADS = ("/melodies", "/creations"), "/uploads/"
"""What takes files, which never are in memory as a whole."""
READ_WHOLE = 1_000_000
"""The most that is taken of every other body, in bytes: it is in memory until it is there, and
who is slow, or many at once, would have it full. To ``/session`` that may be anybody."""


class Guard:
    """Refuses what is not allowed, and counts the bytes of what is."""

    def __init__(self, app: ASGIApp, settings: StudioSettings) -> None:
        self._app = app
        self._limit = settings.max_bytes
        self._names = {name.lower() for name in (*LOOPBACK, settings.host, *settings.names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check_host(headers.get("host", ""))
            _check_key(HTTPConnection(scope))
            _check_origin(scope.get("method"), headers)
            length = headers.get("content-length", "")
            limit = self._limit if _is_streamed(scope) else min(READ_WHOLE, self._limit)
            _check_size(int(length) if length.isdecimal() else 0, limit)
        except ResonanceError as error:
            await problem_of(error, scope["path"])(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            try:
                _check_size(taken, limit)
            except TooLargeError as error:  # FastAPI lets only its own errors out of a body
                raise HTTPException(error.status, error.problem) from error
            return message

        await self._app(scope, counted, send)

    def _check_host(self, host: str) -> None:
        """Refuse a name that is not ours: it is how a page of another site would reach loopback."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            name = None
        if name not in self._names:
            raise HostError(
                f"{host!r} is no name of this service",
                "Use its address, or add the name to RESONANCE_STUDIO_NAMES",
            )


def _check_key(request: HTTPConnection) -> None:
    path, door = request.scope["path"], request.app.state.service.door
    if not (path.startswith(OPEN) or is_page(path) or door.lets_in(request)):
        raise KeyNeededError(
            "the API key is missing or wrong", "Send it as: Authorization: Bearer KEY"
        )


def _is_streamed(scope: Scope) -> bool:
    """Say whether a request's body is written to the disk as it comes."""
    path = scope["path"]
    return path in STREAMED or path.startswith(UPLOADS)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLargeError(
            f"the request has more than {limit} bytes",
            "Send less; of files, RESONANCE_STUDIO_MAX_BYTES says how much",
        )


def _check_origin(method: str | None, headers: Headers) -> None:
    """Refuse a change that a page of another site asks for; other programs name no origin."""
    origin = headers.get("origin")
    if method in READING or origin is None:
        return
    if origin.partition("://")[2] != headers.get("host"):
        raise OriginError(
            f"a page of {origin} may change nothing here", "Use the studio's own page"
        )
