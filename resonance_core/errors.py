"""The errors people see: what is wrong, with which value, and what to do."""

import re
from typing import ClassVar

UNDECODED = re.compile("[\ud800-\udfff]")
"""What Python puts into a path for bytes that are no text; no JSON and no terminal takes it."""


class ResonanceError(Exception):
    """Base of every expected error; its text is written for the person who reads it.

    Attributes:
        problem: What is wrong and with which value.
        remedy: What to do about it; empty where nothing can be done.
        exit_code: What a command ends with: 1 where work failed, 2 where the input is at fault.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem, self.remedy = (UNDECODED.sub("\ufffd", text) for text in (problem, remedy))
        super().__init__(self.problem, self.remedy)

    def __str__(self) -> str:
        return " ".join(_sentence(text) for text in (self.problem, self.remedy) if text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


class ConfigError(ResonanceError):
    """A configuration value or name that cannot be used."""

    exit_code = 2


class SourceError(ResonanceError):
    """A playlist source that cannot be listed."""

    exit_code = 2


class TrackError(ResonanceError):
    """One track that cannot be used; it never ends a run."""


class TransientSourceError(SourceError):
    """A source that could not be listed now; another try may succeed."""


class TransientTrackError(TrackError):
    """A track that could not be fetched now; another try may succeed."""


class ModelError(ResonanceError):
    """A model that cannot be found, loaded, or asked for what it was asked for."""

    exit_code = 2


class StoreError(ResonanceError):
    """A store that cannot be read or written; it ends a run."""


class NotInStoreError(StoreError):
    """A key or name that the store does not hold."""

    exit_code = 2


class ServiceError(ResonanceError):
    """A hosted service that cannot be reached, fails, or answers with what cannot be used."""


class CalibrationError(ResonanceError):
    """A direction with no strength at which the model still makes usable audio."""
