"""Evaluate: does steering work? Everything is played, judged, and held against its target."""

from pathlib import Path

from prefect import flow

from flows.evaluation_playlists import Heard, hear_playlists, score_playlists, score_yardsticks
from flows.evaluation_sliders import play_randoms, play_sliders, ready_sliders
from flows.player import Player
from flows.recovery import clean_up
from flows.server import server_of_this_process
from flows.settings import DEFAULTS, Settings
from flows.tracks import track_runner
from resonance_core.config import PipelineConfig, RuntimeConfig, rungs
from resonance_core.evaluation.claims import ladder_claims, slider_claims
from resonance_core.evaluation.ladder import score_rung
from resonance_core.evaluation.protocol import FULL, QUICK, Protocol, with_little
from resonance_core.evaluation.results import Evaluation, RungScore, SliderScore
from resonance_core.evaluation.rungs import name_of_rung, with_rung
from resonance_core.evaluation.sliders import score_slider
from resonance_core.models.registry import model_info

PLAYLISTS = Path(__file__).parents[1] / "examples" / "playlists"
ENDS = (-1.0, 0.0, 1.0)


@flow(
    name="evaluate",
    persist_result=False,
    on_crashed=[clean_up],
    on_cancellation=[clean_up],
    task_runner=track_runner(),  # type: ignore[arg-type]
)
def evaluate(
    playlists: Path = PLAYLISTS, quick: bool = False, settings: Settings = DEFAULTS
) -> Evaluation:
    """Judge the sliders, the ladder's rungs and playlists.

    All that is played is kept in the store as scores, so that a run that was stopped goes on
    where it was, and another recipe plays only what it changes.

    Args:
        playlists: A folder of folders of music.
        quick: Play little, to see that it runs; the numbers mean nothing.
        settings: The model, its sampling, and the default recipe, which must be a rung.

    Raises:
        ConfigError: The recipe is no rung of the ladder, or a setting cannot be used.
        SourceError: The playlists cannot be used.
    """
    protocol = QUICK if quick else FULL
    config = with_little(settings.read()) if quick else settings.read()
    runtime = RuntimeConfig()
    default = name_of_rung(config)
    heard = hear_playlists(playlists, protocol, config, runtime)
    player = Player(runtime)
    sliders = judge_sliders(protocol, config, player)
    ladder = [
        judge_rung(rung, heard, protocol, with_rung(config, rung), player) for rung in rungs()
    ]
    yardsticks = score_yardsticks(heard, protocol, config, player)
    info = model_info(config.model)
    return Evaluation(
        model=info.id,
        revision=info.revision,
        rung=default,
        confidence=protocol.confidence,
        quick=quick,
        sliders=tuple(sliders),
        ladder=tuple(ladder),
        yardsticks=yardsticks,
        claims=(*slider_claims(sliders), *ladder_claims(ladder, default, yardsticks)),
        sweeps=tuple(player.sweeps),
    )


def judge_sliders(protocol: Protocol, config: PipelineConfig, player: Player) -> list[SliderScore]:
    """Play all sliders and the random directions, and score them."""
    sliders = ready_sliders(config, player.runtime)
    played = play_sliders(sliders, protocol.positions, protocol.sliders, config, player)
    randoms = play_randoms(protocol.random_directions, sliders, protocol.controls, config, player)
    return [
        score_slider(one.slider.name, one.positions, one.grid, randoms, protocol) for one in played
    ]


def judge_rung(
    rung: str, heard: Heard, protocol: Protocol, config: PipelineConfig, player: Player
) -> RungScore:
    """Play all sliders at their ends, random directions and playlists by one recipe."""
    sliders = ready_sliders(config, player.runtime)
    played = play_sliders(sliders, ENDS, protocol.ladder, config, player)
    randoms = play_randoms(
        protocol.ladder_random_directions, sliders, protocol.ladder, config, player
    )
    playlists, shuffled = score_playlists(heard, protocol, config, player)
    grids = {one.slider.name: one.grid for one in played}
    return score_rung(rung, grids, randoms, playlists, shuffled, protocol)


def run_evaluate(playlists: Path, quick: bool, settings: Settings) -> Evaluation:
    """Run the flow in this process, with the server that is set or one of its own."""
    with server_of_this_process():
        return evaluate(playlists, quick, settings)
