"""An evaluation as tables of words: what the console and the page of a report show."""

from typing import NamedTuple

from resonance_core.evaluation.results import Estimate, Evaluation

MET = {True: "yes", False: "no", None: "reported"}


class Table(NamedTuple):
    """Cells of words, as `flows.console.print_table` takes them."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def claims_table(evaluation: Evaluation) -> Table:
    """Return what was claimed, what was found and whether that is enough."""
    return Table(
        ("", "claim", "found", "wanted", "met"),
        [
            (str(claim.number), claim.text, claim.found, claim.wanted, MET[claim.met])
            for claim in evaluation.claims
        ],
    )


def sliders_table(evaluation: Evaluation) -> Table:
    """Return how well each slider does what its name says."""
    return Table(
        (
            *("slider", "judged by", "monotone sweeps", "of prompts' means"),
            *("direct measure", "monotone by it"),
            *("slope", "random, mean", "random, max", "ratio", "p", "right way", "faults"),
        ),
        [
            (
                *(one.slider, one.scorer, _shares(one.monotone)),
                _shares(one.monotone_prompts),
                *(one.direct_measure, f"{one.direct_monotone:.0%}"),
                _interval(one.slope),
                *(f"{one.random_mean:.3f}", f"{one.random_max:.3f}", f"{one.ratio:.1f}"),
                *(_p(one.p), f"{one.right_way:.0%}", f"{one.failed:.0%}"),
            )
            for one in evaluation.sliders
        ],
    )


def cross_talk_table(evaluation: Evaluation) -> Table:
    """Return what each slider moves from one end to the other, and how much of it is its own."""
    attributes = list(evaluation.sliders[0].effects)
    return Table(
        ("slider", *attributes, "own over mean of others", "own over largest other"),
        [
            (
                one.slider,
                *(f"{one.effects[name]:.2f}" for name in attributes),
                *(f"{one.on_over_off:.1f}", f"{one.worst_on_over_off:.1f}"),
            )
            for one in evaluation.sliders
        ],
    )


def ladder_table(evaluation: Evaluation) -> Table:
    """Return how far each rung gets."""
    return Table(
        (
            *("rung", "ratio", "right way", "effect", "own over others", "faults"),
            *("closest to its playlist", "with shuffled tracks"),
        ),
        [
            (
                *(rung.rung, f"{rung.ratio:.1f}", f"{rung.right_way:.0%}", f"{rung.effect:.2f}"),
                *(f"{rung.on_over_off:.1f}", f"{rung.failed:.0%}"),
                *(_shares(rung.top_1), f"{rung.top_1_shuffled:.0%}"),
            )
            for rung in evaluation.ladder
        ],
    )


def playlists_table(evaluation: Evaluation) -> Table:
    """Return how close music comes to each playlist, on the rung of the sliders."""
    return Table(
        (
            *("playlist", "strength", "closest to it", "unsteered", "similarity gained"),
            *("distance to its own tracks", "unsteered", "to its held-out tracks", "faults"),
        ),
        [
            (
                one.playlist,
                "none usable" if one.strength is None else f"{one.strength:.2f}",
                *(f"{one.top_1:.0%}", f"{one.top_1_unsteered:.0%}", f"{one.similarity:.2f}"),
                *(f"{one.nearest_source:.2f}", f"{one.nearest_source_unsteered:.2f}"),
                *(f"{one.nearest_held_out:.2f}", f"{one.failed:.0%}"),
            )
            for one in evaluation.playlists
        ],
    )


def _interval(found: Estimate) -> str:
    return _unbroken(f"{found.value:.2f}", f"{found.low:.2f} to {found.high:.2f}")


def _shares(found: Estimate) -> str:
    return _unbroken(f"{found.value:.0%}", f"{found.low:.0%} to {found.high:.0%}")


def _unbroken(value: str, interval: str) -> str:
    """Put an interval behind its value so that a narrow column breaks the line between them."""
    return f"{value} ({interval})".replace(" to ", "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}")


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
