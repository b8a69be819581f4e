import asyncio

import pytest

from studio import watching
from studio.watching import Seen, Watches


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are looked at all the time."""
    monkeypatch.setattr(watching, "WATCH_EVERY_S", 0.001)


class Story:
    """A job that is at another place each time that somebody looks."""

    def __init__(self, *versions: str) -> None:
        self.looks = 0
        self._seen = [Seen(version, version, version == versions[-1]) for version in versions]

    async def look(self) -> Seen:
        self.looks += 1
        return self._seen[min(self.looks, len(self._seen)) - 1]


async def versions(watches: Watches, story: Story, told: str | None = None) -> list[str]:
    """What one watcher is told."""
    return [seen.version async for seen in watches.follow("job", told, story.look)]


def test_one_looks_for_all_who_watch():
    story = Story("queued", "half", "half", "done")

    async def watch() -> list[list[str]]:
        watches = Watches()
        return await asyncio.gather(*(versions(watches, story) for _ in range(50)))

    assert asyncio.run(watch()) == [["queued", "half", "done"]] * 50
    assert story.looks == 4


def test_who_comes_back_is_told_only_what_is_new():
    async def watch() -> tuple[list[str], list[str]]:
        watches = Watches()
        return (
            await versions(watches, Story("half", "done"), "half"),
            await versions(watches, Story("done"), "done"),
        )

    assert asyncio.run(watch()) == (["done"], [])


def test_nobody_looks_when_nobody_watches():
    story = Story("queued", *("half" for _ in range(1000)), "done")

    async def watch() -> int:
        watches = Watches()
        following = watches.follow("job", None, story.look)
        await anext(following)
        await following.aclose()
        looks = story.looks
        await asyncio.sleep(0.02)
        return story.looks - looks

    assert asyncio.run(watch()) == 0


def test_what_keeps_a_job_from_being_seen_reaches_all_who_watch():
    async def fail() -> Seen:
        raise KeyError("job")

    async def watch() -> list[object]:
        watches = Watches()

        async def follow() -> None:
            async for _ in watches.follow("job", None, fail):
                pass

        return await asyncio.gather(*(follow() for _ in range(3)), return_exceptions=True)

    assert [type(error) for error in asyncio.run(watch())] == [KeyError] * 3
