"""An evaluation as it could be, for tests of how one is shown."""

import math
import random

from resonance_core.evaluation.results import (
    Claim,
    CurvePoint,
    Estimate,
    Evaluation,
    PlaylistScore,
    RungScore,
    SliderScore,
    Yardsticks,
)

SLIDERS = {
    "energy": ("level read by the probe", "RMS"),
    "tempo": ("tempo", "onset rate"),
    "bass": ("level read by the probe", "share below 150 Hz"),
    "harmony": ("level read by the probe", "chroma entropy"),
    "density": ("level read by the probe", "spectral flatness"),
    "vocal": ("level read by the probe", "energy from 300 to 3000 Hz"),
    "tension": ("level read by the probe", "dissonance"),
}
RUNGS = (
    *("seed", "centred", "per-layer", "audio-only"),
    *("residual-scale", "by-effect", "conditional", "in-words", "kept-norm"),
)
PLAYLISTS = (
    *("late-night-techno", "garage-rock", "film-scores", "lofi-piano", "deep-ambient", "8-bit"),
    *("trio-jazz", "campfire", "latin-summer", "drum-and-bass", "<b>loud</b>"),
    "a-playlist-whose-name-never-ends",
)  # fmt: skip
POSITIONS = (-1.0, -2 / 3, -1 / 3, 0.0, 1 / 3, 2 / 3, 1.0)


def realistic_evaluation(quick: bool = False) -> Evaluation:
    """Return an evaluation with numbers of the size that steering reaches."""
    rng = random.Random(0)
    sliders = tuple(_slider(rng, name) for name in SLIDERS)
    ladder = tuple(_rung(rng, name, (place + 1) / len(RUNGS)) for place, name in enumerate(RUNGS))
    claims = (
        Claim(
            number=1,
            text="Sliders move the music monotonically",
            found="0.83",
            wanted="at least 0.80",
            met=True,
        ),
        Claim(
            number=2,
            text="Sliders leave other attributes alone: own effect > 3 x the largest other",
            found="2.6",
            wanted="at least 3",
            met=False,
        ),
        Claim(
            number=3,
            text="No track is copied: distance to the nearest source & held-out track",
            found="11.2 / 11.4",
            wanted="no target",
            met=None,
        ),
    )
    return Evaluation(
        model="nano",
        revision="a80ff50c39bfa5dab07def91ef0a94e10cf8367da877d3ce3a6e8d4ca92fb165",
        rung="conditional",
        confidence=0.95,
        quick=quick,
        sliders=sliders,
        ladder=ladder,
        yardsticks=Yardsticks(tracks=0.73, named=0.29),
        claims=claims,
        sweeps=(),
    )


def _estimate(value: float, spread: float) -> Estimate:
    return Estimate(value=value, low=value - spread, high=value + spread)


def _slider(rng: random.Random, name: str) -> SliderScore:
    scorer, direct = SLIDERS[name]
    own = rng.uniform(1, 4)
    effects = {
        other: own if other == name else rng.choice((-1, 1)) * rng.uniform(0.1, 0.5)
        for other in SLIDERS
    }
    others = [abs(effect) for other, effect in effects.items() if other != name]
    random_mean = rng.uniform(0.02, 0.06)
    monotone = rng.uniform(0.65, 0.95)
    curve = tuple(
        CurvePoint(
            position=position,
            strength=4 * position,
            score=_estimate(own / 2 * math.tanh(1.5 * position), 0.25 * abs(position)),
            failed=rng.choice((0.0, 0.04, 0.15)) if abs(position) > 0.5 else 0.0,
        )
        for position in POSITIONS
    )
    return SliderScore(
        slider=name,
        scorer=scorer,
        monotone=_estimate(monotone, 0.05),
        monotone_prompts=_estimate(monotone + 0.05, 0.05),
        direct_measure=direct,
        direct_monotone=rng.uniform(0.6, 1.0),
        slope=_estimate(own / 8, 0.05),
        random_mean=random_mean,
        random_max=2.5 * random_mean,
        ratio=own / 8 / random_mean,
        p=rng.choice((3e-9, 0.004, 0.21)),
        right_way=rng.uniform(0.7, 1.0),
        failed=rng.uniform(0, 0.1),
        curve=curve,
        effects=effects,
        on_over_off=own / (sum(others) / len(others)),
        worst_on_over_off=own / max(others),
    )


def _rung(rng: random.Random, name: str, height: float) -> RungScore:
    return RungScore(
        rung=name,
        ratio=5 + 35 * height * rng.uniform(0.8, 1),
        right_way=0.5 + 0.45 * height,
        effect=4 * height,
        on_over_off=1 + 9 * height * rng.uniform(0.7, 1),
        failed=0.12 * rng.random(),
        top_1=_estimate(0.1 + 0.5 * height, 0.06),
        top_1_shuffled=rng.uniform(0.04, 0.14),
        playlists=tuple(_playlist(rng, playlist, height) for playlist in PLAYLISTS),
    )


def _playlist(rng: random.Random, name: str, height: float) -> PlaylistScore:
    own = round(24 * height * rng.uniform(0.4, 0.9))
    closest = {name: own}
    for _ in range(24 - own):
        other = rng.choice(PLAYLISTS)
        closest[other] = closest.get(other, 0) + 1
    return PlaylistScore(
        playlist=name,
        strength=None if name == "8-bit" else rng.uniform(0.5, 3),
        top_1=closest[name] / 24,
        top_1_unsteered=rng.uniform(0, 0.2),
        closest=closest,
        similarity=rng.uniform(0.05, 0.6),
        nearest_source=rng.uniform(9, 13),
        nearest_source_unsteered=rng.uniform(10, 14),
        nearest_held_out=rng.uniform(9, 13),
        failed=rng.uniform(0, 0.1),
    )
