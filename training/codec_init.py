"""The codec's encoder, fitted in closed form before anything is trained.

The encoder is a reduced-rank regression: of all linear maps of the spectra to so few dimensions,
the one from which the log mel spectra that judge the codec are best predicted. The codebooks are
k-means of the residuals. Neither changes afterwards, so tokens stay what they are while the
decoder learns.
"""

import torch
from sklearn.cluster import KMeans
from torch import Tensor

from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.phase import full_scale, stft
from training.evaluate.spectral_distance import MEL_BANDS, MEL_FLOOR, mel_bands

EDGE_TOKENS = 2
"""Tokens at either end of a crop whose window hears its padding; they are left out."""
CODEBOOK_ITERATIONS = 8
RIDGE = 1e-3
"""Added to features of variance 1, for a stable inverse."""
EMPHASIS = 0.1
"""Components are scaled by this power of their variance: the strongest weigh a little more."""
BATCH = 250
"""Crops whose spectra are computed at a time."""


@torch.no_grad()
def fit_projection(codec: SpectralCodec, audio: Tensor) -> None:
    """Fit the features' scale and the projection to crops, ``[crops, samples]``."""
    magnitudes = torch.cat([codec.magnitudes(batch) for batch in audio.split(BATCH)])
    codec.log_magnitude_mean.copy_((magnitudes + codec.config.magnitude_floor).log().mean((0, 1)))
    floor = codec.config.magnitude_floor
    levels = 0.5 * (magnitudes.square() @ codec.band_filters.T + floor**2).log()
    codec.feature_mean.copy_(levels.mean((0, 1)))
    codec.feature_std.fill_(levels.std())

    tokens = ((levels - codec.feature_mean) / codec.feature_std).unflatten(
        1, (-1, codec.config.spectra_per_token)
    )
    features = _inner(tokens.flatten(2))
    targets = _inner(torch.cat([_log_mel(codec, batch) for batch in audio.split(BATCH)]))
    targets = targets - targets.mean(0)
    covariance = features.T @ features / len(features)
    inverse = torch.linalg.inv(covariance + RIDGE * torch.eye(len(covariance)))
    regression = inverse @ (features.T @ targets / len(features))
    variances, components = torch.linalg.eigh(regression.T @ covariance @ regression)
    rank = codec.config.hidden_size
    variances, components = variances.flip(0)[:rank], components.flip(1)[:, :rank]
    scale = variances.pow(EMPHASIS)
    scale = scale / (variances * scale.square()).mean().sqrt()
    codec.projection.weight.copy_((regression @ components * scale).T)


def _log_mel(codec: SpectralCodec, audio: Tensor) -> Tensor:
    """Return log mel spectra at all resolutions, a row of targets for every token.

    Each resolution has the same share of the squared error, whatever its number of bands.
    """
    resolutions = []
    for n_fft, bands in MEL_BANDS.items():
        magnitudes = stft(audio, n_fft, codec.config.stft_hop)[:, :-1].abs() / full_scale(n_fft)
        level = (magnitudes @ mel_bands(n_fft, bands).T + MEL_FLOOR).log()
        resolutions.append(level / bands**0.5)
    spectra = torch.cat(resolutions, -1)
    return spectra.unflatten(1, (-1, codec.config.spectra_per_token)).flatten(2)


def _inner(tokens: Tensor) -> Tensor:
    """Return all crops' tokens but those at the edges, ``[rows, dimensions]``."""
    return tokens[:, EDGE_TOKENS:-EDGE_TOKENS].flatten(0, 1)


@torch.no_grad()
def fit_codebooks(codec: SpectralCodec, audio: Tensor) -> None:
    """Fit each codebook to what the ones before it leave over of crops, ``[crops, samples]``."""
    residual = torch.cat(
        [_inner(codec.latents(codec.magnitudes(batch))) for batch in audio.split(BATCH)]
    )
    for codebook in codec.quantizer.codebooks:
        means = KMeans(
            len(codebook), init="random", n_init=1, max_iter=CODEBOOK_ITERATIONS, random_state=0
        ).fit(residual.numpy())
        codebook.copy_(torch.from_numpy(means.cluster_centers_))
        residual = residual - codebook[torch.from_numpy(means.labels_).long()]
