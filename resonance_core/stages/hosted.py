"""Pieces of a hosted model, which no direction reaches: playlist and sliders become words.

Nothing is sent before somebody agreed to it, and what is in the store is not asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from resonance_core.api_key import ApiKey
from resonance_core.config import PipelineConfig
from resonance_core.consent import Consent, ConsentError
from resonance_core.describe.local import LocalDescriber
from resonance_core.keys import Stage, StageRequest
from resonance_core.models.base import Listener
from resonance_core.models.capabilities import check_ability
from resonance_core.models.lyria import INFO, LOCALLY, LyriaModel, LyriaSending
from resonance_core.models.lyria_controls import LyriaRequest
from resonance_core.stages.generation_request import GENERATE, GenerationRequest
from resonance_core.stages.piece import write_piece
from resonance_core.stages.playlist_character import character_of, playlist_character
from resonance_core.steering.concept_file import load_concepts
from resonance_core.steering.lyria_words import Playlist, lyria_request
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

PLAYED = Stage(name=GENERATE.name, version=4)
"""Of a version of its own: what is made here may change while what a service plays does not."""


@dataclass(frozen=True)
class Hosted:
    """What it takes to use a hosted model.

    Attributes:
        key: Of its service; None where there is none.
        consent: Asked before anything is sent.
    """

    key: ApiKey | None
    consent: Consent


class Told(NamedTuple):
    """What a hosted model is told for a request.

    Attributes:
        lyria: The words and controls.
        description: The record of what its playlist is like; None without a playlist.
    """

    lyria: LyriaRequest
    description: Record | None


def hosted_sending(
    request: GenerationRequest, takes: int, config: PipelineConfig, store: Store
) -> LyriaSending | None:
    """Return what `generate_hosted` would send; None where the store holds all takes.

    Raises:
        ConfigError: There is no such slider, or what is asked for is beyond what the model takes.
        ModelError: The model cannot do what is asked for.
        NotInStoreError: There is no such playlist, or its tracks are no longer there.
        TrackError: None of the playlist's tracks can be heard.
    """
    told = _tell(request, config, store)
    wanted = (_piece(told, seed, config) for seed in _seeds(request, takes))
    if all(store.find(piece) is not None for piece in wanted):
        return None
    return LyriaSending.of(told.lyria)


def generate_hosted(
    request: GenerationRequest,
    takes: int,
    config: PipelineConfig,
    store: Store,
    hosted: Hosted | None,
    listener: Listener | None = None,
) -> list[Outcome]:
    """Return the records of takes of a piece, played one after another if they are not there.

    A playlist is described on this machine. Records say that no activations were steered.

    Args:
        request: What all takes have in common, and the first one's seed.
        takes: How many.
        config: How prompts are followed, how patiently the service is asked, and the length.
        store: Holds the playlist and takes the pieces.
        hosted: The key, and whom to ask; without it nothing is sent.
        listener: Hears the takes while they are played; its rows are their places.

    Raises:
        ConfigError: There is no such slider, or what is asked for is beyond what the model takes;
            or the key is missing or wrong.
        ConsentError: Nobody agreed to what would be sent.
        ModelError: The model cannot do what is asked for, or does not play the prompt.
        NotInStoreError: There is no such playlist, or its tracks are no longer there.
        ServiceError: The service cannot be reached, fails, or takes too long.
        TrackError: None of the playlist's tracks can be heard.
    """
    told = _tell(request, config, store)

    def take(row: int, seed: int) -> Outcome:
        piece = _piece(told, seed, config)

        def make(folder: Path) -> dict[str, Any]:
            if hosted is None:
                raise ConsentError(LyriaSending.of(told.lyria), f"Agree to it, or {LOCALLY}")
            model = LyriaModel(config.lyria, hosted.key, hosted.consent)
            played = model.play(
                told.lyria,
                seed=seed,
                duration_s=config.generate.duration_s,
                listener=listener,
                row=row,
            )
            made_of: dict[str, Any] = {
                "request_id": piece.key,
                "model": INFO.model_dump(),
                "backend": INFO.backend,
                "prompt": request.prompt,
                "playlist": request.playlist,
                "seed": seed,
                "sliders": request.moved,
                "told": told.lyria.model_dump(mode="json"),
                "description": told.description and told.description.key,
                # No activations were steered.
                "steering": [],
                "steer": None,
                "steered": None if _only_prompt(request) else "words",
                "melody": None,
                "continues": None,
                "joins_s": played.joins_s,
                "requested_duration_s": config.generate.duration_s,
            }
            return write_piece(folder, played.audio, INFO, made_of)

        return store.build(piece, make)

    return [take(row, seed) for row, seed in enumerate(_seeds(request, takes))]


def _tell(request: GenerationRequest, config: PipelineConfig, store: Store) -> Told:
    if request.melody is not None:
        check_ability(INFO.backend, "melody")
    if request.continues is not None:
        check_ability(INFO.backend, "continuation")
    concepts = load_concepts(config.concept.file)
    description, playlist = None, None
    if request.playlist is not None:
        description = playlist_character(request.playlist, LocalDescriber(), store).record
        strength = 1.0 if request.strength is None else request.strength
        playlist = Playlist(character_of(description).character, strength)
    asked = lyria_request(request.prompt, playlist, request.sliders, concepts, config.sampling)
    return Told(asked, description)


def _piece(told: Told, seed: int, config: PipelineConfig) -> StageRequest:
    settings = {
        "model": INFO.identity(),
        "told": told.lyria.model_dump(mode="json"),
        "seed": seed,
        "duration_s": config.generate.duration_s,
    }
    return PLAYED.request(settings, {})


def _seeds(request: GenerationRequest, takes: int) -> Sequence[int]:
    return range(request.seed, request.seed + takes)


def _only_prompt(request: GenerationRequest) -> bool:
    return request.playlist is None and not request.moved
