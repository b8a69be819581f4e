"""The commands that look into the activations and directions of a store."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from flows.console import (
    errors_in_words,
    notes,
    out,
    print_json,
    print_table,
    runtime_settings,
    settings_of,
)
from flows.options import (
    ColumnOption,
    ConfigOption,
    ExtractionOption,
    JsonOption,
    LabelsOption,
    LayerOption,
    PictureOption,
    PlaylistOption,
    SetOption,
    StoreOption,
)
from resonance_core.errors import ConfigError
from resonance_core.store.open import open_folder, open_store

if TYPE_CHECKING:
    from resonance_core.analysis.tracks import KnownTrack
    from resonance_core.store.dataset import ActivationDataset

app = typer.Typer(help="Look into activations and directions.", no_args_is_help=True)

# scikit-learn, pandas and matplotlib are imported inside the commands: they take seconds.


class Opened(NamedTuple):
    """The activations of a store, and its tracks by their SHA-256."""

    activations: "ActivationDataset"
    tracks: dict[str, "KnownTrack"]

    def layer(self, wanted: int | None) -> int:
        """Return a layer that is wanted, or else the middle one."""
        layers = self.activations.layers
        return layers[len(layers) // 2] if wanted is None else wanted


@app.command()
def probe(
    labels: LabelsOption = None,
    column: ColumnOption = "label",
    playlist: PlaylistOption = None,
    extraction: ExtractionOption = None,
    target: PictureOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well a label can be read from each layer, by a linear probe."""
    with errors_in_words(as_json), notes.status("Fitting probes ..."):
        opened = _open(store, extraction, target)
        from flows.analysis_plots import probe_curve
        from flows.plots import write_png
        from resonance_core.analysis.probe import probe as fit

        known, name = _labels(opened, labels, column, playlist)
        found = {}
        for layer in opened.activations.layers:
            vectors, rows = opened.activations.vectors(layer)
            found[layer] = fit(vectors, rows["track"].to_numpy(str), known)
        if target is not None:
            write_png(probe_curve(found, name), target)
        if as_json:
            scores = [{"layer": layer, **asdict(one)} for layer, one in found.items()]
            print_json({"label": name, "layers": scores})
            return
        first = found[opened.activations.layers[0]]
        print_table(
            ("layer", first.kind, "95 % interval", "chance"),
            [
                (
                    str(layer),
                    f"{one.score:.2f}",
                    f"{one.low:.2f} to {one.high:.2f}",
                    f"{one.chance:.2f}",
                )
                for layer, one in found.items()
            ],
            title=f"{name}, of {first.tracks} tracks",
        )


