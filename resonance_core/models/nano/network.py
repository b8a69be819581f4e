"""The parts of the spectral codec: bands, residual codebooks and the ConvNeXt decoder."""

import torch
from torch import Tensor, nn
from transformers.audio_utils import mel_filter_bank

from resonance_core.models.nano.config import SpectralCodecConfig


def band_filters(config: SpectralCodecConfig) -> Tensor:
    """Return weights that turn power spectra into band powers, ``[features, bins]``.

    The lowest bins stay as they are; triangular mel bands follow. Every row adds up to 1.
    """
    bins, linear = config.n_fft // 2 + 1, config.linear_bins
    mel = mel_filter_bank(
        num_frequency_bins=bins,
        num_mel_filters=config.mel_bands,
        min_frequency=(linear - 1) * config.sampling_rate / config.n_fft,
        max_frequency=config.sampling_rate / 2,
        sampling_rate=config.sampling_rate,
    )
    bands = torch.tensor(mel.T / mel.sum(0)[:, None], dtype=torch.float32)
    return torch.cat([torch.eye(linear, bins), bands])


class ResidualQuantizer(nn.Module):
    """Residual vector quantisation (Zeghidour et al. 2021, SoundStream).

    Each codebook quantises what the ones before it left over.
    """

    codebooks: Tensor

    def __init__(self, config: SpectralCodecConfig) -> None:
        super().__init__()
        shape = (config.num_codebooks, config.codebook_size, config.hidden_size)
        self.register_buffer("codebooks", torch.zeros(shape))

    def encode(self, latent: Tensor) -> Tensor:
        """Return the nearest entries of latents.

        Args:
            latent: ``[rows, tokens, hidden]``.

        Returns:
            Codes, ``[rows, codebooks, tokens]``.
        """
        residual = latent.float()
        codes = []
        for codebook in self.codebooks.float():
            # The residual's own norm is the same for every entry, so distance leaves it out.
            closeness = 2 * residual @ codebook.T - codebook.square().sum(1)
            codes.append(closeness.argmax(-1))
            residual = residual - codebook[codes[-1]]
        return torch.stack(codes, 1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the sums of the codes' entries.

        Args:
            codes: ``[rows, codebooks, tokens]``.

        Returns:
            Latents, ``[rows, tokens, hidden]``.
        """
        latent = torch.zeros_like(self.codebooks[0, 0])
        for codebook, code in zip(self.codebooks, codes.unbind(1), strict=True):
            latent = latent + codebook[code]
        return latent


class ConvNextBlock(nn.Module):
    """A ConvNeXt block over time (Liu et al. 2022): depthwise convolution, then a wide layer."""

    def __init__(self, config: SpectralCodecConfig) -> None:
        super().__init__()
        width, kernel = config.decoder_dim, config.kernel_size
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, config.decoder_ffn_dim)
        self.contract = nn.Linear(config.decoder_ffn_dim, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output, ``[rows, tokens, width]`` as its input."""
        mixed = self.depthwise(x.transpose(1, 2)).transpose(1, 2)
        wide = nn.functional.gelu(self.expand(self.norm(mixed)))
        return x + self.scale * self.contract(wide)


class SpectralDecoder(nn.Module):
    """From latents to log magnitudes: ConvNeXt blocks between two projections."""

    def __init__(self, config: SpectralCodecConfig) -> None:
        super().__init__()
        self.spectra_per_token = config.spectra_per_token
        self.input = nn.Linear(config.hidden_size, config.decoder_dim)
        self.blocks = nn.Sequential(*(ConvNextBlock(config) for _ in range(config.decoder_layers)))
        bins = config.n_fft // 2 + 1
        self.output = nn.Linear(config.decoder_dim, config.spectra_per_token * bins)

    def forward(self, latents: Tensor) -> Tensor:
        """Return spectra, ``[rows, tokens, hidden]`` to ``[rows, spectra, bins]``."""
        tokens = self.output(self.blocks(self.input(latents)))
        return tokens.unflatten(2, (self.spectra_per_token, -1)).flatten(1, 2)
