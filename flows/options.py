"""The options and arguments that several commands share: flags, help and checks of each, once."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    str | None, typer.Option("--config", help="A YAML file, or: nano, melody-large, lyria.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PART.FIELD=VALUE", help="Override one setting; repeatable."),
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", envvar="RESONANCE_STORE", help="A folder, or s3://bucket/prefix."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show Prefect's log.")]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Agree to what Google is sent, without being asked.")
]

SourceArgument = Annotated[str, typer.Argument(help="A folder, a file, or a playlist's URL.")]
BucketArgument = Annotated[
    str, typer.Argument(help="A bucket, or a place in it: s3://bucket/prefix.")
]

# Of the commands that look into activations:
LabelsOption = Annotated[
    Path | None,
    typer.Option(
        help="A CSV or Parquet file of labels.", show_default="the playlist of each track"
    ),
]
ColumnOption = Annotated[str, typer.Option(help="The column of --labels that holds the label.")]
PlaylistOption = Annotated[
    list[str] | None,
    typer.Option(help="Only this playlist counts as a label; repeatable.", show_default="all"),
]
LayerOption = Annotated[
    int | None, typer.Option(help="Which layer.", show_default="the middle one")
]
ExtractionOption = Annotated[
    str | None, typer.Option(help="Which extraction; needed where there are several.")
]
PictureOption = Annotated[Path | None, typer.Option("--out", help="Write a picture, a PNG, here.")]
