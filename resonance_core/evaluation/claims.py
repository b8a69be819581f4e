"""The claims: what should be true of steering, and what was found."""

from collections.abc import Sequence

import numpy as np

from resonance_core.evaluation.results import Claim, RungScore, SliderScore, Yardsticks

MONOTONE_SHARE = {
    **dict.fromkeys(("energy", "tempo", "bass", "density"), 0.85),
    **dict.fromkeys(("harmony", "tension"), 0.7),
}
"""Of the sweeps, that should be monotone; what is not named has no target."""
SLOPE_RATIO, P = 12.0, 0.01
MEAN_ON_OVER_OFF, LEAST_ON_OVER_OFF = 4.0, 2.0
FAILED, RIGHT_WAY = 0.05, 0.8
TIMES_CHANCE, TIMES_SEED = 4.0, 2.0
SHUFFLED_TIMES_CHANCE = 2.0
"""Below this, shuffled tracks do not lead to a playlist."""


def slider_claims(sliders: Sequence[SliderScore]) -> list[Claim]:
    """Return the claims about sliders."""
    claims = []
    for score in sliders:
        wanted = MONOTONE_SHARE.get(score.slider)
        claims.append(
            Claim(
                number=1,
                text=f"{score.slider}: sweeps that rise with the strength (Spearman above 0.8)",
                found=f"{score.monotone.value:.0%} of single takes, "
                f"{score.monotone_prompts.value:.0%} of means over a prompt's takes",
                wanted="reported" if wanted is None else f"at least {wanted:.0%}",
                met=None if wanted is None else score.monotone.value >= wanted,
            )
        )
    ratios = [score.ratio for score in sliders]
    largest_p = max(score.p for score in sliders)
    claims.append(
        Claim(
            number=2,
            text="slope over the mean of the random directions, smallest and mean; largest p",
            found=f"{min(ratios):.1f}, {np.mean(ratios):.1f}; p {largest_p:.1g}",
            wanted=f"at least {SLOPE_RATIO:.0f}; p below {P}",
            met=min(ratios) >= SLOPE_RATIO and largest_p < P,
        )
    )
    overs = [score.on_over_off for score in sliders]
    claims.append(
        Claim(
            number=3,
            text="own effect over the mean of the other six, loudness removed: mean and smallest",
            found=f"{np.mean(overs):.1f} and {min(overs):.1f}",
            wanted=f"at least {MEAN_ON_OVER_OFF:.0f} and {LEAST_ON_OVER_OFF:.0f}",
            met=float(np.mean(overs)) >= MEAN_ON_OVER_OFF and min(overs) >= LEAST_ON_OVER_OFF,
        )
    )
    failed = float(np.mean([score.failed for score in sliders]))
    right = float(np.mean([score.right_way for score in sliders]))
    claims.append(
        Claim(
            number=4,
            text="pieces at the sliders' ends: faulty; moved the right way",
            found=f"{failed:.1%}; {right:.0%}",
            wanted=f"at most {FAILED:.0%}; at least {RIGHT_WAY:.0%}",
            met=failed <= FAILED and right >= RIGHT_WAY,
        )
    )
    return claims


def ladder_claims(ladder: Sequence[RungScore], rung: str, yardsticks: Yardsticks) -> list[Claim]:
    """Return the claims about playlists and rungs.

    Args:
        ladder: All rungs, the original recipe first.
        rung: The default one.
        yardsticks: What its share of closest pieces is held against.
    """
    seed = ladder[0]
    default = next(score for score in ladder if score.rung == rung)
    best = max(ladder, key=lambda score: score.score)
    chance = 1 / len(default.playlists)
    top, original = default.top_1.value, seed.top_1.value
    near = np.mean([score.nearest_source for score in default.playlists])
    plain = np.mean([score.nearest_source_unsteered for score in default.playlists])
    return [
        Claim(
            number=5,
            text="pieces closest to their playlist's held-out tracks, of chance",
            found=f"{top:.0%}, {top / chance:.1f} times chance",
            wanted=f"at least {TIMES_CHANCE:.0f} times",
            met=top >= TIMES_CHANCE * chance,
        ),
        Claim(
            number=5,
            text="the same without steering where the prompt names the playlist, and of the "
            "playlist's own tracks",
            found=f"{yardsticks.named:.0%}; {yardsticks.tracks:.0%}",
            wanted="reported",
            met=None,
        ),
        Claim(
            number=5,
            text=f"the same, of the recipe {seed.rung}",
            found=f"{top:.0%} against {original:.0%}",
            wanted=f"at least {TIMES_SEED:.0f} times",
            met=top >= TIMES_SEED * original,
        ),
        Claim(
            number=5,
            text="the same with directions of shuffled tracks, of chance",
            found=f"{default.top_1_shuffled / chance:.1f} times",
            wanted=f"below {SHUFFLED_TIMES_CHANCE:.0f} times",
            met=default.top_1_shuffled < SHUFFLED_TIMES_CHANCE * chance,
        ),
        Claim(
            number=5,
            text="distance to the nearest source track, of that of unsteered music",
            found=f"{near / plain:.2f}",
            wanted="at least 1",
            met=bool(near >= plain),
        ),
        Claim(
            number=6,
            text="the default is the best rung",
            found=f"{best.rung} is best, {rung} is the default",
            wanted="the same",
            met=best.rung == rung,
        ),
    ]
