"""``python -m benchmarks.scale_plan`` prints the table of ``docs/scale.md``.

What a dataset takes before anything is run: the work is counted, and how fast a GPU does it and
what an hour of it costs are assumptions, given as ranges.
"""

from typing import NamedTuple

TRACKS, TRACK_S = 1_000_000, 225.0
LENGTH_S, HOP_S, FRAME_RATE = 10.0, 8.0, 50
SHARD_TRACKS = 64
CODEC_TFLOP = 0.089
"""Of EnCodec's encoder at 32 kHz for one chunk: 0.072 counted by PyTorch on the random model of the
benchmarks, which has its sizes, and 0.017 of its LSTM, which PyTorch does not count."""
STORED = 0.97
"""What zstd leaves of float16 vectors, metadata included: measured on nano's, and on few rows."""
DECODED_X = 580
"""Seconds of Opus that one CPU core decodes and resamples in a second: measured."""
BUSY = (0.2, 0.45)
"""How much of its peak a GPU reaches in large batches of bfloat16: assumed."""


class Model(NamedTuple):
    """A MusicGen decoder, and what is kept of it."""

    name: str
    hidden: int
    kept: int
    """Layers of which vectors are stored."""
    run: int
    """Layers that are run: up to the last one that is kept."""
    prefix: int
    """Positions of chroma and text before the audio."""
    attends: bool
    """Whether it attends to the text instead, in every layer."""


class GPU(NamedTuple):
    """A GPU, by its data sheet and by what is asked for it."""

    name: str
    tflops: float
    """Peak of dense bfloat16."""
    dollars: tuple[float, float]
    """An hour, lowest and highest: assumed."""


MODELS = (
    Model("musicgen-small, all layers", 1024, 24, 24, 0, True),
    Model("melody-large, middle third", 2048, 16, 32, 236, False),
    Model("melody-large, all layers", 2048, 48, 48, 236, False),
)
GPUS = (
    GPU("L4", 121, (0.5, 1.0)),
    GPU("A100 80 GB", 312, (1.2, 4.1)),
    GPU("H100 SXM", 989, (2.0, 7.0)),
)


def chunks_of(track_s: float) -> int:
    """Return how many whole windows a track has, of 10 s every 8 s."""
    return int((track_s - LENGTH_S) // HOP_S) + 1


def tflop_of(model: Model) -> float:
    """Return the work of one chunk in 10^12 operations, two for each multiplication and addition.

    A layer's weights are 4 h^2 for attention and 8 h^2 for the feed-forward, applied to every
    position; attending to a text adds 2 h^2 (its keys and values are of a few tokens). Attention
    itself takes 4 h operations for each pair of positions.
    """
    positions = model.prefix + LENGTH_S * FRAME_RATE + 1
    weights = (14 if model.attends else 12) * model.hidden**2
    layer = positions * (2 * weights + 4 * model.hidden * positions)
    return model.run * layer / 1e12 + CODEC_TFLOP


def terabytes_of(model: Model, tracks: int = TRACKS) -> float:
    """Return what the vectors of a dataset take in float16, in 10^12 bytes."""
    vectors = tracks * chunks_of(TRACK_S) * model.kept
    return vectors * model.hidden * 2 * STORED / 1e12


def hours_of(model: Model, gpu: GPU, tracks: int = TRACKS) -> tuple[float, float]:
    """Return how long one GPU hears a dataset, at least and at most, in hours."""
    tflop = tracks * chunks_of(TRACK_S) * tflop_of(model)
    fewest, most = (tflop / (gpu.tflops * busy) / 3600 for busy in reversed(BUSY))
    return fewest, most


def decoders_of(model: Model, gpu: GPU) -> float:
    """Return how many CPU cores decode as fast as one GPU hears, at its fastest."""
    heard_x = TRACKS * TRACK_S / 3600 / hours_of(model, gpu)[0]
    return heard_x / DECODED_X


def table() -> str:
    """Return what a million tracks take, as a Markdown table."""
    lines = [
        "| model | TFLOP a chunk | TB | MB a shard | GPU | hours on one | on eight | dollars | "
        "cores that decode, a GPU |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for model in MODELS:
        size = terabytes_of(model)
        shard = terabytes_of(model, SHARD_TRACKS) * 1e6
        for gpu in GPUS:
            least, most = hours_of(model, gpu)
            low, high = least * gpu.dollars[0], most * gpu.dollars[1]
            lines.append(
                f"| {model.name} | {tflop_of(model):.2f} | {size:.1f} | {shard:,.0f} | {gpu.name} "
                f"| {least:,.0f}-{most:,.0f} | {least / 8:,.0f}-{most / 8:,.0f} "
                f"| {low:,.0f}-{high:,.0f} | {decoders_of(model, gpu):.1f} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
