"""Mel spectrograms, side by side: a clip of the corpus, coded, and generated from its caption."""

import random
from pathlib import Path
from typing import Any

import librosa
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import ATTRIBUTES
from training.captions import caption
from training.corpus import HELD_OUT
from training.evaluate.clips import coded, corpus_clips
from training.evaluate.generation import Nano

GENRES = ("techno", "orchestral", "jazz", "rock")
HOP = 320
MEL_BANDS = 96
LOUDNESS_DB = (-60, 25)
SEED = 7000


def draw_pictures(work: Path) -> dict[str, Any]:
    """Draw one clip each of a few genres into the workspace's folder ``pictures``.

    Args:
        work: The workspace.

    Returns:
        The caption that each picture's clip was generated from, by file name.
    """
    nano = Nano(work, griffin_lim_iterations=None)
    clips = list(corpus_clips(work / "corpus", HELD_OUT, None))
    chosen = [next(clip for clip in clips if clip[0].genre == genre) for genre in GENRES]
    captions = [
        f"{spec.genre}, {caption(spec, random.Random(0), only=ATTRIBUTES).text}"
        for spec, _ in chosen
    ]
    generated = nano.generate(captions, SEED)
    folder = work / "pictures"
    folder.mkdir(exist_ok=True)
    drawn = {}
    for (spec, original), made, text in zip(chosen, generated, captions, strict=True):
        rows = {"corpus": original, "coded": coded(nano.codec, original), "generated": made}
        path = folder / f"{spec.genre}.png"
        _figure(rows, text).savefig(path, dpi=60)
        drawn[path.name] = text
    return drawn


def _figure(rows: dict[str, np.ndarray], title: str) -> Figure:
    with mpl.rc_context({"font.size": 8}):
        figure = Figure(figsize=(9, 7), layout="constrained")
        figure.suptitle(title, wrap=True)
        for axes, (name, audio) in zip(figure.subplots(len(rows)), rows.items(), strict=True):
            mel = librosa.feature.melspectrogram(
                y=audio, sr=SAMPLE_RATE, n_fft=2048, hop_length=HOP, n_mels=MEL_BANDS
            )
            axes.imshow(
                librosa.power_to_db(mel, amin=1e-7, top_db=None),
                origin="lower",
                aspect="auto",
                vmin=LOUDNESS_DB[0],
                vmax=LOUDNESS_DB[1],
                extent=(0, audio.size / SAMPLE_RATE, 0, MEL_BANDS),
            )
            axes.set(title=name, ylabel="mel band")
        axes.set_xlabel("seconds")
    return figure


if __name__ == "__main__":
    from training.evaluate.report import command

    command(draw_pictures)
