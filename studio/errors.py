"""Requests that are refused; each kind has its status."""

from typing import ClassVar

from resonance_core.errors import ResonanceError


class RefusedError(ResonanceError):
    """Base of every refusal.

    Attributes:
        status: Of the answer.
        headers: Of the answer.
    """

    status: ClassVar[int] = 400

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says beside its body."""
        return {}


class HostError(RefusedError):
    """The request is addressed to a name that is not the service's."""


class KeyNeededError(RefusedError):
    """The API key is missing or wrong."""

    status = 401

    @property
    def headers(self) -> dict[str, str]:
        """The scheme that is asked for, as RFC 9110 wants it."""
        return {"WWW-Authenticate": "Bearer"}


class OriginError(RefusedError):
    """A page of another site asks for a change."""

    status = 403


class UnknownError(RefusedError):
    """There is nothing at this address."""

    status = 404


class ConflictError(RefusedError):
    """What is there does not allow it now."""

    status = 409


class GoneError(RefusedError):
    """It was here, and is no more."""

    status = 410


class TooLargeError(RefusedError):
    """More bytes than are taken."""

    status = 413


class UnusableError(RefusedError):
    """What was sent cannot be used."""

    status = 422


class BusyError(RefusedError):
    """Too many jobs wait already."""

    status = 429

    @property
    def headers(self) -> dict[str, str]:
        """When to ask again, in seconds."""
        return {"Retry-After": "10"}
