"""The settings of all stages together."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from resonance_core.config.listening import (
    AggregateConfig,
    ChunkConfig,
    ConceptConfig,
    ExtractConfig,
    ReferenceConfig,
    VocabularyConfig,
)
from resonance_core.config.models import GenerateConfig, LyriaConfig, ModelConfig, SamplingConfig
from resonance_core.config.sources import DescribeConfig, DownloadConfig, MatchConfig, ResolveConfig
from resonance_core.config.stage import StageConfig
from resonance_core.config.steering import CalibrateConfig, ScanConfig, SteerConfig, rungs


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
