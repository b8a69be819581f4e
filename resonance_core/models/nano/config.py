"""The sizes of the spectral codec."""

import math

from transformers import PreTrainedConfig


class SpectralCodecConfig(PreTrainedConfig):
    """Sizes of a `SpectralCodec`; what they multiply out to is derived."""

    model_type = "spectral-codec"

    sampling_rate: int = 32000
    """Hz."""
    audio_channels: int = 1
    codebook_size: int = 1024
    num_codebooks: int = 4
    hidden_size: int = 64
    """Width of the latent that is quantised."""
    n_fft: int = 2048
    """Samples of the analysis window."""
    stft_hop: int = 320
    """Samples from one spectrum to the next."""
    spectra_per_token: int = 2
    """Consecutive spectra that share one token of each codebook."""
    linear_bins: int = 320
    """The lowest bins, each a feature of its own."""
    mel_bands: int = 96
    """Features of the bins above, evenly spaced on the mel scale."""
    decoder_dim: int = 256
    decoder_layers: int = 4
    decoder_ffn_dim: int = 512
    kernel_size: int = 7
    """Tokens that one decoder layer looks at."""
    magnitude_floor: float = 1e-4
    """Added to magnitudes before the logarithm; full scale is 1."""
    griffin_lim_iterations: int = 16

    @property
    def hop_length(self) -> int:
        """Samples of one token."""
        return self.stft_hop * self.spectra_per_token

    @property
    def frame_rate(self) -> int:
        """Tokens a second, of each codebook."""
        return math.ceil(self.sampling_rate / self.hop_length)
