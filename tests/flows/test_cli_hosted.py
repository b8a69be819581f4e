import json
import logging
import wave
from types import SimpleNamespace

import pytest
from prefect.client.orchestration import get_client
from prefect.logging.handlers import APILogHandler
from prefect.settings import PREFECT_API_URL, temporary_settings
from typer.testing import CliRunner

from flows.cli import app
from flows.generate import generate as generate_flow
from flows.settings import Settings
from resonance_core.consent import ConsentError
from resonance_core.errors import ServiceError
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.stages.generation_request import GenerationRequest
from tests.lyria_server import KEY, Manner

LITTLE = ("generate.duration_s=0.5", "lyria.pause_s=0")
ASKED = (
    *("generate", "--config", "lyria", "--prompt", "slow piano", "--seed", "3"),
    *(part for setting in LITTLE for part in ("--set", setting)),
)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """A key in the environment, and no Prefect server."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield


def run(*arguments: str, answer: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [*ASKED, *arguments], input=answer)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert KEY not in result.output
    return result.exit_code, result.stdout, result.stderr


def test_consent_may_be_given_ahead(lyria, store, tmp_path):
    code, stdout, stderr = run("--yes", "--json", "--out", str(tmp_path / "piece.wav"))
    assert code == 0
    assert "To be sent: the words “slow piano” and guidance 4" in stderr
    piece = json.loads(stdout)
    assert (piece["backend"], piece["model"], piece["steering"]) == ("lyria", "lyria", [])
    with wave.open(piece["path"]) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 48000)
        assert file.getnframes() == 24000
    # What is there is not asked for again.
    code, stdout, stderr = run("--json")
    assert (code, json.loads(stdout)["key"], stderr) == (0, piece["key"], "")
    assert len(lyria.sessions) == 1


def test_without_a_terminal_and_without_consent_nothing_is_sent(lyria, store):
    code, _, stderr = run()
    assert code == 2
    assert "nothing was sent, for nobody agreed" in stderr
    assert "agree with --yes, or use a model of this machine" in stderr
    assert lyria.sessions == []


@pytest.mark.parametrize(
    ("answer", "code", "sessions"), [("y\n", 0, 1), ("n\n", 2, 0), ("\n", 2, 0)]
)
def test_in_a_terminal_it_is_asked_for(lyria, store, monkeypatch, answer, code, sessions):
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("flows.consent.sys", SimpleNamespace(stdin=terminal))
    found, _, stderr = run(answer=answer)
    assert "Send it? [y/N]" in stderr
    assert (found, len(lyria.sessions)) == (code, sessions)


def test_a_missing_key_is_said_before_anything_is_asked(lyria, store, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY")
    code, _, stderr = run("--yes")
    assert code == 2
    assert "Set GEMINI_API_KEY" in stderr
    assert "To be sent" not in stderr


def test_a_wrong_key_is_named_by_its_place(lyria, store, monkeypatch):
    monkeypatch.delenv("GEMINI_API_KEY")
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-other")
    code, _, stderr = run("--yes")
    assert code == 2
    assert "does not accept the API key of GOOGLE_API_KEY" in stderr
    assert "AIza-other" not in stderr


def test_what_it_cannot_do_names_who_can(lyria, store):
    code, _, stderr = run("--yes", "--continue", "abcdef")
    assert code == 2
    assert "lyria cannot go on from a piece" in stderr
    assert "audiocraft or transformers" in stderr


@pytest.mark.parametrize("setting", ["model.id=lyria", "model.backend=lyria"])
def test_the_model_is_a_setting_too(lyria, store, setting):
    arguments = (*ASKED[:1], *ASKED[3:], "--set", setting, "--yes", "--json")
    result = CliRunner().invoke(app, arguments)
    assert json.loads(result.stdout)["backend"] == "lyria"


def test_doctor_says_where_the_key_is_from_and_what_each_backend_can_do(store, monkeypatch):
    shown = CliRunner().invoke(app, ["doctor", "--config", "lyria"])
    assert shown.exit_code == 0
    words = " ".join(shown.stdout.split())
    assert "follow a melody │ yes │ yes │ no │" in words
    asked = ["doctor", "--json", "--config", "lyria"]
    found = json.loads(CliRunner().invoke(app, asked).stdout)
    checks = {check["name"]: check for check in found["checks"]}
    assert checks["model"]["found"] == "lyria is hosted; its key is from GEMINI_API_KEY"
    assert found["backends"] == {
        name: row.model_dump(mode="json") for name, row in CAPABILITIES.items()
    }
    assert KEY not in shown.output
    monkeypatch.delenv("GEMINI_API_KEY")
    failed = CliRunner().invoke(app, asked)
    assert failed.exit_code == 1
    checks = {check["name"]: check for check in json.loads(failed.stdout)["checks"]}
    assert "Set GEMINI_API_KEY" in checks["model"]["remedy"]


@pytest.mark.usefixtures("prefect_server")
def test_a_flow_run_sends_nothing_without_consent(lyria, store):
    request = GenerationRequest(prompt="slow piano", seed=3)
    settings = Settings(config="lyria", overrides=LITTLE)
    with pytest.raises(ConsentError, match="nobody agreed"):
        generate_flow(request, settings)
    assert lyria.sessions == []
    (outcome,) = generate_flow(request, settings, consent=True)
    assert outcome.record.info["backend"] == "lyria"
    assert len(lyria.sessions) == 1


@pytest.mark.usefixtures("prefect_server")
def test_prefect_does_not_see_the_key(lyria, store, caplog):
    caplog.set_level(logging.DEBUG)
    lyria.manners = [Manner(), Manner(closes=(1008, f"who is {KEY}?"))]
    settings = Settings(config="lyria", overrides=LITTLE)
    generate_flow(GenerationRequest(prompt="slow piano", seed=3), settings, consent=True)
    with pytest.raises(ServiceError, match=r"who is \*+\?"):
        generate_flow(GenerationRequest(prompt="slow piano", seed=4), settings, consent=True)
    APILogHandler().flush()
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs() + client.read_task_runs()
        seen = [
            one.model_dump_json() for one in runs + client.read_artifacts() + client.read_logs()
        ]
    assert any("slow piano" in one for one in seen)
    assert any("Finished in state Failed" in one or "who is" in one for one in seen)
    assert not [one for one in (*seen, caplog.text) if KEY in one]