@app.command("map")
def draw_map(
    layer: LayerOption = None,
    by: Annotated[
        Literal["track", "playlist"],
        typer.Option(help="A point for each track, or for each playlist (or label)."),
    ] = "track",
    method: Annotated[Literal["pca", "umap"], typer.Option(help="How the plane is found.")] = "pca",
    labels: LabelsOption = None,
    column: ColumnOption = "label",
    playlist: PlaylistOption = None,
    extraction: ExtractionOption = None,
    target: PictureOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay tracks or playlists out in a plane, near to what they are like."""
    with errors_in_words(as_json), notes.status("Projecting ..."):
        opened = _open(store, extraction, target)
        from flows.analysis_plots import map_of
        from flows.plots import write_png
        from resonance_core.analysis.projection import project
        from resonance_core.analysis.tracks import group_means, track_means

        chosen = opened.layer(layer)
        means = track_means(opened.activations, chosen, opened.tracks)
        known = {
            sha: str(label) for sha, label in _labels(opened, labels, column, playlist)[0].items()
        }
        if by == "track":
            vectors = means.vectors
            names = [track.name for track in means.tracks]
            groups = [known.get(track.sha256, "") for track in means.tracks]
        else:
            vectors, names = group_means(means, known)
            groups = names
        found = project(vectors, method)
        if target is not None:
            write_png(map_of(found, names, groups, f"layer {chosen}, {method.upper()}"), target)
        if as_json:
            points = [
                {"name": name, "group": group, "x": x, "y": y}
                for name, group, (x, y) in zip(names, groups, found.points.tolist(), strict=True)
            ]
            print_json({"layer": chosen, "explained": found.explained, "points": points})
            return
        print_table(
            (by, "group", "x", "y"),
            [
                (name, group, f"{x:.2f}", f"{y:.2f}")
                for name, group, (x, y) in zip(names, groups, found.points, strict=True)
            ],
            title=f"layer {chosen}",
        )
        if found.explained:
            shares = " and ".join(f"{share:.0%}" for share in found.explained)
            out.print(f"The two axes explain {shares} of the variance.")


@app.command()
def nearest(
    track: Annotated[
        str, typer.Argument(help="A title, a path, an address, or how the SHA-256 starts.")
    ],
    layer: LayerOption = None,
    count: Annotated[int, typer.Option(min=1, help="How many tracks.")] = 5,
    extraction: ExtractionOption = None,
    target: PictureOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the tracks that a layer hears as most like a track."""
    with errors_in_words(as_json), notes.status("Comparing ..."):
        opened = _open(store, extraction, target)
        from flows.analysis_plots import neighbours
        from flows.plots import write_png
        from resonance_core.analysis.nearest import nearest as find
        from resonance_core.analysis.tracks import find_track, track_means

        asked, chosen = find_track(track, opened.tracks.values()), opened.layer(layer)
        found = find(track_means(opened.activations, chosen, opened.tracks), asked, count)
        title = f"nearest to {asked.name} ({asked.sha256[:12]}) in layer {chosen}"
        if target is not None:
            write_png(neighbours(found, title), target)
        if as_json:
            print_json(
                {
                    "track": _shown(asked),
                    "layer": chosen,
                    "nearest": [{**_shown(one.track), "cosine": one.cosine} for one in found],
                }
            )
            return
        rows = [
            (
                one.track.name,
                ", ".join(one.track.playlists),
                one.track.sha256[:12],
                f"{one.cosine:+.2f}",
            )
            for one in found
        ]
        print_table(("track", "playlist", "SHA-256", "cosine"), rows, title=title)


@app.command()
def separability(
    labels: LabelsOption = None,
    column: ColumnOption = "label",
    playlist: PlaylistOption = None,
    extraction: ExtractionOption = None,
    target: PictureOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well apart playlists, or labels, lie in each layer."""
    with errors_in_words(as_json), notes.status("Comparing ..."):
        opened = _open(store, extraction, target)
        from flows.analysis_plots import separability_curve
        from flows.plots import write_png
        from resonance_core.analysis.separability import separability as measure
        from resonance_core.analysis.tracks import track_means

        known, name = _labels(opened, labels, column, playlist)
        found = {
            layer: measure(track_means(opened.activations, layer, opened.tracks), known)
            for layer in opened.activations.layers
        }
        if target is not None:
            write_png(separability_curve(found), target)
        if as_json:
            scores = [{"layer": layer, **asdict(one)} for layer, one in found.items()]
            print_json({"label": name, "layers": scores})
            return
        first = found[opened.activations.layers[0]]
        print_table(
            ("layer", "silhouette", "variance between over within"),
            [
                (str(layer), f"{one.silhouette:+.2f}", f"{one.variance_ratio:.2f}")
                for layer, one in found.items()
            ],
            title=f"{name}, {first.groups} groups of {first.tracks} tracks",
        )


@app.command()
def similarity(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Playlists, concepts, or keys of directions; all if none."),
    ] = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
    target: PictureOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare directions, as the model hears where they lead: the cosines between them."""
    with errors_in_words(as_json), notes.status("Comparing ..."):
        runtime = runtime_settings(store)
        settings = settings_of(config, overrides).read()
        check_png(target)
        from flows.analysis_plots import similarity_map
        from flows.plots import write_png
        from resonance_core.analysis.similarity import heard_directions
        from resonance_core.analysis.similarity import similarity as compare
        from resonance_core.steering.concept_file import load_concepts

        file = load_concepts(settings.concept.file)
        opened = open_store(runtime.store)
        found = compare(*heard_directions(names or [], file, settings, opened, runtime))
        if target is not None:
            write_png(similarity_map(found), target)
        if as_json:
            pairs = [
                {
                    "first": found.names[first],
                    "second": found.names[second],
                    "overall": float(found.overall[first, second]),
                    "layers": found.per_layer[:, first, second].tolist(),
                }
                for first, second in found.pairs()
            ]
            print_json({"layers": found.layers, "pairs": pairs})
            return
        print_table(
            ("first", "second", "overall", *map(str, found.layers)),
            [
                (
                    found.names[first],
                    found.names[second],
                    f"{found.overall[first, second]:+.2f}",
                    *(f"{cosine:+.2f}" for cosine in found.per_layer[:, first, second]),
                )
                for first, second in found.pairs()
            ],
            title="cosine, overall and in each layer",
        )


def _open(store: str | None, extraction: str | None, target: Path | None) -> Opened:
    """Open a store's activations, once it is known that a picture can be written.

    Raises:
        ConfigError: The store is in a bucket, or the picture can have no such name.
        NotInStoreError: There are no activations, or several extractions to choose from.
    """
    location = runtime_settings(store).store
    check_png(target)
    from resonance_core.analysis.tracks import known_tracks
    from resonance_core.store.dataset import open_activations

    folder = open_folder(location)
    activations = open_activations(folder.root, extraction)
    return Opened(activations, known_tracks(activations, folder))


def _labels(
    opened: Opened, labels: Path | None, column: str, playlists: list[str] | None
) -> tuple[dict[str, str], str]:
    """Return labels by track, and what they are called.

    Raises:
        ConfigError: They cannot be used.
        SourceError: Their file cannot be read.
    """
    from resonance_core.analysis.labels import playlist_labels, read_labels

    if labels is None:
        return playlist_labels(opened.tracks, playlists or ()), "playlist"
    return read_labels(labels, column, opened.tracks), column


def _shown(track: "KnownTrack") -> dict[str, Any]:
    return {"title": track.title, "sha256": track.sha256, "playlists": track.playlists}


def check_png(target: Path | None) -> None:
    """Refuse, before any work, a name that a picture cannot have.

    Raises:
        ConfigError: It is a folder, or has another suffix.
    """
    if target is not None and (target.suffix.lower() != ".png" or target.is_dir()):
        raise ConfigError(f"--out {str(target)!r} is no PNG file", "Name one, as plot.png")
