"""The script that is written first: cut the music into WAVs, hear one after another, save each.

It stands for what Resonance is compared with, and knows of it only the embedded model, which it
loads by Transformers' own classes. PyAV stands in for the program ffmpeg: the same decoder and
resampler, without a process for each chunk.
"""

from pathlib import Path
from typing import Any

import av
import soundfile
import torch
from transformers import AutoProcessor, MusicgenMelodyForConditionalGeneration

from resonance_core.models.nano import WEIGHTS

RATE, LENGTH_S, HOP_S = 32000, 10, 8
PROMPT_TOKENS = 24
"""What the embedded model was trained with: its tokenizer pads to so many."""


def cut(track: Path, folder: Path) -> None:
    """Write a track's chunks as WAV files."""
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(track)) as source:
        frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
    samples = torch.cat([torch.from_numpy(frame.to_ndarray()[0]) for frame in frames])
    starts = range(0, len(samples) - LENGTH_S * RATE + 1, HOP_S * RATE)
    for chunk, start in enumerate(starts):
        audio = samples[start : start + LENGTH_S * RATE].numpy()
        soundfile.write(folder / f"{track.stem}-{chunk:04}.wav", audio, RATE)


def load() -> tuple[Any, Any]:
    """Return the model and its processor."""
    model = MusicgenMelodyForConditionalGeneration.from_pretrained(WEIGHTS).eval()
    return model, AutoProcessor.from_pretrained(WEIGHTS)


@torch.no_grad()
def extract(model: Any, processor: Any, wavs: Path, target: Path, *, frames: bool = False) -> None:
    """Save the hidden states of each layer and WAV file: their mean, or those of all frames."""
    pad = model.config.decoder.pad_token_id
    for wav in sorted(wavs.glob("*.wav")):
        audio, rate = soundfile.read(wav, dtype="float32")
        text = processor.tokenizer(
            [""], padding="max_length", max_length=PROMPT_TOKENS, return_tensors="pt"
        )
        melody = processor.feature_extractor(audio, sampling_rate=rate, return_tensors="pt")
        codes = model.audio_encoder.encode(torch.from_numpy(audio)[None, None]).audio_codes[0, 0]
        codebooks, length = codes.shape
        # The delay pattern: a column for the start, and codebook q runs q frames behind.
        columns = torch.full((codebooks, length + 1), pad)
        for q in range(codebooks):
            columns[q, q + 1 :] = codes[q, : length - q]
        output = model(**text, **melody, decoder_input_ids=columns, output_hidden_states=True)
        # Left out are the melody and the prompt before the audio, and the pattern's start.
        heard = length + 1 - codebooks
        states = torch.stack([hidden[0, -heard:] for hidden in output.hidden_states[1:]])
        torch.save(states if frames else states.mean(1), target / f"{wav.stem}.pt")
