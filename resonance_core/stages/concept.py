"""Concept: a slider's direction, from whatever its file says that it is made from."""

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import NotInStoreError, SourceError
from resonance_core.stages.audio_concept import audio_concept, list_labelled
from resonance_core.stages.extract import check_means
from resonance_core.stages.prompt_concept import prompt_concept
from resonance_core.stages.tracks import TooFewTracksError, hear
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store


def concept(
    name: str, file: ConceptFile, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Outcome:
    """Return the record of a concept's direction, making it if it is not there.

    The record's ``info`` holds, for each layer, the reliability: ``split_half`` and ``agreement``
    (see `Contrast`).

    Args:
        name: Of the concept.
        file: What it is made from.
        config: The model, and how it plays prompts or hears tracks.
        store: Takes the direction, of kind ``concept``, and what is made on the way to it.
        runtime: Device and batch size.

    Raises:
        ConfigError: There is no such concept, it has too few pairs of prompts, or of its tracks
            single frames shall be kept.
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
        SourceError: Its tracks cannot be listed, or one has two labels.
        TooFewTracksError: Fewer than two tracks a side can be used.
    """
    file.check(name)
    if not file.concepts[name].sources:
        return prompt_concept(name, file, config, store, runtime)
    check_means(config.extract.pooling)
    listed = list_labelled(name, file, config.resolve)
    return audio_concept(name, listed, hear(listed.tracks, config, store, runtime), store)


def find_concept(
    name: str, file: ConceptFile, config: PipelineConfig, store: Store, runtime: RuntimeConfig
) -> Record | None:
    """Return the record of a concept's direction if the store holds it; nothing is made.

    For a concept from audio it is the direction of those of its tracks that the store knows.

    Raises:
        ConfigError: There is no such concept, or it has too few pairs of prompts.
        ModelError: The model lacks a layer that is asked for.
    """
    try:
        return concept(name, file, config, store.read_only(), runtime).record
    except (NotInStoreError, SourceError, TooFewTracksError):
        return None
