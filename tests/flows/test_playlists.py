import pytest
import yaml
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed, Running

from flows.playlist_file import read_playlist_file
from flows.playlists import FOLDER, PlaylistsError, playlists
from resonance_core.errors import ConfigError
from resonance_core.store.jobs import list_jobs
from resonance_core.store.playlists import load_entry


@pytest.mark.usefixtures("prefect_server")
def test_a_playlist_that_fails_stops_no_other(folder, store, quick_settings, tmp_path):
    files = tmp_path / "playlists"
    files.mkdir()
    settings = {"config": quick_settings.config}
    for name, content in (
        ("a-broken", {"source": "x", "setings": settings}),
        ("b-gone", {"source": "/no/such/folder", "settings": settings}),
        ("c-fine", {"source": f"../{folder.name}", "settings": settings}),
    ):
        (files / f"{name}.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(PlaylistsError, match="2 of 3 playlists could not be ingested") as caught:
        playlists(files)
    broken, gone, fine = caught.value.outcomes
    assert "there is no setting 'setings'. Did you mean 'settings'?" in broken.reason
    assert "no file or folder '/no/such/folder'" in gone.reason
    assert (fine.name, fine.reason, len(fine.gained)) == ("c-fine", None, 2)
    assert load_entry(store, "c-fine").source == str(folder)
    assert [(job.name, job.state) for job in list_jobs(store)] == [
        ("c-fine", "completed"),
        ("b-gone", "failed"),
    ]


@pytest.mark.usefixtures("prefect_server", "store")
@pytest.mark.parametrize(
    ("state", "hooks"), [("Cancelled", "cancellation"), ("Crashed", "crashed")]
)
def test_a_run_that_is_stopped_leaves_no_ingest_running(state, hooks):
    """As it is after a worker has killed the process of both."""

    @flow
    def nothing() -> None:
        """Stands for the flow that is started."""

    with get_client(sync_client=True) as client:
        parent = client.create_flow_run(playlists, state=Running())
        step = client.create_task_run(task(nothing.fn), parent.id, dynamic_key="0", state=Running())
        child = client.create_flow_run(nothing, parent_task_run_id=step.id, state=Running())
        done = client.create_flow_run(nothing, parent_task_run_id=step.id, state=Completed())
        other = client.create_flow_run(nothing, state=Running())
        for hook in getattr(playlists, f"on_{hooks}_hooks"):
            hook(playlists, parent, State(type=state.upper()))
        ended = client.read_flow_run(child.id).state
        assert ended.name == state
        assert ended.message == "The run of playlists that started it has ended"
        assert client.read_flow_run(done.id).state.is_completed()
        assert client.read_flow_run(other.id).state.is_running()
        client.set_flow_run_state(other.id, Completed(), force=True)


def test_the_files_that_ship_can_be_used():
    for file in FOLDER.glob("*.yaml"):
        listed = read_playlist_file(file)
        listed.settings.read()


def test_what_is_no_yaml_is_named(tmp_path):
    (tmp_path / "x.yaml").write_text("a: [")
    with pytest.raises(ConfigError, match=r"x\.yaml cannot be read"):
        read_playlist_file(tmp_path / "x.yaml")
    (tmp_path / "x.yaml").write_text("music")
    with pytest.raises(ConfigError, match=r"x\.yaml: value = 'music' cannot be used"):
        read_playlist_file(tmp_path / "x.yaml")
