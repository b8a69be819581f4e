"""The command line with the service: flows know nothing of what stands on them."""

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from flows.cli import app
from flows.console import (
    ConfigOption,
    SetOption,
    StoreOption,
    errors_in_words,
    out,
    runtime_settings,
    settings_of,
)
from resonance_core.config_file import explain


@app.command()
def studio(
    host: Annotated[
        str | None, typer.Option(help="Where to listen [default: 127.0.0.1]; else set an API key.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Where to listen [default: 8420].")] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
) -> None:
    """Serve the studio: pieces, playlists and the library over HTTP."""
    with errors_in_words(as_json=False):
        runtime_settings(store)
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
        service = create_app(settings)
        out.print(f"The studio's endpoints: http://{settings.host}:{settings.port}/docs")
        uvicorn.run(
            service,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            timeout_graceful_shutdown=3,  # whoever listens to events would hold it up for ever
        )


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
