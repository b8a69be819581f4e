import numpy as np
import pytest

from resonance_core.steering.calibrate import (
    StrengthRange,
    analytic_upper,
    strength_map,
    usable_range,
)

STRENGTHS = [0.0, 1.0, 2.0, 3.0, 4.0]
STILL = [0.0] * 5
"""Moves the music nowhere."""


@pytest.mark.parametrize(
    ("usable", "upper", "expected"),
    [
        ("yyyyy", 9, (0, 4, 2)),
        ("yyyyy", 3.2, (0, 3, 1.5)),
        ("yyynn", 9, (0, 2, 1)),
        ("nyyyn", 9, (1, 3, 2)),
        ("ynyyy", 9, (2, 4, 3)),  # the longest run, not the first
    ],
)
def test_the_longest_usable_run_below_the_bound(usable, upper, expected):
    found = usable_range(STRENGTHS, [mark == "y" for mark in usable], STILL, upper)
    assert (found.low, found.high, found.recommended) == expected


@pytest.mark.parametrize("usable", ["nnnnn", "ynnnn"])
def test_no_usable_strength_above_zero_is_no_range(usable):
    assert usable_range(STRENGTHS, [mark == "y" for mark in usable], STILL, 9) is None


@pytest.mark.parametrize(
    ("usable", "moved", "expected"),
    [
        ("yyyyy", [0, 0.4, 0.8, 1.2, 1.6], 2.5),  # all the way
        ("yyyyy", [0, 0.2, 0.4, 0.4, 0.3], 2.0),  # as near as it gets, and no further
        ("yyynn", [0, 0.2, 0.4, 1.2, 1.6], 2.0),  # what is usable
        ("ynyyy", [0, 1.2, 1.6, 2.0, 2.4], 2.0),
        ("yyyyy", [0, -0.2, -0.4, -0.6, -0.8], 2.0),  # nowhere: the middle
        ("yyyyy", [0, -0.4, 1.0, 2.0, 3.0], 2.0),  # that 0 moves nothing is no measurement
    ],
)
def test_as_far_as_the_playlist_lies_is_recommended(usable, moved, expected):
    found = usable_range(STRENGTHS, [mark == "y" for mark in usable], moved, 9)
    assert found.recommended == pytest.approx(expected)


@pytest.mark.parametrize(
    ("norm", "limit", "expected"),
    [(1.0, 4.0, 3.2), (0.5, 4.0, 4.0), (2.0, 4.0, 1.6), (10.0, 4.0, 1.0), (10.0, 0.5, 0.5)],
)
def test_the_analytic_range(norm, limit, expected):
    assert analytic_upper(norm, limit) == pytest.approx(expected)


def up_to(high: float) -> StrengthRange:
    return StrengthRange(low=0.0, high=high, recommended=high / 2)


def test_equal_steps_of_a_slider_move_the_music_equally():
    moved = [0.0, 0.1, 0.2, 0.8, 1.0]
    found = strength_map(STRENGTHS, moved, up_to(4.0))
    positions = [0.0, 0.25, 0.5, 0.75, 1.0]
    assert found.strength(0.0) == 0.0
    reached = [float(np.interp(found.strength(p), STRENGTHS, moved)) for p in positions]
    assert reached == pytest.approx(positions)


def test_a_slider_ends_where_the_movement_stops_growing():
    assert strength_map(STRENGTHS, [0, 1, 2, 2, 1], up_to(4.0)).strength(1.0) == 2.0
    assert strength_map(STRENGTHS, [0, 1, 2, 3, 4], up_to(3.0)).strength(1.0) == 3.0


def test_a_direction_that_moves_nothing_gets_a_straight_map():
    found = strength_map(STRENGTHS, [0, -1, -1, -2, -3], up_to(3.0))
    assert [found.strength(p) for p in (0.0, 0.5, 1.0)] == [0.0, 1.5, 3.0]
