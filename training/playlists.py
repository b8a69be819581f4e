"""``python -m training.playlists``: the playlists that steering is evaluated with.

Each procedural one is of one genre and has a character: two of its attributes are fixed, all
others are drawn. Nothing of them was seen in training: their seeds are not those of the corpus,
and a track for which genre, levels, tempo and key were drawn as for any clip of the full corpus
is drawn again. The real ones are cut from a folder of excerpts.
"""

import random
import tempfile
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer
from numpy.typing import NDArray
from slugify import slugify

from resonance_core.audio.decode import transcode
from resonance_core.errors import ResonanceError
from training.composer import ClipSpec, random_spec
from training.corpus import draw_specs
from training.opus import RATE, write_opus
from training.plan import FULL
from training.render import SAMPLE_RATE, render

CHARACTERS = {
    "techno": {"energy": 2, "tempo": 2},
    "rock": {"energy": 2, "density": 2},
    "orchestral": {"tension": 2, "harmony": 2},
    "lofi piano": {"energy": 0, "tempo": 0},
    "ambient": {"tempo": 0, "density": 0},
    "chiptune": {"tempo": 2, "tension": 0},
    "jazz": {"harmony": 2, "vocal": 0},
    "folk": {"vocal": 2, "bass": 0},
    "latin": {"tempo": 2, "bass": 2},
}
"""The levels that all tracks of a genre's playlist share."""
TRACKS = 10
REAL_S = 20
"""Length of a real track; its middle is taken."""
PEAK = 0.9
"""Of full scale: real tracks that go beyond it are turned down, or Opus would clip them."""


def draw_playlist(genre: str, rng: random.Random) -> list[ClipSpec]:
    """Draw a playlist's tracks, all different and none of them in the training corpus."""
    corpus = chain.from_iterable(draw_specs(shard, FULL.clips) for shard in range(FULL.shards))
    known = [spec for spec in corpus if spec.genre == genre]
    tracks: list[ClipSpec] = []
    while len(tracks) < TRACKS:
        spec = random_spec(rng, genre, **CHARACTERS[genre])
        if spec not in known and spec not in tracks:
            tracks.append(spec)
    return tracks


def play_playlists(out: Path) -> None:
    """Compose and render the procedural playlists: ``out/GENRE/NN.opus``, 12 s each.

    Raises:
        ResonanceError: FluidSynth or its soundfont is not installed.
    """
    for genre in CHARACTERS:
        rng = random.Random(f"playlist {genre}")  # the corpus' seeds are numbers
        tracks = render(draw_playlist(genre, rng), seed=rng.getrandbits(32))
        for number, audio in enumerate(tracks, start=1):
            write_opus(out / slugify(genre) / f"{number:02d}.opus", audio, SAMPLE_RATE)
        print(f"playlists: {genre}", flush=True)


def cut_playlists(excerpts: Path, out: Path) -> None:
    """Write the middle 20 s of every ``excerpts/PLAYLIST/NAME.opus`` to the same path under out.

    Raises:
        ResonanceError: There are no excerpts, or one cannot be read.
    """
    sources = sorted(excerpts.glob("*/*.opus"))
    if not sources:
        raise ResonanceError(
            f"there is no music in {excerpts}", "Give a folder of folders of Opus files"
        )
    for source in sources:
        write_opus(out / source.relative_to(excerpts), _middle(source), RATE)


def _middle(source: Path) -> NDArray[np.int16]:
    with tempfile.TemporaryDirectory() as scratch:
        canonical = Path(scratch, "canonical.flac")
        spare = transcode(source, canonical, RATE).samples - REAL_S * RATE
        audio = soundfile.read(canonical, start=max(0, spare // 2), frames=REAL_S * RATE)[0]
    gain = PEAK / max(PEAK, np.abs(audio).max())
    return (audio * gain * 32768).astype(np.int16)


def main(
    out: Annotated[Path, typer.Option(help="Folder that gets a folder for each playlist.")],
    real: Annotated[
        Path | None, typer.Option(help="Folder of excerpts of real music to cut as well.")
    ] = None,
) -> None:
    """Make the playlists that steering is evaluated with."""
    try:
        play_playlists(out)
        if real is not None:
            cut_playlists(real, out)
    except ResonanceError as error:
        typer.echo(error, err=True)
        raise typer.Exit(error.exit_code) from error


if __name__ == "__main__":
    typer.run(main)
