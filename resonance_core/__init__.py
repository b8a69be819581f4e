"""Activations, directions and steering for MusicGen models; runs alone in a notebook."""

import os

# OpenMP threads that spin while they wait slow small-model generation tenfold on a busy machine.
# It must stand in the environment before torch is imported anywhere.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
