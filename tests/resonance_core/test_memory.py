import platform
import subprocess
import sys

import pytest

LATER_BATCHES = """
import resource
import statistics
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.models.registry import load_model

# A thread that worked before there was a model, and goes on.
early = ThreadPoolExecutor(1)
early.submit(np.ones, 10**6).result()
nano = load_model(ModelConfig(), RuntimeConfig(device="cpu"))
audio = np.random.default_rng(0).normal(0, 0.1, (4, 10 * 32000)).astype(np.float32)


def faults() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    nano.capture(audio, layers=range(6), prompts=[""] * 4, melody=True)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def later_batches() -> float:
    for _ in range(2):
        faults()
    # Now and then the heap grows by a little.
    return statistics.median(faults() for _ in range(5))


with ThreadPoolExecutor(1) as other:
    print(other.submit(later_batches).result())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only of glibc")
def test_later_batches_in_a_new_thread_ask_the_system_for_no_memory():
    # In a process of its own: what other tests leave behind in this one has pages too.
    command = [sys.executable, "-c", LATER_BATCHES]
    faults = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    assert float(faults) < 1000  # by default up to 30,000
