"""Listeners: ``python -m benchmarks.listeners ADDRESS`` prints how long their requests took.

A program of its own, for what else is loaded in a process would show in its figures.
"""

import asyncio
import json
import sys
import time

import aiohttp

LISTENERS = 50
POLLS = ("/jobs/{job}", "/health", "/jobs/{job}", "/creations", "/jobs/{job}", "/jobs")
"""What a listener's page asks for, one after another."""
EVERY_S = 0.5
"""From one answer to the next question."""
LASTS_S = 20.0


class Listeners:
    """Everybody who listens to one piece while it is made.

    Args:
        client: Of the service.
        job: The piece's.

    Attributes:
        took: How long requests took, in seconds, by what was asked for; of streams, until their
            first bytes.
    """

    def __init__(self, client: aiohttp.ClientSession, job: str) -> None:
        self._client, self._job = client, job
        self._over = asyncio.Event()
        self.took: dict[str, list[float]] = {}

    async def listen(self) -> None:
        """Let all of them come, one after another, stay, and leave."""
        listeners = []
        for number in range(LISTENERS):
            listeners.append(asyncio.create_task(self._listener(number)))
            await asyncio.sleep(EVERY_S / LISTENERS)
        await asyncio.sleep(LASTS_S)
        self._over.set()
        await asyncio.gather(*listeners)

    async def _listener(self, number: int) -> None:
        streams = [asyncio.create_task(self._stream(kind)) for kind in ("events", "audio")]
        turn = number
        while not self._over.is_set():
            await self._ask(POLLS[turn % len(POLLS)])
            turn += 1
            await asyncio.sleep(EVERY_S)
        await asyncio.gather(*streams)

    async def _ask(self, path: str) -> None:
        started = time.perf_counter()
        async with self._client.get(path.format(job=self._job)) as answer:
            await answer.read()
            answer.raise_for_status()
        self._keep(path, started)

    async def _stream(self, kind: str) -> None:
        started = time.perf_counter()
        async with self._client.get(f"/jobs/{self._job}/{kind}") as answer:
            answer.raise_for_status()
            await answer.content.readany()
            self._keep(kind, started)
            while not self._over.is_set():
                try:
                    await asyncio.wait_for(answer.content.readany(), EVERY_S)
                except TimeoutError:
                    continue

    def _keep(self, name: str, started: float) -> None:
        self.took.setdefault(name, []).append(time.perf_counter() - started)


async def listen(address: str) -> dict[str, list[float]]:
    """Have a piece made, and return how long its listeners' requests took.

    Args:
        address: Of the service.
    """
    no_limit = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=no_limit, raise_for_status=True) as client:
        short = {"prompt": "calm piano", "duration_s": 0.5, "seed": 5}
        async with client.post("/generations?wait=true", json=short):
            pass  # the model is loaded now
        async with client.post("/generations", json={**short, "duration_s": 120}) as answer:
            job = (await answer.json())["id"]
        listeners = Listeners(client, job)
        await listeners.listen()
        async with client.delete(f"/jobs/{job}"):
            return listeners.took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(listen(sys.argv[1]))))
