"""``python -m training.evaluate.codec --work FOLDER``: how well the codec keeps unseen music.

Three waveforms are compared with the original: decoded from tokens, decoded from latents that
were not quantised, and reconstructed from the true magnitudes. What each step loses is apart.
"""

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.distributions import Categorical

from resonance_core.models.nano.codec import SpectralCodec
from training.corpus import HELD_OUT, audio_path, shards
from training.crops import as_float
from training.evaluate.spectral_distance import spectral_distance
from training.real_music import open_tracks
from training.tokens import encode, tokens_path

CLIPS = 16
"""Clips of each kind that are decoded and compared."""
CLIP_SAMPLES = 4 * 32000
CLIP_START = 2 * 32000
"""Where in the corpus's clips the compared ones start, in samples."""
PIECE_SAMPLES = 12 * 32000
"""Tracks are encoded in pieces of so many samples."""
BATCH = 8


def evaluate_codec(codec: SpectralCodec, corpus: Path, real: Path) -> dict[str, object]:
    """Measure a codec on held-out music.

    Args:
        codec: A trained codec.
        corpus: The folder of the procedural corpus, whose held-out shard is used.
        real: The folder of real music, whose ``test`` tracks are used.

    Returns:
        By kind of music, ``procedural`` and ``real``: the distances of the ``coded``, the
        ``unquantised`` and the ``phase_only`` audio of some clips. Under ``perplexity``, by kind
        and for ``both``, one number a codebook, from all that is held out.
    """
    shard = np.load(audio_path(corpus, HELD_OUT), mmap_mode="r")
    tracks = [track for source in open_tracks(real / "test") for track in source]
    codes = {
        "procedural": _all_codes(codec, shard),
        "real": torch.cat([_all_codes(codec, _pieces(track)) for track in tracks]),
    }
    codes["both"] = torch.cat(list(codes.values()))
    return {
        "procedural": _distances(codec, as_float(shard[:CLIPS, CLIP_START:][:, :CLIP_SAMPLES])),
        "real": _distances(codec, as_float(_spread(tracks))),
        "perplexity": {kind: _perplexities(codes[kind]) for kind in codes},
    }


def corpus_perplexities(corpus: Path, tokens: Path) -> list[float]:
    """Return each codebook's perplexity over every shard.

    Few clips use few entries, held out or not: a shard of the training uses as many as the
    held-out one. This says how many entries the whole corpus uses.

    Args:
        corpus: The folder of the corpus.
        tokens: The folder of its tokens.
    """
    archives = [np.load(tokens_path(tokens, shard)) for shard in shards(corpus)]
    return _perplexities(torch.cat([torch.from_numpy(entry["codes"]) for entry in archives]))


def _spread(tracks: list[NDArray[np.int16]]) -> NDArray[np.int16]:
    """Return clips evenly spread over each track, ``[clips, samples]``."""
    each = -(-CLIPS // len(tracks))
    clips = []
    for track in tracks:
        starts = np.linspace(0, len(track) - CLIP_SAMPLES, each + 2).astype(int)[1:-1]
        clips += [track[start : start + CLIP_SAMPLES] for start in starts]
    return np.stack(clips)


def _pieces(track: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return whole pieces of a track, ``[pieces, samples]``."""
    whole = len(track) // PIECE_SAMPLES
    return track[: whole * PIECE_SAMPLES].reshape(whole, PIECE_SAMPLES)


def _all_codes(codec: SpectralCodec, clips: NDArray[np.int16]) -> Tensor:
    starts = range(0, len(clips), BATCH)
    return torch.cat([encode(codec, as_float(clips[s : s + BATCH])) for s in starts])


@torch.no_grad()
def _distances(codec: SpectralCodec, clips: Tensor) -> dict[str, object]:
    floor = codec.config.magnitude_floor
    magnitudes = codec.magnitudes(clips)
    latents = codec.latents(magnitudes)
    quantised = codec.quantizer.decode(codec.quantizer.encode(latents))
    spectra = {
        "coded": codec.log_magnitudes(quantised),
        "unquantised": codec.log_magnitudes(latents),
        "phase_only": (magnitudes + floor).log(),
    }
    return {
        way: dataclasses.asdict(spectral_distance(_waveforms(codec, levels, clips), clips))
        for way, levels in spectra.items()
    }


def _waveforms(codec: SpectralCodec, log_magnitudes: Tensor, clips: Tensor) -> Tensor:
    audio = torch.stack([codec.synthesise(row) for row in log_magnitudes])
    return audio[:, : clips.shape[1]]


def _perplexities(codes: Tensor) -> list[float]:
    """Return how many entries each codebook uses, evenly used ones counted once."""
    counts = [torch.bincount(book.flatten()).double() for book in codes.unbind(1)]
    return [Categorical(probs=count).perplexity().item() for count in counts]


def main() -> None:
    """Print the figures of the codec in a workspace as JSON."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate.codec", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/nano"), metavar="FOLDER")
    work = parser.parse_args().work
    codec = SpectralCodec.from_pretrained(work / "codec")
    report = evaluate_codec(codec, work / "corpus", work / "real")
    report["corpus_perplexity"] = corpus_perplexities(work / "corpus", work / "tokens")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
