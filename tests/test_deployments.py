"""Does every deployment fit the flow that it runs?"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

import flows
from flows.stack_server import POOL

DEPLOYMENTS = yaml.safe_load((Path(__file__).parent.parent / "prefect.yaml").read_text())[
    "deployments"
]
FIELDS = 2
"""How deep a form may nest: a parameter, and its fields."""


@pytest.fixture(params=DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def deployment(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each deployment in turn."""
    return request.param


@pytest.fixture
def flow(deployment) -> Flow[..., Any]:
    """The flow that it runs."""
    return load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)


def test_every_flow_has_one_deployment():
    modules = [
        importlib.import_module(f"flows.{module.name}")
        for module in pkgutil.iter_modules(flows.__path__)
    ]
    known = {
        value.name for module in modules for value in vars(module).values() if type(value) is Flow
    }
    assert sorted(one["name"] for one in DEPLOYMENTS) == sorted(known)


def test_it_runs_the_flow_of_its_name(deployment, flow):
    assert deployment["name"] == flow.name


def test_its_parameters_are_what_the_flow_takes(deployment, flow):
    flow.validate_parameters(deployment.get("parameters", {}))


def test_it_is_described_and_limited(deployment):
    assert deployment["description"].endswith(".")
    assert deployment["tags"]
    assert deployment["work_pool"]["name"] == POOL
    assert deployment["concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_limit"]["collision_strategy"] in {"ENQUEUE", "CANCEL_NEW"}
    assert deployment["enforce_parameter_schema"]


def test_its_schedules_can_be_read(deployment):
    for schedule in deployment.get("schedules", []):
        assert CronSchedule(**schedule).timezone


def test_its_form_is_plain_and_explained(flow):
    schema = parameter_schema(flow).model_dump()
    for name, parameter in schema["properties"].items():
        assert parameter.get("description"), name
        assert_plain(name, parameter, schema["definitions"], FIELDS)


def assert_plain(name: str, field: dict[str, Any], definitions: dict[str, Any], depth: int) -> None:
    """Fail if a form cannot show a field as text, a number, a switch, or a list or map of those."""
    assert depth, f"{name} is nested too deeply"
    if reference := field.get("$ref") or field.get("allOf", [{}])[0].get("$ref"):
        field = definitions[reference.rpartition("/")[2]]
    if "properties" in field:
        for inner, value in field["properties"].items():
            assert value.get("description"), f"{name}.{inner}"
            assert_plain(f"{name}.{inner}", value, definitions, depth - 1)
        return
    kinds = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    assert len(kinds) == 1, f"{name} can be of several kinds"
    kind = kinds[0].get("items") or kinds[0].get("additionalProperties") or kinds[0]
    assert kind.get("type") in {"string", "number", "integer", "boolean"}, name
