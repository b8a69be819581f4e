"""What the tests of hosted models share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lyria_server import LyriaServer, lyria_server


@pytest.fixture
def lyria(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LyriaServer]:
    """A server that speaks as Lyria does, which google-genai is led to."""
    with lyria_server(tmp_path, monkeypatch) as server:
        yield server
