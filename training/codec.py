"""Training of the codec: first its encoder and codebooks, then its decoder."""

import math
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from resonance_core.errors import ResonanceError
from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.config import SpectralCodecConfig
from training.codec_init import fit_codebooks, fit_projection
from training.codec_loss import DecoderLoss
from training.crops import Crops
from training.evaluate.spectral_distance import MEL_FLOOR

SIZES = SpectralCodecConfig(
    magnitude_floor=MEL_FLOOR, decoder_dim=384, decoder_layers=6, decoder_ffn_dim=1152
)
FIT_CROPS = 12000
"""Excerpts that the codebooks are fitted to; short ones from many clips, for variety."""
FIT_CROP_TOKENS = 24
PROJECTION_SHARE = 6
"""One in so many excerpts is enough for the encoder."""
CROPS = 16
"""Excerpts of a batch."""
CROP_TOKENS = 40
REAL_SHARE = 0.35
"""Share of real music in what the encoder and the decoder's spectra are fitted to."""
AUDIO_REAL_SHARE = 0.5
"""The same while the audio counts: real music is the harder part."""
WARM_UP_STEPS = 100
SPECTRA_RATE = 1.5e-3
"""Learning rate while the spectra count."""
AUDIO_RATE = 4e-4
"""Learning rate while the audio counts, the last quarter of the steps."""
AUDIO_PART = 4
FINAL_RATE = 0.02
"""Share of a learning rate that its cosine ends at."""
WEIGHT_DECAY = 0.01
SAVE_SECONDS = 100
SEED = 1


def fit_quantizer(corpus: Path, real: Path, folder: Path, excerpts: int = FIT_CROPS) -> None:
    """Fit the encoder and the codebooks, and save a codec whose decoder is yet to be trained.

    A codec that is there already is left as it is: tokens depend on it.

    Args:
        corpus: The folder of the procedural corpus.
        real: The folder of real music.
        folder: Gets what `SpectralCodec.save_pretrained` writes.
        excerpts: Excerpts of half a second to fit to.
    """
    if (folder / "config.json").exists():
        return
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    crops = Crops(corpus, real)
    codec = SpectralCodec(SIZES)
    fit_projection(
        codec, crops.draw(rng, excerpts // PROJECTION_SHARE, FIT_CROP_TOKENS, REAL_SHARE)
    )
    fit_codebooks(codec, crops.draw(rng, excerpts, FIT_CROP_TOKENS, REAL_SHARE))
    _save(codec, folder)


def train_decoder(corpus: Path, real: Path, folder: Path, steps: int) -> None:
    """Train the decoder of a fitted codec; a run that was interrupted continues.

    Args:
        corpus: The folder of the procedural corpus.
        real: The folder of real music.
        folder: The codec that `fit_quantizer` wrote. Its decoder alone changes; what a
            continued run needs lies beside it, in ``decoder-training.pt``.
        steps: Steps of the whole training; the last quarter learns from audio.

    Raises:
        ResonanceError: There is no codec in the folder.
    """
    if not (folder / "config.json").exists():
        raise ResonanceError(f"there is no codec in {folder}", "Fit its codebooks first")
    codec = SpectralCodec.from_pretrained(folder)
    run = _Run(codec, folder / "decoder-training.pt", steps)
    crops = Crops(corpus, real)
    loss_of = DecoderLoss(codec)
    saved = time.monotonic()
    while run.step < steps:
        rng = np.random.default_rng((SEED, run.step))
        if run.on_audio:
            audio = crops.draw(rng, CROPS, CROP_TOKENS, AUDIO_REAL_SHARE, varied=True)
            loss = loss_of.of_audio(audio)
        else:
            loss = loss_of.of_spectra(crops.draw(rng, CROPS, CROP_TOKENS, REAL_SHARE))
        run.update(loss)
        if run.step % 50 == 0:
            print(f"codec: step {run.step} of {steps}, loss {loss.item():.3f}", flush=True)
        if time.monotonic() - saved > SAVE_SECONDS or run.step == steps:
            run.save()
            _save(codec, folder)
            saved = time.monotonic()


def _save(codec: SpectralCodec, folder: Path) -> None:
    """Save a codec so that an interruption leaves the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        codec.save_pretrained(scratch)
        for file in sorted(Path(scratch).iterdir(), reverse=True):  # the weights first
            file.replace(folder / file.name)


class _Run:
    """The optimiser's side of a training, as it is saved and continued."""

    def __init__(self, codec: SpectralCodec, path: Path, steps: int) -> None:
        self.decoder = codec.decoder
        self.path = path
        self.step = 0
        self.optimizer = torch.optim.AdamW(
            self.decoder.parameters(), betas=(0.9, 0.97), weight_decay=WEIGHT_DECAY
        )
        if path.exists():
            state = torch.load(path)
            self.step = state["step"]
            self.decoder.load_state_dict(state["decoder"])
            self.optimizer.load_state_dict(state["optimizer"])
        self.steps = steps
        self.audio_from = steps - steps // AUDIO_PART

    @property
    def on_audio(self) -> bool:
        """Whether the next step learns from audio."""
        return self.step >= self.audio_from

    def update(self, loss: Tensor) -> None:
        """Take one step, at the rate that is due."""
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1

    def _rate(self) -> float:
        """Return the learning rate: a cosine while the spectra count, another for the audio."""
        if self.on_audio:
            peak, done = AUDIO_RATE, (self.step - self.audio_from) / (self.steps - self.audio_from)
        else:
            peak = SPECTRA_RATE * min(1.0, (self.step + 1) / WARM_UP_STEPS)
            done = self.step / self.audio_from
        return peak * (FINAL_RATE + (1 - FINAL_RATE) * 0.5 * (1 + math.cos(math.pi * done)))

    def save(self) -> None:
        """Write what a continued run needs, all at once."""
        unfinished = self.path.with_suffix(".part")
        state = {
            "step": self.step,
            "decoder": self.decoder.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, unfinished)
        unfinished.replace(self.path)
