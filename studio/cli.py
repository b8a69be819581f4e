"""The command line with the service: flows know nothing of what stands on them."""

import gc
import sys
import threading
import time
import webbrowser
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from flows.cli import app
from flows.console import errors_in_words, notes, out, runtime_settings, settings_of
from flows.options import ConfigOption, SetOption, StoreOption
from resonance_core.config_file import explain
from resonance_core.store.open import open_store

if TYPE_CHECKING:
    import uvicorn

SWITCH_S = 0.0005
"""How long a thread that wants to go on waits for the one that plays, in seconds. A request waits
so several times, and with Python's own 5 ms came to whole seconds when many listened."""


@app.command()
def studio(
    host: Annotated[
        str | None,
        typer.Option(help="Where to listen; elsewhere set an API key.", show_default="127.0.0.1"),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen.", show_default="8420")] = None,
    opens: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
) -> None:
    """Serve the studio, on this machine only, and open its page."""
    with errors_in_words(as_json=False):
        runtime = runtime_settings(store)
        with notes.status("Starting the studio ..."):
            import uvicorn

            from studio.app import create_app
            from studio.settings import StudioSettings

            given: dict[str, Any] = {"host": host, "port": port}
            given = {name: value for name, value in given.items() if value is not None}
            if config is not None or overrides:
                given["pipeline"] = settings_of(config, overrides)
            try:
                settings = StudioSettings(**given)
            except ValidationError as error:
                raise explain(error, "the studio's settings", StudioSettings) from error
            settings.pipeline.read()  # before the start, which takes its time
            open_store(runtime.store)
            service = create_app(settings)
        page = f"http://{settings.host}:{settings.port}/"
        sys.setswitchinterval(SWITCH_S)
        # What is loaded by now stays: to look through it for garbage held requests up for 0.4 s.
        gc.freeze()
        server = uvicorn.Server(
            uvicorn.Config(
                service,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                timeout_graceful_shutdown=3,  # whoever listens to events would hold it up for ever
            )
        )
        threading.Thread(target=_announce, args=(server, page, opens), daemon=True).start()
        server.run()


def _announce(server: "uvicorn.Server", page: str, opens: bool) -> None:
    """Say where the page is, and open it, once it is there."""
    while not server.started:
        time.sleep(0.05)
    out.print(f"The studio is open: {page} (Ctrl+C ends it)")
    if opens:
        webbrowser.open(page)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
