import numpy as np

from resonance_core.config import RuntimeConfig
from resonance_core.models.base import mono
from resonance_core.stages.own_music import play_and_hear


def test_each_piece_has_its_prompt_and_seed_whatever_the_batch(quick, nano):
    prompts = ("techno", "folk", "slow")
    runtime = RuntimeConfig(device="cpu", batch_size=2)
    batches = list(play_and_hear(prompts, 5, 0.5, quick, runtime))
    assert [len(audio) for audio, _ in batches] == [2, 1]
    pieces = nano.generate(prompts, seeds=[5, 6, 7], duration_s=0.5, sampling=quick.sampling)
    audio = mono(pieces)
    heard = nano.capture(audio, layers=range(6), prompts=[""] * 3, melody=True)
    played = np.concatenate([audio for audio, _ in batches])
    np.testing.assert_allclose(played, audio, atol=1e-4)
    vectors = np.concatenate([captured.vectors for _, captured in batches])
    np.testing.assert_allclose(vectors, heard.vectors, rtol=1e-4, atol=1e-4)
