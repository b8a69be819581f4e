import json

from typer.testing import CliRunner

from flows.cli import app
from flows.doctor import examine
from resonance_core.config import RuntimeConfig
from resonance_core.config_file import load_config
from resonance_core.keys import Stage
from resonance_core.store.open import open_store
from resonance_core.store.store import Store

REQUEST = Stage(name="made", version=1).request({}, {})


def run(*arguments: object) -> tuple[int, dict]:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


def make(folder):
    (folder / "a.txt").write_text("content")
    return {}


def test_a_folder_is_pushed_and_pulled(store, rclone_url, tmp_path):
    key = store.build(REQUEST, make).record.key
    store.write_whole("playlists/evening.json", "{}")
    code, sent = run("store", "push", rclone_url)
    assert (code, sent["artifacts"], sent["small_files"], sent["files"]) == (0, 1, 1, 3)
    assert run("store", "push", rclone_url)[1]["there"] == 1
    assert run("store", "pull", rclone_url, "--store", tmp_path / "other") == (0, sent)
    assert Store(tmp_path / "other").get(key)

    store.path(store.get(key), "a.txt").write_text("CONTENT")
    code, again = run("store", "push", rclone_url, "--store", store.root)
    assert code == 1
    assert again["damaged"][0].endswith("a.txt has other content than when it was written")
    code, failed = run("store", "push", "s3://nowhere/store")
    assert (code, failed["error"]["type"]) == (2, "ConfigError")
    assert "there is no such bucket" in failed["error"]["problem"]
    code, failed = run("store", "push", rclone_url, "--store", rclone_url)
    assert (code, failed["error"]["problem"]) == (2, f"{rclone_url!r} is no folder")


def test_what_a_bucket_holds_is_looked_at(store, rclone_url):
    key = open_store(rclone_url).build(REQUEST, make).record.key
    bucket = ("--store", rclone_url)
    code, listed = run("store", "ls", *bucket)
    assert (code, listed["store"]) == (0, rclone_url)
    assert [row["key"] for row in listed["records"]] == [key]
    assert run("store", "show", key[:8], *bucket)[1]["path"] == f"{rclone_url}/made/{key}"
    assert run("store", "verify", *bucket) == (0, {"checked": 1, "damaged": []})


def test_doctor_tries_the_bucket(rclone_url, monkeypatch):
    config, runtime = load_config(), RuntimeConfig(store=rclone_url)
    (check,) = (check for check in examine(config, runtime) if check.name == "store")
    assert (check.ok, check.found) == (True, f"{rclone_url} can be written")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    (check,) = (check for check in examine(config, runtime) if check.name == "store")
    assert not check.ok
    assert "AWS_SECRET_ACCESS_KEY" in check.remedy
