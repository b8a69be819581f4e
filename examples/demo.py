"""The main job on the embedded model: listen to a playlist, play with it and without it.

Run by ``make demo``. Leaves two WAVs with their sidecars and a picture in ``demo/``; all else
goes to the store, so a second run computes nothing.
"""

import os
import shutil
from pathlib import Path

os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import librosa
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from flows.console import sounds_like
from flows.ingest import run_ingest
from flows.plots import draw_calibrations, png
from flows.progress import watched_by
from flows.run import run_generate
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.open import open_store
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import load_entry
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

PLAYLIST = Path(__file__).parent / "playlist"
NAME = "example"
TARGET = Path("demo")
PROMPT = "electronic music"
SEED = 2


def main() -> None:
    """Ingest the example playlist, generate twice, and show what came of it."""
    console = Console(soft_wrap=True)
    settings = Settings()
    store = open_store(RuntimeConfig().store)

    console.print(f"Listening to {PLAYLIST} (Prefect needs some 20 seconds to start) ...")
    with watched_by(lambda what: console.print(f"  {what}")):
        ingested = run_ingest(str(PLAYLIST), NAME, settings)

    console.print("Playing without and with the playlist, from the same seed ...")
    pieces = {
        label: run_generate(
            GenerationRequest(prompt=PROMPT, playlist=playlist, seed=SEED), settings
        )[0]
        for label, playlist in {"unsteered": None, "steered": NAME}.items()
    }

    TARGET.mkdir(exist_ok=True)
    for label, piece in pieces.items():
        for name in (AUDIO, SIDECAR):
            target = TARGET / f"{label}{Path(name).suffix}"
            shutil.copyfile(store.path(piece.record, name), target)
    direction = store.get(ingested.direction.key)
    entry = load_entry(store, NAME)
    assert entry is not None  # the ingest has just written it
    calibration = store.get(entry.calibration)
    draw(pieces, store, direction, calibration, TARGET / "report.png")

    console.print(sounds_like(ingested.words), descriptor_table(pieces), sep="\n")
    found = ingested.range
    made = sum(count.misses for count in ingested.cache.values())
    made += sum(not piece.hit for piece in pieces.values())
    console.print(
        f"Usable strengths: {found.low:.2f} to {found.high:.2f}; played at {found.recommended:.2f}."
        if found
        else "No strength of this direction is usable."
    )
    console.print(f"Results computed in this run: {made}; the others were in {store.address()}.")
    console.print(
        f"Listen: {TARGET}/unsteered.wav, {TARGET}/steered.wav. See: {TARGET}/report.png."
    )


def descriptor_table(pieces: dict[str, Outcome]) -> Table:
    """Return the pieces' descriptors side by side."""
    table = Table("descriptor", *pieces, title=f"{PROMPT!r}, seed {SEED}")
    described = [piece.record.info["descriptors"] for piece in pieces.values()]
    for name in described[0]:
        values = [row[name] for row in described]
        table.add_row(name, *("-" if value is None else f"{value:.4g}" for value in values))
    return table


def draw(
    pieces: dict[str, Outcome], store: Store, direction: Record, calibration: Record, path: Path
) -> None:
    """Draw both spectrograms, the per-layer norms and the calibration curve."""
    figure = Figure(figsize=(13, 9), layout="constrained")
    panels = figure.subfigures(2, 2)
    for panel, (label, piece) in zip(panels[0], pieces.items(), strict=True):
        draw_spectrogram(panel.subplots(), store.path(piece.record, AUDIO), label)
    draw_norms(panels[1, 0].subplots(), direction)
    draw_calibrations(panels[1, 1], {"Calibration": calibration})
    figure.suptitle(f"{PROMPT!r}, seed {SEED}, without and with the playlist {NAME!r}")
    path.write_bytes(png(figure))


def draw_spectrogram(axis: Axes, path: Path, label: str) -> None:
    """Draw a mel spectrogram in decibels below full scale."""
    audio, rate = librosa.load(path, sr=None)
    mel = librosa.feature.melspectrogram(y=audio, sr=rate, n_mels=96)
    shown = librosa.display.specshow(
        librosa.power_to_db(mel, ref=1.0),
        sr=rate,
        x_axis="time",
        y_axis="mel",
        ax=axis,
        cmap="magma",
        vmin=-60,
        vmax=30,
    )
    axis.figure.colorbar(shown, ax=axis, format="%+.0f dB")
    axis.set_title(label)


def draw_norms(axis: Axes, direction: Record) -> None:
    """Draw the norms of each layer's activations and residual stream."""
    layers = np.array(direction.info["layers"])
    axis.bar(layers - 0.2, direction.info["layer_norm"], 0.4, label="mean activation")
    axis.bar(layers + 0.2, direction.info["residual_scale"], 0.4, label="residual stream")
    axis.set(xlabel="layer", ylabel="norm", title="Per-layer norms", xticks=layers)
    axis.margins(y=0.2)  # room for the legend
    axis.legend(loc="upper center", ncols=2)


if __name__ == "__main__":
    main()
