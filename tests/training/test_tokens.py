from pathlib import Path

import numpy as np
import pytest
import torch

from resonance_core.errors import ResonanceError
from resonance_core.models.nano.codec import SpectralCodec
from resonance_core.models.nano.config import SpectralCodecConfig
from training.decoder import CHROMA_HOP
from training.tokens import feature_extractor, pitch_classes, tokenize, tokens_path


@pytest.fixture
def corpus(chunks, tmp_path) -> Path:
    """Two shards of four clips of real music."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for shard in range(2):
        clips = chunks[4 * shard :][:4]
        np.save(folder / f"{shard:03d}.npy", (clips * 32767).astype(np.int16))
    return folder


@pytest.fixture
def codec(tmp_path) -> Path:
    """A codec of random codebooks."""
    torch.manual_seed(0)
    config = SpectralCodecConfig(hidden_size=8, decoder_dim=8, decoder_layers=1, decoder_ffn_dim=8)
    model = SpectralCodec(config)
    model.quantizer.codebooks.normal_()
    model.save_pretrained(tmp_path / "codec")
    return tmp_path / "codec"


def test_tokens_are_what_the_codec_encodes(corpus, codec, tmp_path):
    tokenize(corpus, codec, tmp_path / "tokens")
    model = SpectralCodec.from_pretrained(codec)
    for shard in range(2):
        clips = torch.from_numpy(np.load(corpus / f"{shard:03d}.npy").astype(np.float32) / 32767)
        tokens = np.load(tokens_path(tmp_path / "tokens", shard))
        assert tokens["codes"].dtype == np.int16
        expected = model.encode(clips[:, None]).audio_codes[0]
        assert np.array_equal(tokens["codes"], expected.numpy())


def test_chroma_is_what_the_model_is_conditioned_on(corpus, codec, tmp_path):
    tokenize(corpus, codec, tmp_path / "tokens")
    chroma = np.load(tokens_path(tmp_path / "tokens", 0))["chroma"]
    assert chroma.dtype == np.int8
    assert chroma.shape == (4, 64000 // CHROMA_HOP + 1)
    clip = np.load(corpus / "000.npy")[1].astype(np.float32) / 32767
    alone = feature_extractor()(clip, sampling_rate=32000, return_tensors="pt").input_features
    assert np.array_equal(chroma[1], alone[0].argmax(-1).numpy())


def test_a_tone_has_its_own_pitch_class():
    seconds = torch.arange(64000) / 32000
    tones = torch.stack([torch.sin(2 * torch.pi * hertz * seconds) for hertz in (261.63, 440.0)])
    c, a = pitch_classes(feature_extractor(), tones)[:, 4:12]
    assert (c == c[0]).all()
    assert (a == a[0]).all()
    assert (a[0] - c[0]) % 12 == 9  # semitones from C to A


def test_finished_shards_are_left_as_they_are(corpus, codec, tmp_path):
    tokenize(corpus, codec, tmp_path / "tokens")
    finished = tokens_path(tmp_path / "tokens", 0)
    finished.write_bytes(b"left as it is")
    tokens_path(tmp_path / "tokens", 1).unlink()
    tokenize(corpus, codec, tmp_path / "tokens")
    assert finished.read_bytes() == b"left as it is"
    assert tokens_path(tmp_path / "tokens", 1).exists()


def test_tokens_without_a_codec_say_what_to_do(corpus, tmp_path):
    with pytest.raises(ResonanceError, match="Fit its codebooks first"):
        tokenize(corpus, tmp_path / "none", tmp_path / "tokens")
