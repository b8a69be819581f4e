"""Settings: frozen stage configs that enter the keys, and the runtime config that does not."""

from resonance_core.config.listening import (
    AggregateConfig,
    ChunkConfig,
    ConceptConfig,
    ExtractConfig,
    Pooling,
    ReferenceConfig,
    VocabularyConfig,
    vocabulary_prompts,
)
from resonance_core.config.models import GenerateConfig, LyriaConfig, ModelConfig, SamplingConfig
from resonance_core.config.pipeline import PipelineConfig
from resonance_core.config.runtime import RuntimeConfig
from resonance_core.config.sources import DescribeConfig, DownloadConfig, MatchConfig, ResolveConfig
from resonance_core.config.stage import StageConfig
from resonance_core.config.steering import CalibrateConfig, ScanConfig, SteerConfig, rungs

__all__ = [
    "AggregateConfig",
    "CalibrateConfig",
    "ChunkConfig",
    "ConceptConfig",
    "DescribeConfig",
    "DownloadConfig",
    "ExtractConfig",
    "GenerateConfig",
    "LyriaConfig",
    "MatchConfig",
    "ModelConfig",
    "PipelineConfig",
    "Pooling",
    "ReferenceConfig",
    "ResolveConfig",
    "RuntimeConfig",
    "SamplingConfig",
    "ScanConfig",
    "StageConfig",
    "SteerConfig",
    "VocabularyConfig",
    "rungs",
    "vocabulary_prompts",
]
