"""The studio's service: how fast it answers while a piece is made and many listen to it."""

import functools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

import numpy as np

from benchmarks.listeners import LISTENERS
from benchmarks.measure import Figure, compare
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.creations import Creation, save_creation
from resonance_core.store.store import Store

ALLOWED_S = 0.2
"""No request but a generation may take longer, in seconds."""
CREATIONS = 50
"""What the library holds."""


@contextmanager
def served() -> Iterator[str]:
    """Serve a store with some creations from a process of its own, and yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        request = GenerationRequest(prompt="calm piano", seed=1)
        piece = generate(request, load_config(), store, RuntimeConfig(device="cpu")).record
        asked = request.model_dump(mode="json")
        for _ in range(CREATIONS):
            save_creation(store, Creation(title="calm piano", piece=piece.key, request=asked))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "studio.cli", "studio", "--no-open", "--port", str(port)]
        environment = {**os.environ, "RESONANCE_STORE": str(store.root), "XDG_DATA_HOME": folder}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()  # that it is open
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


@functools.cache
def _took(_repeat: int) -> list[float]:
    with served() as address:
        command = [sys.executable, "-m", "benchmarks.listeners", address]
        found = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return list(chain.from_iterable(json.loads(found).values()))


def _figure(name: str, of: Callable[[list[float]], float]) -> Figure:
    """Compare a measure of all requests' times, in seconds, with what is allowed."""
    repeats = count()
    return compare(
        name,
        numerator=(name, lambda: of(_took(next(repeats)))),
        denominator=("allowed", lambda: ALLOWED_S),
        target=1.0,
        better="lower",
        repeats=3,
        model=load_config().model.id,
        conditions={"listeners": LISTENERS, "requests": len(_took(0)), "creations": CREATIONS},
    )


def slowest() -> Figure:
    """Measure the one request that took longest, of all but generations."""
    return _figure("slowest_request", max)


def hundredth() -> Figure:
    """Measure what one request in a hundred takes longer than."""
    return _figure("hundredth_request", lambda took: float(np.percentile(took, 99)))


def middle() -> Figure:
    """Measure what half of the requests take longer than."""
    return _figure("middle_request", statistics.median)
