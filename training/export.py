"""The finished model: one Hugging Face folder in half precision."""

from pathlib import Path

import torch
from transformers import AutoModel, MusicgenMelodyProcessor

from training.language_model import LanguageModelTraining
from training.text import PROMPT_TOKENS, load_tokenizer
from training.tokens import feature_extractor


def export_model(training: LanguageModelTraining, codec: Path, folder: Path) -> None:
    """Write the model with its processor and its generation settings.

    Args:
        training: Loaded from its last checkpoint.
        codec: Folder of the codec, whose decoder may have learned on since the language
            model's training began; its tokens are the same.
        folder: Where the model goes.
    """
    model = training.model.eval()
    model.audio_encoder.load_state_dict(AutoModel.from_pretrained(codec).state_dict())
    model.to(torch.float16).save_pretrained(folder)
    # Stored in half precision for size, computed in float32 unless asked otherwise.
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"float16"', '"float32"'))
    tokenizer = load_tokenizer()
    padding = {"pad_id": tokenizer.pad_token_id, "pad_token": tokenizer.pad_token}
    tokenizer.backend_tokenizer.enable_padding(length=PROMPT_TOKENS, **padding)
    tokenizer.backend_tokenizer.no_truncation()  # a longer prompt is better heard than cut
    MusicgenMelodyProcessor(feature_extractor(), tokenizer).save_pretrained(folder)
