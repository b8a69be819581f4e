"""The page: static files, under a policy that lets it speak to nobody else."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import compile_path
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WEB = Path(__file__).parent / "web"
FILES = "/web"
SCREENS = ("/", "/playlist", "/prompt", "/making/{name}", "/studio/{name}")
"""The addresses of the page; its router knows which is which."""
PATTERNS = tuple(compile_path(path)[0] for path in SCREENS)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private",  # what a cookie opens is for nobody else behind the same proxy
}


class PageHeaders:
    """Sends, with every answer, what browsers keep a page to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a shared piece has a policy of its own
            await send(message)

        await self._app(scope, receive, guarded)


def is_page(path: str) -> bool:
    """Say whether a path is one of the page's own files, which hold nothing of anybody's."""
    return path.startswith(f"{FILES}/") or any(pattern.match(path) for pattern in PATTERNS)


def add_page(app: FastAPI) -> None:
    """Serve the page beside the endpoints."""

    async def page() -> FileResponse:
        # A browser asks whether it is still the same; after an update it has all files anew.
        return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    for path in SCREENS:
        app.add_api_route(path, page, include_in_schema=False)
    app.mount(FILES, GZipMiddleware(StaticFiles(directory=WEB)))
    app.add_middleware(PageHeaders)
