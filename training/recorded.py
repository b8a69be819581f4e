"""``python -m training.recorded``: what nano hears in recorded music, which ships with it.

Directions of playlists are centred on it, so that what sets recorded music apart from the model's
own drops out. All tracks of the examples' playlists count alike.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.errors import ResonanceError
from resonance_core.models import nano
from resonance_core.models.registry import model_info
from resonance_core.sources.resolve import resolve
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.extract import capture_settings
from resonance_core.stages.tracks import hear
from resonance_core.store.directions import DIRECTION, read_direction, write_direction
from resonance_core.store.open import open_store


def hear_recorded(playlists: Path, out: Path) -> None:
    """Write the mean of what nano hears in the tracks of a folder of playlists.

    Args:
        playlists: A folder of folders of music.
        out: The direction file.

    Raises:
        ResonanceError: A track cannot be heard, or there is none.
    """
    config, runtime = load_config(environment={}), RuntimeConfig()
    store = open_store(runtime.store)
    records = []
    for folder in sorted(path for path in playlists.iterdir() if path.is_dir()):
        tracks = resolve(str(folder), config.resolve).tracks
        for result in hear(tracks, config, store, runtime):
            if result.activations is None:
                raise ResonanceError(
                    f"{result.report.title!r} of {folder} cannot be heard: {result.report.reason}",
                    "Replace the file",
                )
            records.append(result.activations)
    record = aggregate(records, config.aggregate, store).record
    direction = read_direction(store.path(record, DIRECTION))
    heard = capture_settings(config.extract, model_info(config.model))
    metadata = {**direction.metadata, "kind": "reference", "config": {"extract": heard}}
    write_direction(out, replace(direction, metadata=metadata))


def main(
    playlists: Annotated[Path, typer.Option(help="Folder of folders of music.")] = Path(
        "examples/playlists"
    ),
    out: Annotated[Path, typer.Option(help="The file it is written to.")] = nano.RECORDED,
) -> None:
    """Hear recorded music, all together."""
    try:
        hear_recorded(playlists, out)
    except ResonanceError as error:
        typer.echo(error, err=True)
        raise typer.Exit(error.exit_code) from error


if __name__ == "__main__":
    typer.run(main)
