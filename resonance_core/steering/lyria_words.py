"""Steering Lyria, which no direction reaches: playlist and sliders become words and controls.

The listener's prompt counts 1, the words for the playlist as much as its strength, and each slider
as much as it is moved. What Lyria has a control for is not said in words as well.

| slider | becomes |
|---|---|
| energy | words; drums are muted at its low end |
| tempo | ``bpm``: half an octave up or down of the prompt's or the playlist's tempo |
| bass | words; at its low end ``mute_bass`` in place of words |
| harmony | words |
| density | ``density`` |
| vocal | words; with voices ``music_generation_mode`` VOCALIZATION |
| tension | words, and ``brightness``, which falls |

How far the furthest slider is moved is added to ``guidance``, so that it is followed; the scale is
the one that the prompt names.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from resonance_core.config import SamplingConfig
from resonance_core.describe.character import MARKED, PlaylistCharacter
from resonance_core.errors import ConfigError
from resonance_core.models.lyria_controls import (
    BPM,
    MOST_GUIDANCE,
    LyriaControls,
    LyriaRequest,
    WeightedPrompt,
    scale_in,
    tempo_in,
)
from resonance_core.steering.concept_file import ConceptFile

MUTED = -0.9
"""From here down, what a level tells of is muted."""
MEDIUM_BPM = 110.0
"""What the tempo slider moves where neither prompt nor playlist has a tempo."""
TEMPO_OCTAVES = 0.5
"""From the middle of the tempo slider to its ends."""
CONTROLS = ("tempo", "density")
"""Sliders that are no words."""


class Playlist(NamedTuple):
    """A playlist that a piece shall sound like.

    Attributes:
        character: What it is like.
        strength: How much it counts beside the prompt, which counts 1; 0 leaves it out.
    """

    character: PlaylistCharacter
    strength: float = 1.0


def lyria_request(
    prompt: str,
    playlist: Playlist | None,
    sliders: Mapping[str, float],
    concepts: ConceptFile,
    sampling: SamplingConfig,
) -> LyriaRequest:
    """Return what Lyria is told.

    Args:
        prompt: The listener's words.
        playlist: What the piece shall sound like; None for nothing.
        sliders: Their positions, -1 to 1.
        concepts: The sliders' words.
        sampling: How closely prompts are followed, and how tokens are drawn.

    Raises:
        ConfigError: There is no such slider or it has no words, a playlist is to be taken away, or
            a value is beyond what Lyria takes.
    """
    if playlist is not None and playlist.strength < 0:
        raise ConfigError(
            f"Lyria cannot play away from a playlist, as strength {playlist.strength:g} means",
            "Give a positive --strength",
        )
    for name in sliders:
        concepts.check(name)
    prompts = [WeightedPrompt(text=prompt)]
    if playlist is not None and playlist.strength > 0:
        words = playlist.character.prompt(concepts)
        prompts.append(WeightedPrompt(text=words, weight=playlist.strength))
    levels = _levels(playlist, sliders)
    # In the file's order, so that the order of a request makes no difference.
    for name in (known for known in concepts.concepts if sliders.get(known)):
        if name in CONTROLS or (name == "bass" and levels[name] <= MUTED):
            continue
        text = _words(name, sliders[name], concepts)
        prompts.append(WeightedPrompt(text=text, weight=abs(sliders[name])))
    furthest = max(map(abs, sliders.values()), default=0.0)
    controls = LyriaControls.of(
        sampling,
        # A setting beyond the range is refused; sliders only lead to its end.
        guidance=max(
            sampling.guidance_scale, min(MOST_GUIDANCE, sampling.guidance_scale + furthest)
        ),
        bpm=_bpm(prompt, playlist, sliders.get("tempo", 0.0)),
        density=_share(levels.get("density")),
        brightness=_share(-levels["tension"] if "tension" in levels else None),
        scale=scale_in(prompt),
        mute_bass=levels.get("bass", 0.0) <= MUTED or None,
        mute_drums=levels.get("energy", 0.0) <= MUTED or None,
        music_generation_mode="VOCALIZATION" if levels.get("vocal", 0.0) >= MARKED else None,
    )
    return LyriaRequest(prompts=tuple(prompts), controls=controls)


def _levels(playlist: Playlist | None, sliders: Mapping[str, float]) -> dict[str, float]:
    """Return how much there shall be of what each slider moves, -1 to 1, where that is known."""
    levels: dict[str, float] = {}
    if playlist is not None and playlist.strength > 0:
        share = min(1.0, playlist.strength)
        levels = {name: share * level for name, level in playlist.character.levels.items()}
    moved = {name: levels.get(name, 0.0) + position for name, position in sliders.items()}
    levels |= {name: level for name, level in moved.items() if sliders[name]}
    return {name: float(np.clip(level, -1, 1)) for name, level in levels.items()}


def _words(name: str, position: float, concepts: ConceptFile) -> str:
    words = concepts.concepts[name].words
    if words is None:
        raise ConfigError(
            f"slider {name!r} is made from music, and Lyria takes words",
            "Leave it at 0, or use a model that can be steered",
        )
    low, high = words[0]
    return high if position > 0 else low


def _bpm(prompt: str, playlist: Playlist | None, position: float) -> int | None:
    tempo = tempo_in(prompt)
    if tempo is None and playlist is not None and playlist.strength > 0:
        tempo = playlist.character.tempo_bpm
    if tempo is None and not position:
        return None
    moved = (MEDIUM_BPM if tempo is None else tempo) * 2 ** (TEMPO_OCTAVES * position)
    return round(float(np.clip(moved, *BPM)))


def _share(level: float | None) -> float | None:
    """Return a level of -1 to 1 as a share of 0 to 1, to three digits."""
    return None if level is None else round((1 + level) / 2, 3)
