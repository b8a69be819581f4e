"""The report: every measurement of the embedded model beside its target, in one JSON file."""

import argparse
import inspect
import json
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from resonance_core.errors import ResonanceError
from resonance_core.judge.features import ATTRIBUTES
from training.evaluate.codec import evaluate_codec
from training.evaluate.generation import Nano
from training.evaluate.melody import evaluate_melody
from training.evaluate.music import evaluate_music
from training.evaluate.pictures import draw_pictures
from training.evaluate.probes import evaluate_probes
from training.evaluate.rhythm import evaluate_rhythm
from training.evaluate.speed import evaluate_speed
from training.evaluate.text import evaluate_text

Evaluation = Callable[..., dict[str, Any]]
"""Gets a workspace, and what else it has a default for; returns what it measured."""

WORK = Path("build/nano")
"""The workspace where none is given."""

STRONG = {name: 1.5 if name in ("tempo", "harmony") else 3.0 for name in ATTRIBUTES}
"""Effect sizes that prompts should have."""
AT_LEAST = {
    "codec.perplexity.both": 500.0,
    "probes.original.r": 0.85,
    "probes.original.genre_accuracy": 0.6,
    "probes.coded.r": 0.75,
    "rhythm.generated.pulse_clarity": 0.45,
    "rhythm.generated.tempo_right": 0.6,
    "rhythm.cross_entropy.gain_on_beats": 0.0,
    **{f"text.seen.{name}.d": d for name, d in STRONG.items()},
    **{f"text.unseen.{name}.d": d / 2 for name, d in STRONG.items()},
    "text.genre_accuracy": 0.6,
    "melody.d": 0.8,
    "music.inside": 0.8,
}
AT_MOST = {
    "codec.procedural.coded.log_mel_l1": 0.29,
    "codec.real.coded.log_mel_l1": 0.32,
    "speed.generate_s": 10.0,
    "speed.load_s": 3.0,
}


def evaluate_all(work: Path) -> dict[str, Any]:
    """Measure everything that can be measured of a workspace's model.

    Args:
        work: The workspace; gets ``report.json``.

    Returns:
        What every measurement found, by its name, and under ``targets`` the figures that should
        reach one: of several figures, the worst.
    """
    found = {
        "codec": evaluate_codec(Nano(work, None).codec, work / "corpus", work / "real"),
        "probes": evaluate_probes(work),
        "speed": evaluate_speed(work),
        "rhythm": evaluate_rhythm(work),
        "music": evaluate_music(work),
        "melody": evaluate_melody(work),
        "text": evaluate_text(work),
        "pictures": draw_pictures(work),
    }
    report = {"targets": compare(found), **found}
    (work / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    return report


def compare(found: dict[str, Any]) -> dict[str, dict[str, float | bool]]:
    """Return value, target and whether it is ``met`` for every figure that has a target.

    Args:
        found: What the measurements returned, by their names.
    """
    compared = {}
    for figure, target in AT_LEAST.items():
        value = min(_values(found, figure))
        compared[figure] = {"value": value, "at_least": target, "met": value >= target}
    for figure, target in AT_MOST.items():
        value = max(_values(found, figure))
        compared[figure] = {"value": value, "at_most": target, "met": value <= target}
    return compared


def command(evaluate: Evaluation) -> None:
    """Run a measurement from the command line and print what it found as JSON.

    Args:
        evaluate: The measurement; each of its parameters is an option.
    """
    parser = argparse.ArgumentParser(
        description=inspect.getdoc(evaluate), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, parameter in inspect.signature(evaluate).parameters.items():
        default = WORK if name == "work" else parameter.default
        parser.add_argument(
            f"--{name}", type=parameter.annotation, default=default, help=f"default: {default}"
        )
    try:
        print(json.dumps(evaluate(**vars(parser.parse_args())), indent=2))
    except ResonanceError as error:
        sys.exit(str(error))


def _values(found: dict[str, Any], figure: str) -> list[float]:
    value: Any = reduce(lambda part, name: part[name], figure.split("."), found)
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    command(evaluate_all)
