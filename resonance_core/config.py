"""Settings: frozen stage configs that enter the keys, and the runtime config that does not."""

import importlib.resources
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict


class StageConfig(BaseModel):
    """Base of every config whose values enter a key."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class ModelConfig(StageConfig):
    """Which model listens and plays."""

    id: str = "nano"
    """``nano`` (embedded), ``lyria`` (hosted by Google), a folder, or a Hugging Face repository."""
    backend: Literal["auto", "audiocraft", "transformers", "lyria"] = "auto"
    """What runs it. ``auto``: AudioCraft where it is installed and the model is in its format,
    Google where it is Lyria, else Transformers."""
    revision: str | None = None
    """Branch, tag or commit of a hub model; its resolved commit enters the keys."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """The type of the weights, in which the model computes."""
    autocast: Literal["bfloat16", "float16"] | None = None
    """The type of matrix products where the weights stay float32; the residual stream does, too."""

    @model_validator(mode="after")
    def _of_full_weights(self) -> "ModelConfig":
        if self.autocast is not None and self.dtype != "float32":
            raise ValueError(
                "autocast is for weights in float32: leave model.dtype or model.autocast out"
            )
        return self


class ResolveConfig(StageConfig):
    """How a source becomes a list of tracks."""

    max_tracks: PositiveInt = 20
    """Tracks beyond this many are left out, in the source's order."""
    prefer: Literal["playlist", "video"] | None = None
    """What a YouTube address that names both means; by default the playlist, unless it is one of
    YouTube's endless mixes."""
    min_tracks: PositiveInt = 1
    """An ingest with fewer usable tracks than this fails."""


class MatchConfig(StageConfig):
    """How tracks that are known by name only are found; none of it enters a key."""

    tolerance_s: NonNegativeFloat = 5.0
    """What lasts this much longer or shorter may still be the same recording, in seconds."""
    pause_s: NonNegativeFloat = 1.0
    """Pause between two searches, in seconds."""


class DownloadConfig(StageConfig):
    """Limits of what is fetched, and manners; a local file is not fetched and has none.

    They enter no key, for they change whether a track is taken, not its bytes.
    """

    max_duration_s: PositiveFloat = 1800.0
    """Longer tracks are refused, in seconds."""
    max_bytes: PositiveInt = 600_000_000
    """Larger tracks are refused; half an hour of uncompressed 24-bit stereo fits."""
    timeout_s: PositiveFloat = 900.0
    """Tracks that take longer to arrive are given up, in seconds; half an hour of good audio
    arrives in time over half a megabit a second."""
    interval_s: NonNegativeFloat = 2.0
    """From the start of one download to the start of the next from the same host, in seconds, on
    average."""
    max_wait_s: NonNegativeFloat = 300.0
    """How long a host that asks to be left alone is waited for in all, in seconds."""


class DescribeConfig(StageConfig):
    """Who says what a playlist is like; ``timeout_s`` and what follows it enter no key."""

    describer: Literal["local", "gemini"] = "local"
    """``local`` hears the tracks on this machine; ``gemini`` is Google's and is sent clips of them,
    after consent."""
    model: str = "gemini-3.8-flash"
    """The Gemini model, as Google names it."""
    heard_s: Annotated[float, Field(ge=4, le=600)] = 30.0
    """What Gemini is sent of each track, in seconds."""
    timeout_s: PositiveFloat = 120.0
    """A request that takes longer is given up, in seconds."""
    attempts: PositiveInt = 4
    """How often a request is made that the service turns away, or that is cut off."""
    max_wait_s: NonNegativeFloat = 60.0
    """The longest pause between two attempts, in seconds; a service that asks for a longer one is
    given up."""


class ChunkConfig(StageConfig):
    """The windows a track is cut into."""

    length_s: PositiveFloat = 10.0
    """Length of a window, in seconds."""
    hop_s: PositiveFloat = 8.0
    """Distance between the starts of two windows, in seconds."""


Pooling = Literal["mean", "mean+std", "last", "strided"]
"""What is kept of the hidden states of a chunk."""


