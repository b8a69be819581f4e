import pytest

from resonance_core.evaluation.claims import ladder_claims, slider_claims
from resonance_core.evaluation.ladder import score_rung
from resonance_core.evaluation.protocol import QUICK
from resonance_core.evaluation.results import PlaylistScore, Yardsticks
from resonance_core.evaluation.sliders import score_slider
from resonance_core.judge.features import ATTRIBUTES

YARDSTICKS = Yardsticks(tracks=0.7, named=0.3)
POSITIONS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@pytest.fixture
def randoms(grid):
    """Directions that do nothing but add noise."""
    return [grid({}, steered=(-2.0, 2.0), seed=seed) for seed in range(5)]


def playlist(name: str, top_1: float, near: float = 9.0) -> PlaylistScore:
    """What came of a playlist."""
    return PlaylistScore(
        playlist=name,
        strength=1.0,
        top_1=top_1,
        top_1_unsteered=0.1,
        closest={},
        similarity=0.2,
        nearest_source=near,
        nearest_source_unsteered=8.0,
        nearest_held_out=9.0,
        failed=0.0,
    )


def rung(name, grids, randoms, top_1, shuffled=0.1):
    """A rung of five playlists."""
    scores = [playlist(str(number), top_1) for number in range(5)]
    return score_rung(name, grids, randoms, scores, shuffled, QUICK)


def test_sliders_that_work_meet_their_claims(grid, randoms):
    scores = [
        score_slider(name, POSITIONS, grid({name: 1.0}), randoms, QUICK) for name in ATTRIBUTES
    ]
    claims = slider_claims(scores)
    assert [claim.number for claim in claims] == [1] * 7 + [2, 3, 4]
    assert [claim.met for claim in claims if claim.text.startswith("vocal")] == [None]
    assert all(claim.met for claim in claims if claim.met is not None)


def test_sliders_that_do_nothing_meet_none(grid, randoms):
    scores = [score_slider(name, POSITIONS, grid({}), randoms, QUICK) for name in ATTRIBUTES]
    assert not any(claim.met for claim in slider_claims(scores))


def test_the_default_must_beat_chance_the_seed_and_every_rung(grid, randoms):
    good = {name: grid({name: 1.0}) for name in ATTRIBUTES}
    poor = {name: grid({}) for name in ATTRIBUTES}
    ladder = [rung("seed", poor, randoms, 0.2), rung("best", good, randoms, 0.9)]
    assert ladder[1].ratio > ladder[0].ratio
    assert ladder[1].right_way == 1.0
    assert all(claim.met is not False for claim in ladder_claims(ladder, "best", YARDSTICKS))
    chance, _, seed, shuffled, copying, best = ladder_claims(ladder, "seed", YARDSTICKS)
    assert (chance.met, seed.met, shuffled.met, copying.met, best.met) == (
        False,
        False,
        True,
        True,
        False,
    )
    best, yardsticks, *_ = ladder_claims(ladder, "best", YARDSTICKS)
    assert "4.5 times chance" in best.found
    assert (yardsticks.found, yardsticks.met) == ("30%; 70%", None)


def test_shuffled_tracks_that_lead_to_a_playlist_and_copies_are_found_out(grid, randoms):
    good = {name: grid({name: 1.0}) for name in ATTRIBUTES}
    copied = [playlist(str(number), 0.9, near=7.0) for number in range(5)]
    score = score_rung("best", good, randoms, copied, 0.5, QUICK)
    _, _, _, shuffled, copying, _ = ladder_claims([score], "best", YARDSTICKS)
    assert not shuffled.met
    assert not copying.met
