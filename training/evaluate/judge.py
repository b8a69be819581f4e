"""``python -m training.evaluate.judge``: fits the probes of the judge that ships."""

from pathlib import Path
from typing import Any

import torch
from transformers import MusicgenMelodyForConditionalGeneration

from resonance_core.judge.features import levelled
from resonance_core.judge.judge import WEIGHTS, Judge
from resonance_core.models import nano
from training.corpus import HELD_OUT
from training.evaluate.clips import corpus_clips
from training.evaluate.fitting import fit_clips, scored
from training.evaluate.probes import training_clips


def fit_judges(work: Path, out: Path = WEIGHTS) -> dict[str, Any]:
    """Fit the judges that ship, of original audio and of audio through nano's codec.

    The codec is that of the weights that ship, as it plays.

    Args:
        work: The workspace; its corpus is used.
        out: The folder that gets a file for each judge.

    Returns:
        How well each reads held-out clips.
    """
    torch.set_num_threads(1)
    model = MusicgenMelodyForConditionalGeneration.from_pretrained(nano.WEIGHTS).eval()
    corpus = work / "corpus"
    found = {}
    for name, codec in {"original": None, "nano": model.audio_encoder}.items():
        training = ((spec, levelled(clip)) for spec, clip in training_clips(corpus, codec))
        probes = fit_clips(training, name)
        probes = scored(probes, Judge(probes).judge, corpus_clips(corpus, HELD_OUT, codec))
        out.mkdir(parents=True, exist_ok=True)
        probes.save(out / f"{name}.safetensors")
        found[name] = probes.scores
    return found


if __name__ == "__main__":
    from training.evaluate.report import command

    command(fit_judges)
