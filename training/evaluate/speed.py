"""How fast the model is on one thread of a processor, and how large."""

import time
from pathlib import Path
from typing import Any

from training.evaluate.generation import Nano

SECONDS = 10.0
PROMPT = "energetic techno with heavy bass, fast tempo"
REPEATS = 3


def evaluate_speed(work: Path) -> dict[str, Any]:
    """Time loading, and generation of 10 s at the model's own settings, guidance included.

    Args:
        work: The workspace.

    Returns:
        ``load_s`` and ``generate_s``, seconds on the clock, and ``generate_cpu_s``, seconds of
        the processor, which other programs on the machine don't add to: the fastest of a few
        repeats. ``megabytes`` of the model's folder.
    """
    Nano(work)  # the first one reads the disk
    started = time.perf_counter()
    nano = Nano(work, griffin_lim_iterations=None)
    load_s = time.perf_counter() - started
    clock, processor = [], []
    for seed in range(REPEATS):
        started, cpu_started = time.perf_counter(), time.process_time()
        nano.generate([PROMPT], seed, seconds=SECONDS)
        clock.append(time.perf_counter() - started)
        processor.append(time.process_time() - cpu_started)
    files = (work / "model").resolve().rglob("*")
    return {
        "load_s": load_s,
        "generated_s": SECONDS,
        "guidance_scale": nano.model.generation_config.guidance_scale,
        "generate_s": min(clock),
        "generate_cpu_s": min(processor),
        "megabytes": sum(file.stat().st_size for file in files if file.is_file()) / 1e6,
    }


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_speed)
