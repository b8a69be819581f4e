"""Benchmarks: what orchestration, steering and batching cost, as ratios measured in one run."""

import os

import resonance_core  # noqa: F401  (its thread settings must stand before torch is imported)

os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
