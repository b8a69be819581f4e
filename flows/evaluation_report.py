"""The report of an evaluation: one page that holds all, its pictures, and the numbers as JSON."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flows import evaluation_tables as tables
from flows.evaluation_plots import closest_playlists, cross_talk, ladder, slider_curves
from flows.plots import data_uri, png
from resonance_core.evaluation.results import Evaluation
from resonance_core.evaluation.statistics import MONOTONE
from resonance_core.store.clips import CLIPS, read_clips
from resonance_core.store.store import Store

PAGE = "index.html"
NUMBERS = "evaluation.json"
TEMPLATE = "evaluation.html.j2"
PICTURES = {
    "sliders": slider_curves,
    "cross-talk": cross_talk,
    "ladder": ladder,
    "playlists": closest_playlists,
}
TABLES = {
    "claims": tables.claims_table,
    "sliders": tables.sliders_table,
    "cross-talk": tables.cross_talk_table,
    "ladder": tables.ladder_table,
    "playlists": tables.playlists_table,
}


def write_report(evaluation: Evaluation, store: Store, folder: Path) -> list[Path]:
    """Write an evaluation as JSON, as PNGs, and as one HTML page that needs no other file.

    Every clip that was played goes into one Parquet file, with its scores, its ``rung`` and the
    ``title`` of what it was played with.

    Args:
        evaluation: What was found.
        store: Holds the clips.
        folder: Takes the files; it is made if it is not there.

    Returns:
        The files, the page first.
    """
    pictures = {name: png(draw(evaluation)) for name, draw in PICTURES.items()}
    files = {
        PAGE: page(evaluation, pictures).encode(),
        NUMBERS: evaluation.model_dump_json(indent=1).encode(),
        **{f"{name}.png": picture for name, picture in pictures.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    pq.write_table(_clips(evaluation, store), folder / CLIPS, compression="zstd")
    return [folder / name for name in (*files, CLIPS)]


def _clips(evaluation: Evaluation, store: Store) -> pa.Table:
    tables = []
    for sweep in evaluation.sweeps:
        table = read_clips(store.path(store.get(sweep.key), CLIPS)).table()
        for place, name in enumerate(("rung", "title")):
            column = pa.array([getattr(sweep, name)] * len(table), pa.string())
            table = table.add_column(place, name, column)
        tables.append(table)
    return pa.concat_tables(tables)


def page(evaluation: Evaluation, pictures: dict[str, bytes]) -> str:
    """Return the HTML page.

    Args:
        evaluation: What was found.
        pictures: The PNGs, as named in `PICTURES`.
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # names come from users
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template(TEMPLATE).render(
        evaluation=evaluation,
        monotone=MONOTONE,
        tables={name: make(evaluation) for name, make in TABLES.items()},
        pictures={name: data_uri(picture) for name, picture in pictures.items()},
    )
