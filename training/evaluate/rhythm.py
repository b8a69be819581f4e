"""Is there a beat, is it as fast as asked, and does the model copy the bars it has heard?"""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import ATTRIBUTES, named_measures
from resonance_core.judge.onsets import FRAME_RATE
from resonance_core.models.delay import delay
from training.captions import WORDS, caption
from training.composer import TEMPO_SIXTEENTHS, ClipSpec
from training.corpus import HELD_OUT, audio_path, load_specs
from training.crops import as_float
from training.evaluate.clips import corpus_clips
from training.evaluate.generation import Nano
from training.genres import GENRES

TOLERANCE = 0.08
"""How far a tempo may be off, as a share of the tempo that was asked for."""
TEACHER_FORCED_CLIPS = 48
TEACHER_FORCED_BATCH = 8
TEACHER_FORCED_SECONDS = 10
"""The longest that models are trained on."""
SEED = 14000

Array = NDArray[np.floating]


def evaluate_rhythm(work: Path, seeds: int = 54) -> dict[str, Any]:
    """Measure pulse and tempo of generated clips, and prediction of the beats in real ones.

    Args:
        work: The workspace.
        seeds: Clips, spread over all tempi and genres of the corpus.

    Returns:
        ``generated`` and ``corpus`` (coded, held out): pulse clarity, and the share of clips
        whose tempo is the one asked for, octaves folded, with the share that chance alone
        gives. ``cross_entropy``: see `cross_entropy_by_bar`.
    """
    nano = Nano(work)
    tempi = [
        (60 * FRAME_RATE / (4 * sixteenth), words)
        for words, sixteenths in zip(WORDS["tempo"], TEMPO_SIXTEENTHS, strict=True)
        for sixteenth in sixteenths
    ]
    genres = list(GENRES)
    asked, prompts = [], []
    for i in range(seeds):
        bpm, words = tempi[i % len(tempi)]
        turn = i // len(tempi)
        asked.append(bpm)
        prompts.append(
            f"{genres[turn % len(genres)]}, {words[turn % len(words)]}, {round(bpm)} bpm"
        )
    specs, audio = zip(*corpus_clips(work / "corpus", HELD_OUT, nano.codec), strict=True)
    generated, corpus = named_measures(nano.generate(prompts, SEED)), named_measures(audio)
    return {
        "generated": _pulse(np.array(asked), generated),
        "corpus": _pulse(np.array([spec.bpm for spec in specs]), corpus),
        "cross_entropy": cross_entropy_by_bar(nano, work / "corpus"),
    }


def agrees(asked: Array, measured: Array) -> NDArray[np.bool_]:
    """Return where tempi agree within 8 %, octaves folded: 150 bpm and 75 bpm are the same."""
    octaves = np.log2(measured / asked)
    return np.abs(2 ** (octaves - np.round(octaves)) - 1) <= TOLERANCE


@torch.inference_mode()
def cross_entropy_by_bar(nano: Nano, corpus: Path) -> dict[str, Any]:
    """Return how well held-out clips are predicted, in the first bar and in its repeats.

    The model hears each clip under a caption of all attributes. A model that copies predicts
    the beats of later bars better than those of the first.

    Args:
        nano: The model.
        corpus: Folder of the corpus.

    Returns:
        Mean cross-entropy of the first codebook in nats, in the first, second and later bars:
        on the frames of ``beats`` and on ``all`` frames. The clip's first frame is left out.
        ``gain_on_beats``: how much less it is on the beats of the second bar than of the first.
    """
    specs = load_specs(corpus, HELD_OUT)[:TEACHER_FORCED_CLIPS]
    samples = TEACHER_FORCED_SECONDS * SAMPLE_RATE
    audio = np.load(audio_path(corpus, HELD_OUT), mmap_mode="r")[:, :samples]
    values: dict[str, dict[str, list[float]]] = {"beats": {}, "all": {}}
    for start in range(0, len(specs), TEACHER_FORCED_BATCH):
        rows = slice(start, start + TEACHER_FORCED_BATCH)
        waveforms = as_float(audio[rows])
        for spec, row in zip(
            specs[rows], _cross_entropy(nano, specs[rows], waveforms), strict=True
        ):
            frame = np.arange(len(row))
            on_beat = frame % spec.beat_frames == 0
            bar = frame // spec.bar_frames
            parts = (("first bar", bar == 0), ("second bar", bar == 1), ("later bars", bar > 1))
            for part, inside in parts:
                inside = inside & (frame > 0)
                values["beats"].setdefault(part, []).append(row[inside & on_beat].mean())
                values["all"].setdefault(part, []).append(row[inside].mean())
    found = {
        frames: {part: float(np.mean(clips)) for part, clips in parts.items()}
        for frames, parts in values.items()
    }
    beats = found["beats"]
    return {**found, "gain_on_beats": beats["first bar"] - beats["second bar"]}


def _cross_entropy(nano: Nano, specs: list[ClipSpec], waveforms: torch.Tensor) -> Array:
    """Return the first codebook's cross-entropy, ``[clips, frames]``, nats."""
    encoded = nano.codec.encode(waveforms[:, None]).audio_codes
    assert encoded is not None  # Transformers allows for it
    codes = encoded[0]
    columns = delay(codes, nano.model.config.decoder.pad_token_id)[:, :, :-1]
    captions = [caption(spec, random.Random(i), only=ATTRIBUTES) for i, spec in enumerate(specs)]
    logits = nano.model(
        **nano.tokens([each.text for each in captions]),
        decoder_input_ids=columns.reshape(-1, columns.shape[2]),
    ).logits
    # The conditioning comes first; then every column predicts the frame after it.
    first = logits.unflatten(0, (len(specs), -1))[:, 0, -columns.shape[2] :]
    return torch.nn.functional.cross_entropy(
        first.transpose(1, 2), codes[:, 0], reduction="none"
    ).numpy()


def _pulse(asked: Array, named: dict[str, Array]) -> dict[str, Any]:
    measured, clarity = named["tempo_bpm"], named["pulse_clarity"]
    right = agrees(asked, measured)
    return {
        "clips": len(asked),
        "pulse_clarity": float(clarity.mean()),
        "tempo_right": float(right.mean()),
        "tempo_right_by_chance": float(agrees(asked[:, None], measured).mean()),
        "tempo_right_by_bpm": {
            f"{bpm:.0f}": float(right[asked == bpm].mean()) for bpm in np.unique(asked)
        },
        "median_bpm": {
            f"{bpm:.0f}": float(np.median(measured[asked == bpm])) for bpm in np.unique(asked)
        },
    }


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_rhythm)
