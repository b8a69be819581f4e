import shutil

import numpy as np
import pytest
import soundfile
from prefect import flow

from flows.evaluation_playlists import Heard, hear_playlists
from flows.tracks import track_runner
from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.evaluation.protocol import QUICK


@pytest.mark.usefixtures("prefect_server")
def test_a_track_is_source_or_held_out_and_may_be_shorter_than_the_judges_clips(clips, tmp_path):
    for name, clip in zip("ab", clips[:2], strict=True):
        folder = tmp_path / "playlists" / name
        folder.mkdir(parents=True)
        for number in range(4):
            sound, rate = soundfile.read(clip, start=number * 240_000, frames=216_000)  # 4.5 s
            soundfile.write(folder / f"{number}.wav", sound, rate)
        shutil.copy(folder / "0.wav", folder / "0 again.wav")  # would be source, and 0 held out
    runtime = RuntimeConfig(device="cpu", store=str(tmp_path / "store"))

    @flow(persist_result=False, task_runner=track_runner())
    def hear() -> Heard:
        return hear_playlists(tmp_path / "playlists", QUICK, PipelineConfig(), runtime)

    heard = hear()
    for name in "ab":
        source, held_out = heard.tracks.source[name], heard.tracks.held_out[name]
        assert (len(source), len(held_out)) == (2, 2)
        assert np.abs(source[:, None] - held_out).max(-1).min() > 0.1
