"""The embedded model: weights that Transformers loads, and the codec they need.

Importing this package makes the codec known to Transformers, so that
``MusicgenMelodyForConditionalGeneration.from_pretrained(WEIGHTS)`` works.
"""

from pathlib import Path

from transformers import AutoConfig, AutoModel

from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.config import SpectralCodecConfig

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the model's weights, configs and tokenizer."""
RECORDED = Path(__file__).parent / "recorded.safetensors"
"""What it hears in the playlists of the examples, all together: a direction file."""

AutoConfig.register(SpectralCodecConfig.model_type, SpectralCodecConfig, exist_ok=True)
AutoModel.register(SpectralCodecConfig, SpectralCodec, exist_ok=True)
