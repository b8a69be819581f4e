"""The spectral codec: tokens for the magnitudes of a spectrum, none for its phase."""

import math
from typing import cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.models.encodec.modeling_encodec import (
    EncodecDecoderOutput,
    EncodecEncoderOutput,
)

from resonance_core.errors import ModelError
from resonance_core.models.nano.config import SpectralCodecConfig
from resonance_core.models.nano.network import ResidualQuantizer, SpectralDecoder, band_filters
from resonance_core.models.nano.phase import full_scale, griffin_lim, stft


class SpectralCodec(PreTrainedModel):
    """A neural codec of spectral magnitudes, with the interface of Transformers' EnCodec.

    Audio -> STFT -> log magnitudes of bins and bands -> linear projection -> residual codebooks
    -> ConvNeXt -> log magnitudes of all bins -> phase reconstruction -> audio. Spectra and code
    distances are computed in float32 whatever type the weights have.
    """

    config_class = SpectralCodecConfig
    base_model_prefix = "spectral_codec"
    main_input_name = "input_values"

    band_filters: Tensor
    feature_mean: Tensor
    feature_std: Tensor
    log_magnitude_mean: Tensor

    def __init__(self, config: SpectralCodecConfig) -> None:
        super().__init__(config)
        bands = band_filters(config)
        features, bins = bands.shape
        self.register_buffer("band_filters", bands)
        self.register_buffer("feature_mean", torch.zeros(features))
        self.register_buffer("feature_std", torch.ones(features))
        self.register_buffer("log_magnitude_mean", torch.zeros(bins))
        self.projection = nn.Linear(
            config.spectra_per_token * features, config.hidden_size, bias=False
        )
        self.quantizer = ResidualQuantizer(config)
        self.decoder = SpectralDecoder(config)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep what PyTorch's layers start from."""

    def magnitudes(self, audio: Tensor) -> Tensor:
        """Return the magnitudes of audio, ``[rows, samples]`` to ``[rows, spectra, bins]``.

        The audio is padded with silence to whole tokens. A sinusoid of amplitude 1 has
        magnitude 1.

        Raises:
            ModelError: The audio is too short for one analysis window.
        """
        config = self.config
        tokens = math.ceil(audio.shape[-1] / config.hop_length)
        self._check_length(tokens)
        audio = nn.functional.pad(audio, (0, tokens * config.hop_length - audio.shape[-1]))
        spectrum = stft(audio, config.n_fft, config.stft_hop)
        return spectrum[:, :-1].abs() / full_scale(config.n_fft)

    def latents(self, magnitudes: Tensor) -> Tensor:
        """Return what is quantised, ``[rows, spectra, bins]`` to ``[rows, tokens, hidden]``."""
        power = magnitudes.square() @ self.band_filters.float().T
        level = 0.5 * (power + self.config.magnitude_floor**2).log()
        features = (level - self.feature_mean) / self.feature_std
        tokens = features.unflatten(1, (-1, self.config.spectra_per_token)).flatten(2)
        return self.projection(tokens.to(self.dtype))

    def log_magnitudes(self, latents: Tensor) -> Tensor:
        """Return decoded spectra, ``[rows, tokens, hidden]`` to ``[rows, spectra, bins]``."""
        return self.decoder(latents).float() + self.log_magnitude_mean

    def synthesise(self, log_magnitudes: Tensor) -> Tensor:
        """Return the audio of one row's log magnitudes, ``[spectra, bins]`` to ``[samples]``."""
        magnitudes = (log_magnitudes.exp() - self.config.magnitude_floor).clamp(min=0)
        # A centred STFT has one spectrum more than hops.
        magnitudes = torch.cat([magnitudes, magnitudes[-1:]])
        config = self.config
        return griffin_lim(magnitudes, config.n_fft, config.stft_hop, config.griffin_lim_iterations)

    @torch.no_grad()
    def encode(self, input_values: Tensor) -> EncodecEncoderOutput:
        """Turn audio into tokens.

        Args:
            input_values: ``[rows, 1, samples]``, full scale 1. Rows may be padded with silence:
                only tokens within half a window of a row's end depend on its padding.

        Returns:
            ``audio_codes``, ``[1, rows, codebooks, tokens]``: one token a started 20 ms.

        Raises:
            ModelError: The audio is too short for one analysis window.
        """
        magnitudes = self.magnitudes(input_values[:, 0].float())
        codes = self.quantizer.encode(self.latents(magnitudes))
        return EncodecEncoderOutput(audio_codes=cast(torch.LongTensor, codes[None]))

    @torch.no_grad()
    def decode(self, audio_codes: Tensor, audio_scales: object = None) -> EncodecDecoderOutput:
        """Turn tokens into audio.

        Args:
            audio_codes: ``[1, rows, codebooks, tokens]``.
            audio_scales: Not used; MusicGen hands it to every codec.

        Returns:
            ``audio_values``, ``[rows, 1, samples]``, float32.

        Raises:
            ModelError: There are too few tokens for one analysis window.
        """
        self._check_length(audio_codes.shape[-1])
        log_magnitudes = self.log_magnitudes(self.quantizer.decode(audio_codes[0]))
        # Row by row: the spectra of one row stay in the processor's cache.
        audio = torch.stack([self.synthesise(row) for row in log_magnitudes])
        return EncodecDecoderOutput(audio_values=audio[:, None])

    def _check_length(self, tokens: int) -> None:
        shortest = self.config.n_fft // 2 // self.config.hop_length + 1
        if tokens < shortest:
            token_ms = 1000 * self.config.hop_length / self.config.sampling_rate
            raise ModelError(
                f"{tokens} tokens ({tokens * token_ms:g} ms) are too few for the spectral codec",
                f"Use at least {shortest} tokens, {shortest * token_ms:g} ms",
            )
