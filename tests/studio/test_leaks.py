"""A long evening at the studio leaves nothing behind but its pieces."""

import gc
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from fastapi.testclient import TestClient

from resonance_core.config import RuntimeConfig
from resonance_core.models.decoding import Decoding
from resonance_core.models.registry import load_model
from resonance_core.models.streaming import Stretches
from resonance_core.steering.inject import Injection
from studio.queue import Work

TEXTS = ("more bass", "a bit less energy", "much more bass", "calmer", "less bass", "more energy")


class Evening:
    """What a listener does: says what shall be different, and moves sliders without waiting."""

    def __init__(self, client: TestClient, ended: Callable[[str], dict[str, Any]]) -> None:
        self._client, self._ended = client, ended
        self.sliders: dict[str, float] = {}
        self.made: list[str] = []
        self._seed = 0
        self._last: str | None = None
        asked = {"prompt": "calm piano", "duration_s": 1, "seed": 1}
        self._wait(client.post("/generations", json=asked).headers["Location"])

    def say(self, text: str) -> None:
        """Refine the last piece with words, and wait for the variant."""
        body = {"text": text, "sliders": self.sliders}
        self.sliders = self._client.post(f"{self.made[-1]}/refine", json=body).json()["positions"]
        self._wait(self._vary())

    def move(self, name: str, position: float) -> None:
        """Move a slider, which makes a variant and cancels the one before."""
        self.sliders = {**self.sliders, name: position}
        before, self._last = self._last, self._vary()
        if before is not None:
            self._client.delete(before)
            self._wait(before)

    def rest(self) -> None:
        """Wait for the last move's piece."""
        assert self._last is not None
        self._wait(self._last)
        self._last = None

    def _vary(self) -> str:
        self._seed += 1
        change = {"sliders": self.sliders, "seed": self._seed, "duration_s": 1}
        answer = self._client.post(f"{self.made[-1]}/variants", json=change)
        assert answer.status_code == 202, answer.text
        return answer.headers["Location"]

    def _wait(self, location: str) -> None:
        job = self._ended(location)
        assert job["state"] in ("completed", "cancelled"), job["reason"]
        if job["state"] == "completed":
            self.made.append(job["location"])


def rss() -> int:
    """What this process holds, in bytes."""
    gc.collect()
    return psutil.Process().memory_info().rss


def alive(*kinds: type) -> list[object]:
    """What there is of some kinds in this process."""
    gc.collect()
    return [one for one in gc.get_objects() if issubclass(type(one), kinds)]


@pytest.mark.parametrize(
    ("texts", "moves"), [(4, 20), pytest.param(20, 100, marks=pytest.mark.slow)]
)
def test_an_evening_leaves_nothing_but_its_pieces(client, ended, quick, texts, moves):
    evening = Evening(client, ended)

    def pass_by(texts: int, moves: int) -> None:
        for number in range(texts):
            evening.say(TEXTS[number % len(TEXTS)])
        for number in range(moves):
            evening.move(("bass", "energy")[number % 2], (number % 19 - 9) / 10)
        evening.rest()

    pass_by(len(TEXTS), 20)
    before = rss()
    pass_by(texts, moves)
    assert rss() < 1.05 * before

    library = client.get("/creations", params={"limit": 200}).json()
    kept = [f"/creations/{one['id']}" for one in library["creations"]]
    assert sorted(kept) == sorted(evening.made)
    assert len(kept) >= 1 + len(TEXTS) + 1 + texts + 1
    assert all(client.get(f"{place}/audio").status_code == 200 for place in kept)

    assert alive(Work, Decoding, Injection, Stretches) == []
    model = load_model(quick.model, RuntimeConfig())
    hooked = [part for part in model.model.modules() if part._forward_hooks]
    assert hooked == []
