"""Phase reconstruction: from the magnitudes of a short-time Fourier transform to a waveform.

All spectra are Hann-windowed and centred, and laid out frame by frame, ``[frames, bins]``: the
order that the FFT reads and writes, so that nothing is ever copied into another.
"""

import math

import torch
from torch import Tensor

MOMENTUM = 0.99
"""Acceleration of fast Griffin-Lim, as recommended by its authors."""


def stft(waveform: Tensor, n_fft: int, hop: int) -> Tensor:
    """Return the spectrum of audio, ``[..., samples]`` to ``[..., samples // hop + 1, bins]``."""
    window = torch.hann_window(n_fft, device=waveform.device)
    spectrum = torch.stft(waveform, n_fft, hop, window=window, return_complex=True)
    return spectrum.transpose(-1, -2)


def full_scale(n_fft: int) -> float:
    """Return the magnitude that a sinusoid of amplitude 1 has in a Hann-windowed spectrum."""
    return n_fft / 4


class InverseSTFT:
    """Least-squares inverse of `stft` for clips of one length.

    It equals ``torch.istft`` but computes the window's envelope once, and adds the overlapping
    frames in a few whole-clip additions, which is much faster on a CPU.

    Args:
        frames: Frames of every spectrum.
        n_fft: Samples of the window.
        hop: Samples from one frame to the next.
        device: Where the spectra are.
    """

    def __init__(self, frames: int, n_fft: int, hop: int, device: torch.device) -> None:
        self.n_fft = n_fft
        self.hop = hop
        self.window = torch.hann_window(n_fft, device=device)
        self.envelope = self._overlap_add(self.window.square().expand(frames, n_fft))

    def __call__(self, spectrum: Tensor) -> Tensor:
        """Return the waveform of a spectrum, ``[frames, bins]`` to ``[hop * (frames - 1)]``."""
        frames = torch.fft.irfft(spectrum, self.n_fft).mul_(self.window)
        return self._overlap_add(frames).div_(self.envelope)

    def _overlap_add(self, frames: Tensor) -> Tensor:
        """Add up windows, ``[frames, n_fft]``, without the half window at either end."""
        count, overlap = len(frames), math.ceil(self.n_fft / self.hop)
        total = frames.new_zeros(count + overlap - 1, self.hop)
        for shift in reversed(range(overlap)):  # earlier frames first, in torch.istft's order
            part = frames[:, shift * self.hop : (shift + 1) * self.hop]
            total[shift : shift + count, : part.shape[1]] += part
        return total.flatten()[self.n_fft // 2 :][: self.hop * (count - 1)]


def peak_advance_phase(magnitudes: Tensor, n_fft: int, hop: int) -> Tensor:
    """Guess the phase of every bin from how the spectral peaks advance.

    Each bin belongs to the nearest peak of its frame. A peak's frequency, interpolated between
    bins, advances the phase from the frame before, and the bins of a peak alternate by pi, as
    those of a windowed sinusoid do. This is single pass spectrogram inversion (Beauregard,
    Harish and Wyse 2015), with the nearest peak in place of the nearest valley's side.

    Args:
        magnitudes: ``[frames, bins]``.
        n_fft: Samples of the window.
        hop: Samples from one frame to the next.

    Returns:
        Phases in radians, not wrapped, ``[frames, bins]``.
    """
    bins = magnitudes.shape[-1]
    level = magnitudes.clamp(min=1e-7).log()
    is_peak = torch.zeros_like(level, dtype=torch.bool)
    is_peak[:, 0] = True  # so that every frame has one
    inner = level[:, 1:-1]
    is_peak[:, 1:-1] = (inner >= level[:, :-2]) & (inner > level[:, 2:])

    # From here on, peaks and bins are numbered through all frames.
    peak = is_peak.flatten().nonzero().squeeze(1)
    at_zero = peak % bins == 0
    nearer = (peak[:-1] + peak[1:]) // 2 + 1  # the first bin that is nearer to the next peak
    border = torch.where(at_zero[1:], peak[1:], nearer)
    border = torch.cat([border, border.new_tensor([is_peak.numel()])])
    owner = torch.repeat_interleave(border.diff(prepend=border.new_zeros(1)))

    level = level.flatten()
    before, here, after = level[peak - 1], level[peak], level[(peak + 1).clamp(max=len(level) - 1)]
    curvature = (before - 2 * here + after).clamp(max=-1e-6)
    offset = (0.5 * (before - after) / curvature).clamp(-0.5, 0.5).masked_fill(at_zero, 0.0)
    phase = 2 * math.pi * hop / n_fft * (peak % bins + offset)

    peaks = is_peak.sum(1).tolist()
    frames = phase.split(peaks)
    parents = owner[(peak - bins).clamp(min=0)].split(peaks)  # who owned the bin a frame ago
    for frame, parent in zip(frames[1:], parents[1:], strict=True):
        frame += phase.take(parent)

    distance = torch.arange(len(level), device=level.device) - peak[owner]
    return (phase[owner] + math.pi * distance).view_as(magnitudes)


def griffin_lim(magnitudes: Tensor, n_fft: int, hop: int, iterations: int) -> Tensor:
    """Find a waveform whose spectrum has the given magnitudes.

    Fast Griffin-Lim (Perraudin, Balazs and Søndergaard 2013), started from
    `peak_advance_phase`.

    Args:
        magnitudes: ``[frames, bins]``, float32; a sinusoid of amplitude 1 has magnitude 1.
        n_fft: Samples of the window.
        hop: Samples from one frame to the next.
        iterations: How often the phase is improved.

    Returns:
        The waveform, ``[hop * (frames - 1)]``.
    """
    inverse = InverseSTFT(len(magnitudes), n_fft, hop, magnitudes.device)
    target = magnitudes * full_scale(n_fft)
    silence = 1e-9 * full_scale(n_fft)
    estimate = torch.polar(target, peak_advance_phase(magnitudes, n_fft, hop))
    previous = None
    for _ in range(iterations):
        consistent = stft(inverse(estimate), n_fft, hop)
        # In place, to spare memory traffic: these arrays exceed the processor's inner caches.
        if previous is None:
            estimate = consistent.clone()
        else:
            estimate = torch.sub(consistent, previous, out=previous).mul_(MOMENTUM)
            estimate += consistent
        previous = consistent
        estimate *= target / estimate.abs().clamp_(min=silence)
    return inverse(estimate)