class ExtractConfig(StageConfig):
    """What is read from the model for each chunk."""

    layers: (
        Literal["all", "middle-third"] | Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)]
    ) = "all"
    """Which decoder layers are kept; those after the last of them are not run."""
    pooling: Pooling = "mean"
    """What is kept of a chunk's frames. ``mean``: their mean, of which directions are made.
    ``mean+std``: their standard deviation too. ``last``: the last one. ``strided``: every
    ``stride``-th, each a vector of its own, for probes."""
    stride: PositiveInt | None = None
    """From one kept frame to the next, for ``strided``."""
    vectors: Literal["float32", "float16"] = "float32"
    """The type in which they are stored; the model computes in its own."""
    prompt: str = ""
    """The text the model is conditioned on while it listens; neutral by default."""
    melody: bool = True
    """Condition on the chunk's chroma, where the model takes a melody."""

    @model_validator(mode="after")
    def _with_stride(self) -> "ExtractConfig":
        if (self.pooling == "strided") != (self.stride is not None):
            raise ValueError("pooling strided and a stride go together: give both or neither")
        return self


class AggregateConfig(StageConfig):
    """How activations become a direction."""

    mode: Literal["mean", "time_select", "attention_weighted"] = "mean"
    """How a track's chunks are weighted; tracks always weigh the same. ``mean``: all alike.
    ``time_select``: only those inside ``windows_s``. ``attention_weighted``: more what repeats,
    such as a chorus."""
    windows_s: tuple[tuple[NonNegativeFloat, PositiveFloat], ...] = ()
    """Start and end of the parts of a track that count, in seconds, for ``time_select``."""
    temperature: PositiveFloat = 0.1
    """Of ``attention_weighted``: the lower, the more the most repeated chunks outweigh others."""

    @model_validator(mode="after")
    def _with_windows(self) -> "AggregateConfig":
        if (self.mode == "time_select") != bool(self.windows_s):
            raise ValueError("time_select and windows_s go together: give both or neither")
        for start, end in self.windows_s:
            if end <= start:
                raise ValueError(f"the window from {start} s to {end} s holds nothing")
        return self


class SamplingConfig(StageConfig):
    """How the next token is drawn."""

    guidance_scale: Annotated[float, Field(ge=1.0)] = 3.0
    """Classifier-free guidance; 1 switches it off and halves the work."""
    top_k: NonNegativeInt = 250
    """Draw from the k most likely tokens; 0 draws from all."""
    temperature: PositiveFloat = 1.0
    """Divides the logits before the draw."""


class LyriaConfig(StageConfig):
    """How patiently Lyria is asked; none of it enters a key."""

    timeout_s: PositiveFloat = 30.0
    """Where no sound comes for so long, it is given up, in seconds."""
    reconnects: NonNegativeInt = 3
    """How often a connection that is lost is made anew, of one piece."""
    pause_s: NonNegativeFloat = 1.0
    """Before the first time, in seconds; each further pause is twice as long."""


class CalibrateConfig(StageConfig):
    """How the usable range of strengths is measured."""

    strengths: tuple[NonNegativeFloat, ...] = tuple(step * 4.0 / 6 for step in range(7))
    """Strengths tried, in one batch, rising from 0."""
    prompts: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "music",
        "electronic dance music",
        "a quiet ambient piece",
        "an orchestral theme",
    )
    """Each strength is tried with all of them, for what is usable must be so for any music."""
    faulty: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """A strength is unusable if a larger share of its trials has a fault. A model makes a faulty
    piece now and then, whatever steers it."""
    seed: NonNegativeInt = 0
    """The seed of every trial, so that only the strength differs."""
    duration_s: PositiveFloat = 5.0
    """Length of each trial, in seconds."""
    rms_low: PositiveFloat = 0.03
    """Quieter audio is unusable (root mean square, full scale 1)."""
    rms_high: PositiveFloat = 0.35
    """Louder audio is unusable (root mean square, full scale 1)."""
    clipped_high: PositiveFloat = 0.001
    """Audio with a larger share of clipped samples is unusable."""
    flatness_high: PositiveFloat = 0.2
    """Audio with a higher spectral flatness is noise."""
    stuck_high: PositiveFloat = 0.95
    """Audio that repeats less than a quarter of a second for a larger share of its time is
    stuck."""
    lambda_max: PositiveFloat = 4.0
    """No strength above this is ever recommended."""

    @model_validator(mode="after")
    def _rising(self) -> "CalibrateConfig":
        if len(self.strengths) < 2 or list(self.strengths) != sorted(set(self.strengths)):
            raise ValueError(f"strengths must rise and be at least two, not {self.strengths}")
        if self.rms_low >= self.rms_high:
            raise ValueError(f"rms_low {self.rms_low} must lie below rms_high {self.rms_high}")
        return self


class GenerateConfig(StageConfig):
    """What is asked of the model besides prompt, seed and strength."""

    duration_s: Annotated[float, Field(gt=0, le=600)] = 10.0
    """Length of the piece, in seconds; of one that continues another, of what is added."""


