"""The studio's service: how fast it answers while a piece is made and many listen to it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.creations import Creation, save_creation
from resonance_core.store.store import Store

CREATIONS = 50


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


def main():
    with served() as address:
        o = subprocess.run(
            [sys.executable, "-m", "benchmarks.listeners", address], capture_output=True, text=True
        )
        took = json.loads(o.stdout)
    everything = np.array([x for xs in took.values() for x in xs])
    for name, xs in [*took.items(), ("all", everything)]:
        xs = np.array(xs) * 1e3
        print(
            f"{name:16} n {len(xs):5} median {np.median(xs):7.1f} p99 {np.percentile(xs, 99):7.1f} max {xs.max():7.1f} ms"
        )


if __name__ == "__main__":
    main()
