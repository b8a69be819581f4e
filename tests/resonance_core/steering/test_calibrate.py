import pytest

from resonance_core.steering.calibrate import analytic_upper, usable_range

STRENGTHS = [0.0, 1.0, 2.0, 3.0, 4.0]


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
    found = usable_range(STRENGTHS, [mark == "y" for mark in usable], upper)
    assert (found.low, found.high, found.recommended) == expected


@pytest.mark.parametrize("usable", ["nnnnn", "ynnnn"])
def test_no_usable_strength_above_zero_is_no_range(usable):
    assert usable_range(STRENGTHS, [mark == "y" for mark in usable], 9) is None


@pytest.mark.parametrize(
    ("norm", "limit", "expected"),
    [(1.0, 4.0, 3.2), (0.5, 4.0, 4.0), (2.0, 4.0, 1.6), (10.0, 4.0, 1.0), (10.0, 0.5, 0.5)],
)
def test_the_analytic_range(norm, limit, expected):
    assert analytic_upper(norm, limit) == pytest.approx(expected)