class ReferenceConfig(StageConfig):
    """What all music shares: the mean that directions are centred on."""

    own: bool = False
    """Centre on what the model plays, even if the mean of recorded music ships for it."""
    clips: PositiveInt = 24
    """Pieces that the model plays without a prompt, or of mixed prompts."""
    prompts: tuple[str, ...] = ("",)
    """Taken in turn; an empty one lets the model play what it likes."""
    seed: NonNegativeInt = 0
    """Of the first piece; each further one has the next."""
    duration_s: PositiveFloat = 10.0
    """Length of each piece, in seconds."""
    playlist: str | None = None
    """Centre on this ingested playlist, whatever else there is."""


def vocabulary_prompts() -> tuple[str, ...]:
    """Return the prompts in ``configs/vocabulary.yaml``."""
    return tuple(_shipped("vocabulary.yaml"))


class VocabularyConfig(StageConfig):
    """What a model plays to learn how it hears words, so that playlists can be put into them."""

    prompts: Annotated[tuple[str, ...], Field(min_length=2)] = Field(
        default_factory=vocabulary_prompts
    )
    """The words."""
    clips: PositiveInt = 4
    """Pieces of each prompt."""
    common: PositiveInt = 12
    """Pieces that are heard with every prompt, to find what it changes."""
    seed: NonNegativeInt = 0
    """Of the first piece of the first prompt; each further one has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""

    @model_validator(mode="after")
    def _enough(self) -> "VocabularyConfig":
        if self.common > len(self.prompts):
            raise ValueError(
                f"common {self.common} is more than the {len(self.prompts)} prompts, of each of "
                "which one piece at most is taken"
            )
        return self


class ConceptConfig(StageConfig):
    """How a concept's direction is made from its prompts."""

    pairs: Annotated[int, Field(ge=2)] = 28
    """Pairs of prompts that are played."""
    seed: NonNegativeInt = 0
    """Of the first pair, the same for both poles; each further pair has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""
    file: Path | None = None
    """A file of concepts in place of ``configs/concepts.yaml``."""


class ScanConfig(StageConfig):
    """How the effect of a direction in each layer is measured."""

    prompts: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "music",
        "an instrumental",
        "a rock song",
        "a film score",
    )
    """Played with the direction added and taken away, in one layer after another."""
    seed: NonNegativeInt = 0
    """Of the first prompt's piece; each further one has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""
    strength: PositiveFloat = 2.0
    """How much of the direction is added to the layer."""
    keep: PositiveInt = 3
    """Layers that are steered, each as much as it was seen to move the music."""


class SteerConfig(StageConfig):
    """How a direction is added while the model plays; `RUNGS` names the measured choices."""

    vectors: Literal["one-to-all", "per-layer"] = "per-layer"
    """One vector, the mean over the layers, or each layer's own."""
    centre: bool = True
    """Subtract the reference's mean, so that only what sets the playlist apart remains."""
    words: bool = True
    """Add what the prompts change that describe a centred playlist best, in equal parts with what
    was heard in it; a concept is left as it is."""
    scale: Literal["unit", "residual"] = "residual"
    """What strength 1 adds: length 1 in each layer, or a fortieth of the residual norm in all
    steered layers together."""
    layers: (
        Literal["all", "middle-third", "by-effect"]
        | tuple[NonNegativeInt, ...]
        | dict[NonNegativeInt, float]
    ) = "by-effect"
    """Which layers are steered; ``{2: 1.0, 4: 0.5}`` steers one twice as much as the other.
    ``by-effect``: those where the direction was measured to move the music furthest."""
    positions: Literal["all", "audio"] = "audio"
    """Steer a prepended prompt too, or the audio only."""
    rows: Literal["both", "conditional"] = "conditional"
    """With guidance: steer both rows, or the conditional one, which guidance amplifies."""
    keep_norm: bool = False
    """Give every steered position the length back that it had."""
    budget: PositiveFloat = 4.0
    """How much several directions together may add, in strengths of one of them."""
    start_s: NonNegativeFloat = 0.0
    """When steering sets in, in seconds."""
    end_s: PositiveFloat | None = None
    """When steering ends, in seconds; None steers to the end."""
    ramp_s: NonNegativeFloat = 0.0
    """How long it takes to set in and to fade, in seconds, within start and end."""

    def throughout(self) -> "SteerConfig":
        """Return the same recipe, added from the first second to the last."""
        return self.model_copy(update={"start_s": 0.0, "end_s": None, "ramp_s": 0.0})

    @property
    def in_words(self) -> bool:
        """Whether playlists are put into words, which only what sets them apart can be."""
        return self.centre and self.words

    def as_added(self) -> dict[str, Any]:
        """Return what of it matters, once it is prepared, for how a single direction is added."""
        return self.model_dump(mode="json", exclude={"words", "budget"})

    @model_validator(mode="after")
    def _forwards(self) -> "SteerConfig":
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"end_s {self.end_s} must lie after start_s {self.start_s}")
        return self


