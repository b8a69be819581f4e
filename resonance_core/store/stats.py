"""What a store holds, in numbers; its records say it, no file is read."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, computed_field

from resonance_core.store.records import Record
from resonance_core.store.store import Store


class StageStats(BaseModel):
    """All results of one stage."""

    stage: str
    records: int = 0
    bytes: int = 0


class ExtractionStats(BaseModel):
    """One data set of activations."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    extraction: str
    """Its folder in the store."""
    tracks: int = 0
    chunks: int = 0
    layers: list[int]
    vectors: int = 0
    bytes: int = 0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def bytes_per_vector(self) -> float:
        """Bytes on the disk, everything included, for each vector."""
        return self.bytes / self.vectors


class StoreStats(BaseModel):
    """A store's results, by stage and by data set."""

    stages: list[StageStats]
    extractions: list[ExtractionStats]


def store_stats(store: Store) -> StoreStats:
    """Count what a store holds."""
    stages: dict[str, StageStats] = {}
    extractions: dict[str, ExtractionStats] = {}
    for record in store.records():
        size = bytes_of([record])
        stage = stages.setdefault(record.stage, StageStats(stage=record.stage))
        stage.records += 1
        stage.bytes += size
        if (name := record.request.dataset) is None:
            continue
        info = record.info
        new = ExtractionStats(extraction=name, layers=info["layers"])
        extraction = extractions.setdefault(name, new)
        extraction.tracks += info.get("tracks", 1)
        extraction.chunks += info["chunks"]
        # Records that do not say so are of one vector for each chunk and layer.
        extraction.vectors += info.get("vectors", info["chunks"] * len(info["layers"]))
        extraction.bytes += size
    return StoreStats(stages=list(stages.values()), extractions=list(extractions.values()))


def bytes_of(records: Iterable[Record]) -> int:
    """Return the size of the files that records are of."""
    return sum(file.size for record in records for file in record.files.values())
