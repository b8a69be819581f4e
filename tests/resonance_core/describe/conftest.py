import pytest
import soundfile


@pytest.fixture(scope="session")
def songs(clips, tmp_path_factory):
    """The beginnings of two real tracks."""
    folder = tmp_path_factory.mktemp("songs")
    for clip in clips[:2]:
        samples, rate = soundfile.read(clip, frames=5 * 48000)
        soundfile.write(folder / f"{clip.stem}.flac", samples, rate)
    return {path.stem: path for path in sorted(folder.iterdir())}
