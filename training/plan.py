"""How much of everything: the real training and a short one that only proves the way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Sizes of a training.

    Attributes:
        shards: Of the corpus; the first one is held out.
        clips: 12-second clips of a shard.
        whole_tracks: Train the codec on whole real tracks from Debian packages rather than on
            the bundled excerpts.
        codec_excerpts: Half-second excerpts that the codec's encoder and codebooks are fitted to.
        codec_steps: Of the codec's decoder.
        text_steps: Of the text encoder alone.
        language_model_steps: Of the language model.
    """

    shards: int
    clips: int
    whole_tracks: bool
    codec_excerpts: int
    codec_steps: int
    text_steps: int
    language_model_steps: int


FULL = Plan(
    shards=72,
    clips=120,
    whole_tracks=True,
    codec_excerpts=12_000,
    codec_steps=4800,
    text_steps=1000,
    language_model_steps=10_000,
)
SMOKE = Plan(
    shards=3,
    clips=8,
    whole_tracks=False,
    codec_excerpts=300,
    codec_steps=10,
    text_steps=20,
    language_model_steps=10,
)
