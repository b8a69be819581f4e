"""Cancelling: long work asks at every step whether it is still wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], object]] = ContextVar("check", default=lambda: None)


@contextmanager
def cancellable(check: Callable[[], object]) -> Iterator[None]:
    """Have the work of a context ask, before it takes a device and at each frame, to go on.

    Args:
        check: Is called in the thread that works. What it raises ends the work, of which nothing
            is kept.
    """
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def check_wanted() -> None:
    """Return if the work of this context is still wanted, and raise what its caller raises else."""
    _check.get()()
