import random
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer

from resonance_core.audio.decode import transcode
from resonance_core.errors import ResonanceError
from tests.fluidsynth import playable
from training import playlists
from training.corpus import draw_specs
from training.genres import GENRES
from training.plan import FULL
from training.playlists import CHARACTERS, cut_playlists, draw_playlist, main, play_playlists

SHIPPED = Path(__file__).parent.parent.parent / "examples" / "playlists"


def heard(path: Path, scratch: Path) -> np.ndarray:
    """A file's samples at 32 kHz."""
    transcode(path, scratch / "heard.flac", 32000)
    return soundfile.read(scratch / "heard.flac")[0]


def test_every_genre_has_a_playlist_of_its_character():
    assert set(CHARACTERS) == set(GENRES)
    for genre, character in CHARACTERS.items():
        tracks = draw_playlist(genre, random.Random(0))
        assert all(track.genre == genre for track in tracks)
        assert all(character.items() <= track.levels.items() for track in tracks)
        assert len({repr(track) for track in tracks}) == 10
        free = [name for name in tracks[0].levels if name not in character]
        assert all(len({track.levels[name] for track in tracks}) > 1 for name in free)


def test_what_training_heard_and_what_is_there_already_is_drawn_again(monkeypatch):
    heard_in_training = next(spec for spec in draw_specs(3, FULL.clips) if spec.genre == "jazz")
    tracks = draw_playlist("jazz", random.Random(0))
    draws = iter([tracks[0], heard_in_training, *tracks])
    monkeypatch.setattr(playlists, "random_spec", lambda *_, **__: next(draws))
    assert draw_playlist("jazz", random.Random(0)) == tracks


@playable
def test_what_ships_is_what_is_played(tmp_path, monkeypatch):
    monkeypatch.setattr(playlists, "CHARACTERS", {"lofi piano": CHARACTERS["lofi piano"]})
    play_playlists(tmp_path)
    played = sorted(tmp_path.glob("*/*"))
    assert [path.name for path in played] == [f"{number:02d}.opus" for number in range(1, 11)]
    for path in played[::4]:
        again, shipped = heard(path, tmp_path), heard(SHIPPED / "lofi-piano" / path.name, tmp_path)
        assert np.corrcoef(again, shipped)[0, 1] > 0.95


def test_the_middle_of_real_music_is_cut(clips, tmp_path):
    source = tmp_path / "real" / "calm" / clips[0].name
    source.parent.mkdir(parents=True)
    source.write_bytes(clips[0].read_bytes())
    cut_playlists(tmp_path / "real", tmp_path / "out")
    cut = heard(tmp_path / "out" / "calm" / clips[0].name, tmp_path)
    middle = heard(clips[0], tmp_path)[round(12.5 * 32000) :][: 20 * 32000]
    assert len(cut) == 20 * 32000
    assert np.corrcoef(cut, middle)[0, 1] > 0.95


def test_music_of_full_scale_is_turned_down(tmp_path):
    source = tmp_path / "real" / "loud" / "tone.opus"
    tone = np.sin(np.arange(3 * 48000) / 40)
    playlists.write_opus(source, (32767 * tone).astype(np.int16), 48000)
    cut_playlists(tmp_path / "real", tmp_path / "out")
    cut = heard(tmp_path / "out" / "loud" / "tone.opus", tmp_path)
    assert len(cut) == 3 * 32000  # shorter than 20 s: all of it
    assert np.abs(cut).max() == pytest.approx(0.9, abs=0.05)


def test_a_folder_without_music_is_refused(tmp_path):
    with pytest.raises(ResonanceError, match="there is no music in"):
        cut_playlists(tmp_path, tmp_path / "out")


def test_the_command_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(typer.Exit) as ended:
        main(tmp_path)
    assert ended.value.exit_code == 1
    assert "apt-get install fluidsynth" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
