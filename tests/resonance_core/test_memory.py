import platform
import resource
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from resonance_core.models.memory import keep_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only of glibc")
def test_a_later_batch_in_a_new_thread_asks_the_system_for_no_memory(nano):
    keep_memory()
    audio = np.random.default_rng(0).normal(0, 0.1, (4, 10 * 32000)).astype(np.float32)

    def faults() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        nano.capture(audio, layers=range(6), prompts=[""] * 4, melody=True)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    def a_later_batch() -> int:
        for _ in range(3):
            faults()
        return faults()

    with ThreadPoolExecutor(1) as other:
        assert other.submit(a_later_batch).result() < 1000  # it was 20,000
