"""Tracks of planted activations, and their labels."""

from resonance_core.analysis.tracks import KnownTrack

TRACKS = {f"{number:064x}": KnownTrack(f"{number:064x}", f"track {number}") for number in range(24)}
"""By SHA-256."""
LABELS = {sha256: "low" if int(sha256, 16) < 12 else "high" for sha256 in TRACKS}
