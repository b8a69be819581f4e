"""The errors people see: what is wrong, with which value, and what to do."""

import importlib
from types import ModuleType


class ResonanceError(Exception):
    """Base of every expected error; its text is written for the person who reads it.

    Attributes:
        problem: What is wrong and with which value.
        remedy: What to do about it; empty where nothing can be done.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}".rstrip(". ") + "."


class ConfigError(ResonanceError):
    """A configuration value or name that cannot be used."""


class SourceError(ResonanceError):
    """A playlist source that cannot be listed."""


class TrackError(ResonanceError):
    """One track that cannot be used; it never ends a run."""


class ModelError(ResonanceError):
    """A model that cannot be found, loaded, or asked for what it was asked for."""


class StoreError(ResonanceError):
    """A store that cannot be read or written, or a key or name it does not hold."""


class CalibrationError(ResonanceError):
    """A direction with no strength at which the model still makes usable audio."""


class MissingDependencyError(ResonanceError):
    """An optional package that is not installed."""


def require(module: str, *, needed_for: str, install: str) -> ModuleType:
    """Import an optional dependency or say how to install it.

    Args:
        module: The module to import, such as ``"yt_dlp"``.
        needed_for: The step that needs it, as people would name it.
        install: The requirement to give to pip.

    Raises:
        MissingDependencyError: The module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"{needed_for} needs the package {module!r}, which is not installed",
            f"Run: pip install '{install}'",
        ) from error
