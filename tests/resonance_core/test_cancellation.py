import threading

import pytest

from resonance_core.cancellation import cancellable, check_wanted
from resonance_core.config import RuntimeConfig, SamplingConfig
from resonance_core.stages.concept import concept
from resonance_core.steering.concept_file import load_concepts


class NotWantedError(BaseException):
    """What this module's work ends with."""


class Patience:
    """Wants work a number of times that it is asked."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise NotWantedError


def test_work_is_wanted_where_nobody_says_otherwise():
    check_wanted()
    with cancellable(Patience(1)):
        check_wanted()
        with pytest.raises(NotWantedError):
            check_wanted()
        thread = threading.Thread(target=check_wanted)  # of somebody else
        thread.start()
        thread.join()
    check_wanted()


def test_a_piece_ends_at_the_frame_at_which_it_is_no_longer_wanted(nano):
    asked = Patience(1000)
    with cancellable(asked):
        nano.generate(["piano"], seeds=[1], duration_s=0.5, sampling=SamplingConfig())
    passes = 1000 - asked.left
    assert passes == 1 + 0.5 * nano.info.frame_rate + nano.info.codebooks - 1
    with cancellable(Patience(passes - 1)), pytest.raises(NotWantedError):
        nano.generate(["piano"], seeds=[1], duration_s=0.5, sampling=SamplingConfig())


@pytest.mark.parametrize("asked", [0, 5, 30])
def test_of_a_concept_that_is_no_longer_wanted_nothing_is_kept(asked, quick, store):
    file = load_concepts(quick.concept.file)
    with cancellable(Patience(asked)), pytest.raises(NotWantedError):
        concept("energy", file, quick, store, RuntimeConfig(device="cpu"))
    assert list(store.records()) == []
    assert [path for path in store.root.rglob("*") if path.is_file()] == []
