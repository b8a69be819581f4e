import numpy as np
import pytest

from resonance_core.config import SamplingConfig
from resonance_core.errors import ConfigError, ModelError
from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.features import ATTRIBUTES, DIRECT_MEASURES
from resonance_core.judge.judge import Judge, Verdict, load_judge
from resonance_core.models.base import MusicModel, mono

SEEDS = range(6)
PROMPTS = ("calm music", "energetic music")


@pytest.fixture(scope="module")
def judge(nano: MusicModel) -> Judge:
    return load_judge(nano.info)


@pytest.fixture(scope="module")
def played(nano: MusicModel) -> np.ndarray:
    """Calm, then energetic music, 5 s a clip."""
    pieces = nano.generate(
        [prompt for prompt in PROMPTS for _ in SEEDS],
        seeds=[*SEEDS, *SEEDS],
        duration_s=5,
        sampling=SamplingConfig(),
    )
    return mono(pieces)


@pytest.fixture(scope="module")
def verdict(judge: Judge, played: np.ndarray) -> Verdict:
    return judge.judge(played)


def test_calm_and_energetic_music_are_read_apart(verdict: Verdict) -> None:
    calm, energetic = verdict.levels["energy"].reshape(2, -1)
    spread = np.sqrt((calm.var(ddof=1) + energetic.var(ddof=1)) / 2)
    assert (energetic.mean() - calm.mean()) / spread > 2


def test_a_verdict_names_every_attribute_and_measure(verdict: Verdict) -> None:
    assert set(verdict.levels) == set(ATTRIBUTES)
    assert set(DIRECT_MEASURES.values()) <= set(verdict.measures)
    assert verdict.genres.shape == (len(PROMPTS) * len(SEEDS),)
    assert np.isfinite(verdict.vectors).all()


def test_loudness_changes_its_own_measure_alone(
    judge: Judge, played: np.ndarray, verdict: Verdict
) -> None:
    quiet = judge.judge(0.1 * played[:2])
    np.testing.assert_allclose(
        quiet.measures["rms_db"], verdict.measures["rms_db"][:2] - 20, atol=0.01
    )
    for name in set(verdict.measures) - {"rms_db"}:
        np.testing.assert_allclose(quiet.measures[name], verdict.measures[name][:2], rtol=1e-4)
    for name, levels in verdict.levels.items():
        np.testing.assert_allclose(quiet.levels[name], levels[:2], atol=1e-3)
    np.testing.assert_allclose(quiet.vectors, verdict.vectors[:2], atol=0.01)


def test_the_first_five_seconds_are_judged(
    judge: Judge, played: np.ndarray, verdict: Verdict
) -> None:
    longer = np.concatenate([played[0], np.zeros(SAMPLE_RATE, np.float32)])
    np.testing.assert_array_equal(judge.judge([longer]).vectors[0], verdict.vectors[0])


def test_four_seconds_are_enough_and_less_is_refused(judge: Judge, played: np.ndarray) -> None:
    assert judge.judge([played[0, : 4 * SAMPLE_RATE]]).genres.shape == (1,)
    with pytest.raises(ConfigError, match="3 s is too short"):
        judge.judge([played[0, : 3 * SAMPLE_RATE]])


def test_silence_is_judged(judge: Judge) -> None:
    verdict = judge.judge([np.zeros(5 * SAMPLE_RATE, np.float32)])
    assert np.isfinite(list(verdict.levels.values())).all()
    assert verdict.measures["rms_db"] == pytest.approx([-120])


def test_nano_has_its_own_judge(nano: MusicModel, tiny_musicgen: MusicModel) -> None:
    own, other = load_judge(nano.info).probes, load_judge(tiny_musicgen.info).probes
    assert (own.audio, other.audio) == ("nano", "original")
    for probes in (own, other):
        assert probes.clip_s == 5
        assert min(probes.scores["r"].values()) > 0.75
        assert probes.scores["genre_accuracy"] > 0.8


def test_a_model_of_another_rate_is_refused(nano: MusicModel) -> None:
    with pytest.raises(ModelError, match="plays at 48000 Hz"):
        load_judge(nano.info.model_copy(update={"sample_rate": 48000}))
