"""What the two set-up commands rest on."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flows import PREFECT_SETTINGS
from flows.evaluation_report import TEMPLATE

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_dependency_is_pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.+]+", pin) for pin in pins)
    names = {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}
    extras = PROJECT["project"]["optional-dependencies"]
    lines = PROJECT["project"]["dependencies"] + extras["dev"] + extras["training"]
    wanted = [Requirement(line) for line in lines]
    for own in [one for one in wanted if one.name == "resonance"]:  # names extras of ours
        wanted.remove(own)
        wanted += [Requirement(line) for extra in own.extras for line in extras[extra]]
    assert {one.name.lower() for one in wanted} <= names


def test_what_audiocraft_takes_is_pinned_and_nothing_that_is_pinned_already():
    pins, extra = (
        [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        for name in ("constraints.txt", "requirements-audiocraft.txt")
    )
    assert all(re.fullmatch(r"[\w.-]+==[\w.+]+", pin) for pin in filter(None, extra))
    names = [
        {canonicalize_name(pin.partition("==")[0]) for pin in file if pin} for file in (pins, extra)
    ]
    assert "audiocraft" in names[1]
    assert not names[0] & names[1]


def test_what_the_code_reads_is_in_the_package():
    shipped = PROJECT["tool"]["setuptools"]["package-data"]
    found = {
        path
        for package, patterns in shipped.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    read = [
        *(ROOT / "resonance_core").rglob("weights/*"),
        *(ROOT / "configs").glob("*.yaml"),
        ROOT / "flows" / TEMPLATE,
    ]
    assert {"nano.safetensors", "original.safetensors", "model.safetensors"} <= {
        path.name for path in read
    }
    assert set(read) <= found


def test_prefects_settings_are_the_same_for_its_commands_and_for_ours():
    server = PROJECT["tool"]["prefect"]["server"]
    recorder = server["services"]["task_run_recorder"]
    assert {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(
            server["ephemeral"]["startup_timeout_seconds"]
        ),
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": str(recorder["batch_size"]),
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": str(
            recorder["read_batch_size"]
        ),
        "PREFECT_SERVER_ANALYTICS_ENABLED": str(server["analytics_enabled"]).lower(),
    } == PREFECT_SETTINGS
