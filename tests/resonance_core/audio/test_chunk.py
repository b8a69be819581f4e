import pytest

from resonance_core.audio.chunk import windows
from resonance_core.config import ChunkConfig

RATE = 32_000


def spans(seconds: float, **config: float) -> list[tuple[float, float]]:
    table = windows(round(seconds * RATE), RATE, ChunkConfig(**config))
    assert [window.chunk for window in table] == list(range(len(table)))
    return [(window.start_s, window.end_s) for window in table]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (45, [(0, 10), (8, 18), (16, 26), (24, 34), (32, 42)]),
        (18, [(0, 10), (8, 18)]),
        (17.99, [(0, 10)]),  # what is left is less than a hop
        (10, [(0, 10)]),
        (3.5, [(0, 3.5)]),  # a short track is heard, if only in part of a window
    ],
)
def test_windows_lie_whole_on_the_hop_grid(
    seconds: float, expected: list[tuple[float, float]]
) -> None:
    assert spans(seconds) == expected


def test_length_and_hop_are_the_configs() -> None:
    assert spans(10, length_s=4, hop_s=4) == [(0, 4), (4, 8)]
    assert spans(10, length_s=2, hop_s=5) == [(0, 2), (5, 7)]


def test_samples_and_seconds_say_the_same() -> None:
    for window in windows(44_100 * 30, 44_100, ChunkConfig(length_s=1.3, hop_s=0.7)):
        assert window.start_s == window.start / 44_100
        assert window.end_s == (window.start + window.samples) / 44_100
        assert window.samples == 57_330


def test_a_hop_below_one_sample_still_moves() -> None:
    assert len(windows(11, 10, ChunkConfig(length_s=1, hop_s=0.001))) == 2
