"""Generation: a piece by our decode loop, against ``model.generate`` of Transformers."""

import numpy as np

from benchmarks.measure import Figure, compare, timed
from resonance_core.config import RuntimeConfig, SamplingConfig
from resonance_core.config_file import load_config
from resonance_core.models.registry import load_model
from resonance_core.models.transformers import TransformersModel

DURATION_S = 5.0
PROMPT = "calm piano music"


def generation() -> Figure:
    """Generate one row with the embedded model, greedily, so that both make the same piece.

    Raises:
        RuntimeError: They do not.
    """
    config = load_config()
    model = load_model(config.model, RuntimeConfig())
    assert isinstance(model, TransformersModel)
    info = model.info
    sampling = SamplingConfig(guidance_scale=config.sampling.guidance_scale, top_k=1)
    tokens = model.tokenizer(PROMPT, padding="max_length", return_tensors="pt")

    def ours() -> np.ndarray:
        made = model.generate([PROMPT], seeds=[0], duration_s=DURATION_S, sampling=sampling)
        return made[0, 0]

    def transformers() -> np.ndarray:
        made = model.model.generate(
            **tokens,
            do_sample=False,
            guidance_scale=sampling.guidance_scale,
            max_new_tokens=round(DURATION_S * info.frame_rate) + info.codebooks - 1,
        )
        audio: np.ndarray = made[0, 0].numpy()
        return audio

    if not np.array_equal(ours(), transformers()):
        raise RuntimeError("the two pieces differ, so that their times say nothing")
    return compare(
        "generation",
        numerator=("transformers", timed(transformers)),
        denominator=("ours", timed(ours)),
        target=1.5,
        better="higher",
        repeats=7,
        model=info.id,
        conditions={"rows": 1, "duration_s": DURATION_S},
    )
