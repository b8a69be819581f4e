"""`resonance generate`: a piece of music, or several takes of one."""

import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from flows.consent import agreed
from flows.console import errors_in_words, notes, out, print_json, runtime_settings, settings_of
from flows.options import ConfigOption, JsonOption, SetOption, StoreOption, VerboseOption, YesOption
from flows.sliders import refined, sliders_of
from resonance_core.config import PipelineConfig
from resonance_core.config_file import explain
from resonance_core.errors import ConfigError
from resonance_core.store.concepts import known_concepts
from resonance_core.store.open import open_store
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.playlists import check_known
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def generate(
    prompt: Annotated[str, typer.Option(help="What to play.")],
    playlist: Annotated[
        str | None, typer.Option(help="An ingested playlist's name, or a direction's key.")
    ] = None,
    strength: Annotated[
        float | None, typer.Option(help="How strongly to steer.", show_default="as calibrated")
    ] = None,
    slider: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=POSITION", help="Move a slider, -1 to 1; repeatable."),
    ] = None,
    say: Annotated[
        list[str] | None,
        typer.Option(help='Move sliders in words, as "more bass, less tension"; repeatable.'),
    ] = None,
    melody: Annotated[
        Path | None, typer.Option(help="A recording whose melody the piece follows, as of humming.")
    ] = None,
    continues: Annotated[
        str | None, typer.Option("--continue", metavar="KEY", help="Go on from this piece.")
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Length in seconds.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed plays the same.", show_default="random")
    ] = None,
    takes: Annotated[
        int, typer.Option(min=1, help="Play so many at once, with this seed and the next ones.")
    ] = 1,
    target: Annotated[
        Path | None, typer.Option("--out", help="Copy the WAV and its sidecar here.")
    ] = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    overrides: SetOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Make a piece of music, steered by a playlist if one is given."""
    with errors_in_words(as_json):
        started = time.perf_counter()
        runtime = runtime_settings(store, verbose)
        if target is not None:
            _check_target(target)
        positions, changes = refined(say or (), sliders_of(slider or ()))
        for change in changes:
            notes.print(f"{change.slider}: {change.before:g} to {change.after:g} ({change.words})")
        length = [] if duration is None else [f"generate.duration_s={duration}"]
        settings = settings_of(config, [*(overrides or []), *length])
        kept = open_store(runtime.store)
        _check_asked(prompt, playlist, positions, melody, settings.read(), kept)
        with notes.status("Playing ...") as status:
            from flows.hosted import to_be_sent
            from flows.run import run_generate
            from resonance_core.models.lyria import LOCALLY
            from resonance_core.stages.generation_request import GenerationRequest
            from resonance_core.stages.melody import melody as take_melody

            model = settings.read().model
            tune = None if melody is None else take_melody(melody, model, kept).record.key
            try:
                request = GenerationRequest(
                    prompt=prompt,
                    melody=tune,
                    continues=continues,
                    playlist=playlist,
                    strength=strength,
                    sliders=positions,
                    seed=secrets.randbelow(2**31) if seed is None else seed,
                )
            except ValidationError as error:
                raise explain(error, "the request", GenerationRequest) from error
            sending = to_be_sent(request, takes, settings.read(), kept)
            consent = False
            if sending is not None:
                status.stop()  # it would write over the question
                consent = agreed(sending, yes, LOCALLY)
                status.start()
            outcomes = run_generate(request, settings, takes, consent)
        pieces = []
        for number, record in enumerate((outcome.record for outcome in outcomes), start=1):
            audio, sidecar = kept.path(record, AUDIO), kept.path(record, SIDECAR)
            if target is not None:
                place = target if takes == 1 else target.with_stem(f"{target.stem}-{number}")
                audio, sidecar = _copy_piece(audio, sidecar, place)
            pieces.append(_piece(record, audio, sidecar, time.perf_counter() - started))
        if as_json:
            print_json(pieces[0] if takes == 1 else {"takes": pieces})
            return
        for piece in pieces:
            out.print(f"{piece['path']}\n{piece['duration_s']:.1f} s, seed {piece['seed']}")


def _check_asked(
    prompt: str,
    playlist: str | None,
    sliders: Mapping[str, float],
    melody: Path | None,
    config: PipelineConfig,
    store: Store,
) -> None:
    """Refuse what is misspelt before torch is imported, which takes its time.

    Raises:
        ConfigError: An empty prompt, an unknown slider, or a melody that is no file.
        NotInStoreError: There is no such playlist.
    """
    if not prompt.strip():
        raise ConfigError("--prompt is empty", 'Say what to play, as "slow piano"')
    if playlist is not None:
        check_known(store, playlist)
    known = known_concepts(config.concept, store)
    for name in sliders:
        known.check(name)
    if melody is not None and not melody.is_file():
        raise ConfigError(f"--melody {str(melody)!r} is no file", "Name a recording")


def _check_target(target: Path) -> None:
    """Refuse, before any work, a place that a WAV file cannot be copied to.

    Raises:
        ConfigError: It is a folder, has another suffix, or its folder cannot be made.
    """
    if target.suffix.lower() != ".wav" or target.is_dir():
        raise ConfigError(f"--out {str(target)!r} is no WAV file", "Name one, as piece.wav")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the folder {target.parent} cannot be made ({error.strerror})", "Choose another"
        ) from error


def _copy_piece(audio: Path, sidecar: Path, target: Path) -> tuple[Path, Path]:
    """Copy a piece out of the store, and its sidecar beside it.

    Raises:
        ConfigError: The place cannot be written; the piece stays in the store.
    """
    try:
        copy = Path(shutil.copyfile(audio, target))
        return copy, Path(shutil.copyfile(sidecar, target.with_suffix(".json")))
    except OSError as error:
        raise ConfigError(
            f"{target} cannot be written ({error.strerror}); the piece is kept in {audio}",
            "Choose another place",
        ) from error


def _piece(record: Record, audio: Path, sidecar: Path, seconds: float) -> dict[str, Any]:
    """Return what scripts read about a generated piece."""
    same = ("seed", "duration_s", "sample_rate", "backend", "sliders", "steering", "descriptors")
    return {
        "key": record.key,
        "path": str(audio.absolute()),
        "sidecar": str(sidecar.absolute()),
        "sha256": record.digest(AUDIO),
        "model": record.info["model"]["id"],
        **{field: record.info[field] for field in same},
        "seconds": seconds,
    }
