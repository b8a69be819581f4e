"""What the codec's decoder learns from: its spectra at first, the audio made of them at last."""

import torch
from torch import Tensor

from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.phase import full_scale, griffin_lim, stft
from training.evaluate.spectral_distance import MEL_FLOOR, log_mel_l1, mel_bands

MEL_BANDS = (32, 64, 128)
"""Bands of the log-mel loss, as coarse and as fine as those the codec is judged by."""
BINS_WEIGHT = 0.5
"""Weight of the loss on single bins; without it nothing holds the harmonics' fine structure."""
SPECTRUM_WEIGHT = 0.5
"""Weight of the spectra once the audio counts."""
GRIFFIN_LIM_ITERATIONS = 6
"""Fewer than the codec's own: the phases need not be as good as they get."""


class DecoderLoss:
    """Mean absolute differences of log spectra between crops and what is decoded of their tokens.

    Args:
        codec: Its decoder is trained.
    """

    def __init__(self, codec: SpectralCodec) -> None:
        self.codec = codec
        n_fft = codec.config.n_fft
        self.bands = torch.cat([mel_bands(n_fft, bands) for bands in MEL_BANDS])
        widths = torch.cat([torch.full((bands,), 1 / bands) for bands in MEL_BANDS])
        self.band_weights = widths / len(MEL_BANDS)
        hertz = torch.arange(n_fft // 2 + 1) * codec.config.sampling_rate / n_fft
        density = 1 / (hertz + 700)  # of the mel scale
        self.bin_weights = BINS_WEIGHT * density / density.sum()

    def of_spectra(self, audio: Tensor) -> Tensor:
        """Return the loss in mel bands and bins of the spectra on crops, ``[crops, samples]``."""
        return self._of_spectra(*self._decode(audio))

    def of_audio(self, audio: Tensor) -> Tensor:
        """Return the distance that judges the codec, and some of the spectra's loss.

        The decoder so learns what phase reconstruction loses: transients above all.

        Args:
            audio: Crops, ``[crops, samples]``, of whole tokens.
        """
        heard, log_magnitudes = self._decode(audio)
        waveform = self._waveform(self._magnitudes(log_magnitudes))
        return log_mel_l1(waveform, audio) + SPECTRUM_WEIGHT * self._of_spectra(
            heard, log_magnitudes
        )

    def _decode(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Return magnitudes that were heard and log magnitudes that are decoded."""
        codec = self.codec
        with torch.no_grad():
            heard = codec.magnitudes(audio)
            codes = codec.quantizer.encode(codec.latents(heard))
            latents = codec.quantizer.decode(codes)
        with torch.autocast("cpu", torch.bfloat16):
            decoded = codec.decoder(latents)
        return heard, decoded.float() + codec.log_magnitude_mean

    def _of_spectra(self, heard: Tensor, log_magnitudes: Tensor) -> Tensor:
        floor = self.codec.config.magnitude_floor
        bins = (log_magnitudes - (heard + floor).log()).abs() @ self.bin_weights
        ours, theirs = (
            (magnitudes @ self.bands.T + MEL_FLOOR).log()
            for magnitudes in (self._magnitudes(log_magnitudes), heard)
        )
        return (bins + (ours - theirs).abs() @ self.band_weights).mean()

    def _magnitudes(self, log_magnitudes: Tensor) -> Tensor:
        return (log_magnitudes.exp() - self.codec.config.magnitude_floor).clamp(min=0)

    def _waveform(self, magnitudes: Tensor) -> Tensor:
        """Return audio of magnitudes; its gradient takes the reconstructed phases as given."""
        n_fft, hop = self.codec.config.n_fft, self.codec.config.stft_hop
        magnitudes = torch.cat([magnitudes, magnitudes[:, -1:]], 1)
        with torch.no_grad():
            guesses = [griffin_lim(row, n_fft, hop, GRIFFIN_LIM_ITERATIONS) for row in magnitudes]
            spectra = stft(torch.stack(guesses), n_fft, hop)
            phases = spectra / spectra.abs().clamp(min=1e-9 * full_scale(n_fft))
        spectra = (magnitudes * full_scale(n_fft) * phases).transpose(1, 2)
        return torch.istft(spectra, n_fft, hop, window=torch.hann_window(n_fft))
