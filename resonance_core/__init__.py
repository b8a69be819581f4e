"""Activations, directions and steering for MusicGen models; runs alone in a notebook."""

import os

from resonance_core.memory import keep_memory

# OpenMP threads that spin while they wait slow small-model generation tenfold on a busy machine.
# It must stand in the environment before torch is imported anywhere.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
keep_memory()  # before there are threads
