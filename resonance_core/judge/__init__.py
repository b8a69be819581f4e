"""The judge: what clips sound like, told by signal processing and linear probes alone."""

SAMPLE_RATE = 32000
"""Hz, of all audio that is judged."""
