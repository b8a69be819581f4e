"""Reading settings, and saying what is wrong with them.

A pipeline config is read from YAML, then overridden by the environment
(``RESONANCE__EXTRACT__MELODY=false``), then by the command line (``extract.melody=false``).
"""

import difflib
import importlib.resources
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from resonance_core.config import PipelineConfig
from resonance_core.errors import ConfigError

ENVIRONMENT_PREFIX = "RESONANCE__"


def load_config(
    path: Path | str | None = None,
    overrides: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> PipelineConfig:
    """Read a pipeline config and apply overrides.

    Args:
        path: A YAML file, or the name of one that ships (``nano``, ``melody-large``, ``lyria``).
            The default is ``nano``.
        overrides: ``part.field=value`` texts; values are read as YAML.
        environment: Where ``RESONANCE__PART__FIELD`` variables are read from;
            the process's environment by default.

    Raises:
        ConfigError: A file, field or value that cannot be used.
    """
    origin, text = _read(path if path is not None else "nano")
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{origin} is not valid YAML: {error}", "Correct the file") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{origin} must hold a mapping of stages to settings", "See configs/")
    origins: dict[str, str] = {}  # of what does not come from the file
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith(ENVIRONMENT_PREFIX):
            dotted = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
            _assign(values, dotted, value, given=name)
            origins[dotted] = name
    for override in overrides:
        dotted, equals, value = override.partition("=")
        if not equals:
            raise ConfigError(
                f"override {override!r} has no '='", "Write part.field=value, as chunk.hop_s=5"
            )
        _assign(values, dotted.strip(), value, given=override)
        origins[dotted.strip()] = "the settings given"
    try:
        return PipelineConfig.model_validate(values)
    except ValidationError as error:
        at = f"{_location(error)}."
        given = (name for dotted, name in origins.items() if _overlap(at, f"{dotted}."))
        raise explain(error, next(given, origin), PipelineConfig) from error


def parse_config(values: dict[str, Any], origin: str = "the config") -> PipelineConfig:
    """Validate plain values into a pipeline config.

    Raises:
        ConfigError: Naming the first field that cannot be used and the closest known name.
    """
    try:
        return PipelineConfig.model_validate(values)
    except ValidationError as error:
        raise explain(error, origin, PipelineConfig) from error


def _read(path: Path | str) -> tuple[str, str]:
    """Return a config's name for messages, and its text."""
    shipped = {
        entry.name.removesuffix(".yaml"): entry.read_text()
        for entry in importlib.resources.files("configs").iterdir()
        if entry.name.endswith(".yaml")
    }
    if _is_pipeline(shipped.get(str(path), "")):
        return f"configs/{path}.yaml", shipped[str(path)]
    file = Path(path)
    if not file.is_file():
        pipelines = sorted(name for name, text in shipped.items() if _is_pipeline(text))
        raise ConfigError(
            f"there is no config file {str(path)!r}",
            f"Give a YAML file, or one of: {', '.join(pipelines)}",
        )
    try:
        return str(file), file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}", "Give a YAML file") from error


def _is_pipeline(text: str) -> bool:
    """Return whether a file holds the settings of stages; concepts and ladder lie beside them."""
    values = yaml.safe_load(text)
    return isinstance(values, dict) and values.keys() <= PipelineConfig.model_fields.keys()


def _assign(values: dict[str, Any], dotted: str, text: str, given: str) -> None:
    """Set one nested value from its dotted name."""
    *parents, field = dotted.split(".")
    target = values
    for part in parents:
        nested = target.setdefault(part, {})
        if not isinstance(nested, dict):
            raise ConfigError(f"{given!r}: {part!r} is a value, not a group of settings")
        target = nested
    try:
        target[field] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{given!r}: the value is not valid YAML", "Quote it") from error


def _location(error: ValidationError) -> str:
    """Return the dotted name of what failed first."""
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def _overlap(one: str, other: str) -> bool:
    """Return whether of two dotted names one lies in the other."""
    return one.startswith(other) or other.startswith(one)


def explain(error: ValidationError, origin: str, model: type[BaseModel]) -> ConfigError:
    """Return the first failure of a validation in words, with the closest known name.

    Args:
        error: What pydantic found.
        origin: Where the values came from, for people.
        model: What they were validated as.
    """
    failure = error.errors()[0]
    location = _location(error)
    if failure["type"] != "extra_forbidden":
        why = failure["msg"].removeprefix("Value error, ")
        if isinstance(failure["input"], dict):  # what is wrong lies between several values
            return ConfigError(f"{origin}: {f'{location}: ' if location else ''}{why}")
        return ConfigError(
            f"{origin}: {location or 'value'} = {failure['input']!r} cannot be used: {why}"
        )
    group: Any = model
    for part in failure["loc"][:-1]:
        # A mapping's entries have names of their own.
        is_mapping = get_origin(group) is dict
        group = get_args(group)[1] if is_mapping else group.model_fields[part].annotation
    known = list(group.model_fields)
    closest = difflib.get_close_matches(str(failure["loc"][-1]), known, n=1)
    hint = f"Did you mean {closest[0]!r}?" if closest else f"Known names: {', '.join(known)}"
    return ConfigError(f"{origin}: there is no setting {location!r}", hint)
