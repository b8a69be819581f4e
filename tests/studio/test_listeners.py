"""Many listeners at once; how fast they are answered is measured in ``benchmarks/studio.py``."""

import asyncio
import itertools
from collections import Counter

import httpx

from resonance_core.store.creations import list_creations
from resonance_core.store.jobs import list_jobs

LISTENERS = 50
PIECES = 10
LONG = {"prompt": "calm piano", "duration_s": 60, "seed": 99}


async def ask(client: httpx.AsyncClient, number: int) -> tuple[int, dict]:
    """Ask for one of the pieces, as each of several listeners does."""
    piece = number % PIECES
    wanted = {"prompt": f"piece {piece}", "duration_s": 0.2, "seed": piece}
    key = {"Idempotency-Key": f"piece-{piece}"}
    answer = await client.post("/generations", json=wanted, headers=key)
    assert answer.status_code == 202, answer.text
    return piece, answer.json()


async def listen(client: httpx.AsyncClient, job: str) -> list[int]:
    """Poll and stream until a job ends, and return the positions it was seen at."""

    async def hear() -> int:
        async with client.stream("GET", f"/jobs/{job}/audio") as answer:
            return len(await answer.aread())

    hearing, positions, state = asyncio.create_task(hear()), [], "queued"
    while state not in ("completed", "failed", "cancelled"):
        found, *others = await asyncio.gather(
            *(client.get(path) for path in (f"/jobs/{job}", "/health", "/creations", "/jobs"))
        )
        assert {answer.status_code for answer in others} == {200}
        state = found.json()["state"]
        if found.json()["position"] is not None:
            positions.append(found.json()["position"])
        await asyncio.sleep(0.3)
    assert state == "completed"
    assert await hearing == 44 + 2 * 6400
    return positions


async def evening(address: str) -> tuple[list[tuple[int, dict]], list[list[int]], list[int]]:
    """What fifty listeners are answered while a piece goes on, and when it has gone."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=address, timeout=120, limits=limits, follow_redirects=True
    ) as client:
        first = (await client.post("/generations", json=LONG)).json()["id"]
        asked = await asyncio.gather(*(ask(client, number) for number in range(LISTENERS)))
        waiting = [(await client.get(f"/jobs/{job['id']}")).json() for _, job in asked[:PIECES]]
        listening = [asyncio.create_task(listen(client, job["id"])) for _, job in asked]
        await asyncio.sleep(1)
        await client.delete(f"/jobs/{first}")
        positions = await asyncio.gather(*listening)
    return asked, positions, [job["position"] for job in waiting]


def test_nothing_runs_twice_and_everybody_knows_their_place(served, store):
    asked, positions, places = asyncio.run(evening(str(served.base_url)))
    jobs = {piece: {job["id"] for one, job in asked if one == piece} for piece in range(PIECES)}
    assert all(len(ids) == 1 for ids in jobs.values())
    assert sorted(places) == list(range(1, PIECES + 1))  # behind the one that goes on
    for seen in positions:
        assert all(later <= sooner for sooner, later in itertools.pairwise(seen))
    seeds = Counter(one.request["seed"] for one in list_creations(store))
    assert seeds == dict.fromkeys(range(PIECES), 1)
    assert len(list(store.records("generate"))) == PIECES
    order = {job.id: job for job in list_jobs(store)}
    started = sorted(order[next(iter(ids))].started_at for ids in jobs.values())
    by_place = [order[asked[number][1]["id"]].started_at for number in _by(places)]
    assert by_place == started


def _by(places: list[int]) -> list[int]:
    """Return the numbers of pieces in the order of their places."""
    return sorted(range(len(places)), key=places.__getitem__)