def rungs() -> dict[str, Any]:
    """Return the settings of each rung in ``configs/ladder.yaml``, by name, from the lowest."""
    found: dict[str, Any] = _shipped("ladder.yaml")
    return found


def _shipped(name: str) -> Any:
    """Return what a YAML file in ``configs`` holds."""
    return yaml.safe_load(importlib.resources.files("configs").joinpath(name).read_text())


def _rung(value: Any) -> Any:
    """Return the settings of a rung that is given by its name."""
    if not isinstance(value, str):
        return value
    known = rungs()
    if value not in known:
        raise ValueError(f"there is no rung {value!r}; known are {', '.join(known)}")
    return known[value]


class PipelineConfig(StageConfig):
    """The settings of the whole pipeline, one part a stage."""

    model: ModelConfig = ModelConfig()
    resolve: ResolveConfig = ResolveConfig()
    match: MatchConfig = MatchConfig()
    download: DownloadConfig = DownloadConfig()
    describe: DescribeConfig = DescribeConfig()
    chunk: ChunkConfig = ChunkConfig()
    extract: ExtractConfig = ExtractConfig()
    aggregate: AggregateConfig = AggregateConfig()
    sampling: SamplingConfig = SamplingConfig()
    lyria: LyriaConfig = LyriaConfig()
    reference: ReferenceConfig = ReferenceConfig()
    vocabulary: VocabularyConfig = VocabularyConfig()
    concept: ConceptConfig = ConceptConfig()
    scan: ScanConfig = ScanConfig()
    steer: Annotated[SteerConfig, BeforeValidator(_rung)] = SteerConfig()
    """Settings, or the name of a rung in ``configs/ladder.yaml``."""
    calibrate: CalibrateConfig = CalibrateConfig()
    generate: GenerateConfig = GenerateConfig()


def _text_of_path(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


class RuntimeConfig(BaseSettings):
    """How and where work is done; nothing here changes a result, so none of it is in a key.

    Every field is read from the environment: ``RESONANCE_STORE``, ``RESONANCE_DEVICE``, ...
    """

    model_config = SettingsConfigDict(
        env_prefix="RESONANCE_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    store: Annotated[str, BeforeValidator(_text_of_path)] = Field(
        default_factory=lambda: str(platformdirs.user_data_path("resonance") / "store")
    )
    """What holds all records and artifacts: a folder, or ``s3://bucket/prefix``."""
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``."""
    batch_size: PositiveInt = 8
    """Chunks in one forward pass."""
    workers: PositiveInt = 1
    """Tracks on their way at once, and of a dataset shards. One is enough to have the next ready
    while the model hears the one before; more help where downloads are slow, and take processor
    time from the model."""
    engine: Literal["threads", "dask", "ray"] = "threads"
    """What runs the shards of a dataset: threads of this process, or a Dask or Ray cluster."""
    cluster: str | None = None
    """The address of the Dask or Ray cluster; by default one of ``workers`` processes is started
    on this machine."""
    shard_gpus: NonNegativeInt = 0
    """GPUs that a Dask or Ray cluster gives each shard, by its resources."""
    shard_tracks: PositiveInt = 64
    """Tracks of one shard: what a run that is killed may lose of its work."""
    compile: bool = False
    """Have torch.compile make the layers that listen. That takes seconds before the first batch,
    and what it gains depends on the device: nano on a CPU, nothing. It rounds otherwise, as another
    device does."""
    threads: PositiveInt | None = None
    """CPU threads of one model call; by default one for small models, else PyTorch's choice."""
    public_only: bool = False
    """Fetch from public addresses only, wherever a name, a list or a redirect leads; for services
    that fetch what strangers name. A proxy, too, must have such an address."""
    job: str | None = None
    """The UUID that the job of an ingest is kept under, where somebody waits for it."""
    request: str | None = None
    """Digest of what that job was asked for, by which the same is not done twice at a time."""
