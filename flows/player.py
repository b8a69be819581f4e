"""The player of an evaluation: runs sweeps, and remembers them for the report."""

from prefect.futures import PrefectFuture

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.evaluation.protocol import Trials
from resonance_core.evaluation.results import SweepRef
from resonance_core.evaluation.rungs import name_of_rung
from resonance_core.stages.part import Part
from resonance_core.store.clips import CLIPS, Clips, read_clips
from resonance_core.store.open import open_store
from resonance_core.store.records import Outcome
from tasks.sweep import sweep


class Player:
    """Plays and judges pieces.

    Attributes:
        runtime: Device, batch size and store.
        store: Takes the judged clips.
        sweeps: What was played so far.
    """

    def __init__(self, runtime: RuntimeConfig) -> None:
        self.runtime = runtime
        self.store = open_store(runtime.store)
        self.sweeps: list[SweepRef] = []

    def unsteered(self, trials: Trials, config: PipelineConfig) -> Clips:
        """Play pieces without any direction."""
        return self._play("unsteered", None, (0.0,), trials, config)

    def steered(
        self,
        title: str,
        part: Part,
        strengths: tuple[float, ...],
        trials: Trials,
        config: PipelineConfig,
    ) -> list[Clips]:
        """Play pieces at several strengths of a direction; none if there are no strengths."""
        return [self._play(title, part, strengths, trials, config)] if strengths else []

    def _play(
        self,
        title: str,
        part: Part | None,
        strengths: tuple[float, ...],
        trials: Trials,
        config: PipelineConfig,
    ) -> Clips:
        future: PrefectFuture[Outcome] = sweep.submit(
            title, part, strengths, trials, config, self.runtime
        )
        record = future.result().record
        self.sweeps.append(SweepRef(rung=name_of_rung(config), title=title, key=record.key))
        return read_clips(self.store.path(record, CLIPS))
