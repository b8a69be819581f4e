"""Jobs: how far each run has come, kept in the store where anybody can read it while it runs."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from filelock import Timeout
from pydantic import BaseModel, Field, ValidationError, computed_field

from resonance_core.errors import StoreError
from resonance_core.store.store import Store

JobState = Literal[
    "queued",
    "downloading",
    "preprocessing",
    "extracting",
    "generating",
    "uploading",
    "completed",
    "failed",
    "cancelled",
]
JobKind = Literal["ingest", "generation", "concept", "calibration", "impression"]
FINAL = frozenset({"completed", "failed", "cancelled"})
TrackState = Literal["waiting", "downloaded", "preprocessed", "extracted", "failed"]
NEXT: dict[TrackState, JobState] = {
    "waiting": "downloading",
    "downloaded": "preprocessing",
    "preprocessed": "extracting",
    "extracted": "extracting",  # directions and ranges are still to be made
    "failed": "extracting",
}
"""What a job is at while its last track is in a state, from the first state on."""
FOLDER = "jobs"
LOST = "the process that worked on it was killed; run it again to go on where it was"
WRITE_EVERY_S = 1.0
"""The least time between two writes while the state stays the same, in seconds."""


class JobTrack(BaseModel):
    """How far one track has come."""

    title: str
    state: TrackState = "waiting"
    reason: str | None = None
    """Why it failed, in words."""


class Job(BaseModel):
    """One run, and how far it has come."""

    id: str
    """Where nobody named it before the run began, that of the Prefect flow run."""
    kind: JobKind = "ingest"
    run: str | None = None
    """The Prefect flow run, if there is one."""
    request: str | None = None
    """Digest of all that was asked for; the same work has the same."""
    source: str
    """Of an ingest, where the music is; of others, what is made, in words."""
    name: str | None = None
    state: JobState = "queued"
    step: str | None = None
    """What is being prepared meanwhile, in words; None where the state says it all."""
    reason: str | None = None
    """Why it did not complete, in words."""
    progress: float | None = None
    """Share of a piece that can be heard, 0-1; None where tracks are counted, or nothing is."""
    result: str | None = None
    """What a completed job led to: a playlist's name, a creation's id, or a key."""
    creations: list[str] = []
    """Of a generation, all its takes in their order; ``result`` is the first."""
    parent: str | None = None
    """Of a variant, the creation that it is made from."""
    tracks: list[JobTrack] = []
    """Empty until the source is listed."""
    owner: str = ""
    """Of several that share the store, who works on it."""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def counts(self) -> dict[TrackState, int]:
        """How many tracks are in each state."""
        states = [track.state for track in self.tracks]
        return {state: states.count(state) for state in NEXT}


class RunningJob:
    """The job of a run of this process, derived from what its tracks' stages have done."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store = store
        self._job = job
        self._changing = threading.Lock()
        self._written = 0.0

    def list_tracks(self, titles: Sequence[str]) -> None:
        """Say what the source holds."""
        with self._changing:
            self._job.tracks = [JobTrack(title=title) for title in titles]
            self._write()

    def advance(self, position: int, state: TrackState, reason: str | None = None) -> None:
        """Say how far one track has come; from any thread."""
        with self._changing:
            track = self._job.tracks[position]
            track.state, track.reason = state, reason
            order = list(NEXT)
            last = min((one.state for one in self._job.tracks), key=order.index)
            moved = NEXT[last] != self._job.state
            self._job.state = NEXT[last]
            if moved or time.monotonic() >= self._written + WRITE_EVERY_S:
                self._write()

    def move_to(self, state: JobState, reason: str | None = None) -> None:
        """Say what the run is at now, apart from its tracks."""
        with self._changing:
            if state != "queued":
                self._job.started_at = self._job.started_at or datetime.now(UTC)
            if state in FINAL:
                self._job.ended_at = datetime.now(UTC)
            self._job.step, self._job.reason = None, reason
            self._job.state = state  # last: whoever sees it meanwhile sees all that comes with it
            self._write()

    def at(self, step: str | None) -> None:
        """Say in words what is being prepared, while the state stays; None for nothing."""
        with self._changing:
            if step != self._job.step:
                self._job.step = step
                self._write()

    def play(self, progress: float) -> None:
        """Say how much of the piece can be heard, 0-1; from any thread."""
        with self._changing:
            self._job.progress = progress
            if time.monotonic() >= self._written + WRITE_EVERY_S:
                self._write()

    def end_with(self, result: str) -> None:
        """Say what it led to; it is written when the job ends."""
        self._job.result = result

    def _write(self) -> None:
        save_job(self._store, self._job)
        self._written = time.monotonic()


@contextmanager
def running_job(store: Store, job: Job, state: JobState = "downloading") -> Iterator[RunningJob]:
    """Keep a job in the store until the end of the context, and then how it ended.

    Meanwhile this process holds a lock, which the kernel releases however the process ends: so a
    job that nobody works on any more can be told from one that takes its time.

    Args:
        store: Takes its file.
        job: What shall be done.
        state: What it is at first.

    Raises:
        StoreError: The store cannot be written.
    """
    job.owner = store.owner
    running = RunningJob(store, job)
    with store.locked(_lock(job)):
        running.move_to(state)
        try:
            yield running
        except BaseException as error:
            cancelled = not isinstance(error, Exception)
            # The store may be what failed; then the job is closed as a lost one later.
            with suppress(StoreError):
                words = str(error) or type(error).__name__
                running.move_to("cancelled" if cancelled else "failed", words)
            raise
        running.move_to("completed")


def close_lost_jobs(store: Store) -> list[Job]:
    """Close the jobs of this store's owner that nobody works on any more, and return them.

    Raises:
        StoreError: The store cannot be written.
    """
    return close_lost(list_jobs(store), store)


def close_lost(jobs: Iterable[Job], store: Store) -> list[Job]:
    """Close those of some jobs of this store's owner that nobody works on, and return them.

    Raises:
        StoreError: The store cannot be written.
    """
    lost = []
    for job in jobs:
        if not _is_open(job, store):
            continue
        try:
            with store.locked(_lock(job), timeout_s=0):
                # Read again, for it may have ended after it was listed.
                now = read_job(store, _file(job))
                if now is not None and _is_open(now, store):
                    now.state, now.reason, now.ended_at = "failed", LOST, datetime.now(UTC)
                    save_job(store, now)
                    lost.append(now)
        except Timeout:
            continue
    return lost


def save_job(store: Store, job: Job) -> None:
    """Write a job in place of what was there.

    Raises:
        StoreError: The store cannot be written.
    """
    job.updated_at = datetime.now(UTC)
    store.write_whole(_file(job), job.model_dump_json(indent=1))


def list_jobs(store: Store) -> list[Job]:
    """Return all jobs, the newest first; a damaged one is left out, for it says nothing."""
    read = (read_job(store, name) for name in store.list_whole(FOLDER))
    found = [job for job in read if job is not None]
    return sorted(found, key=lambda job: job.created_at, reverse=True)


def read_job(store: Store, name: str) -> Job | None:
    """Return the job in a file, or None where there is none or it is damaged."""
    held = store.read_whole(name)
    try:
        return None if held is None else Job.model_validate_json(held)
    except ValidationError:
        return None


def forget_job(store: Store, job_id: str) -> None:
    """Remove a job's file; what the job led to stays.

    Raises:
        StoreError: The store cannot be written.
    """
    store.forget_whole(f"{FOLDER}/{job_id}.json")


def load_job(store: Store, job_id: str) -> Job | None:
    """Return a job, or None where there is none or it is damaged.

    Args:
        store: Where it is kept.
        job_id: A UUID; nothing else names a job's file.
    """
    try:
        return read_job(store, f"{FOLDER}/{UUID(job_id)}.json")
    except ValueError:  # no UUID
        return None


def _is_open(job: Job, store: Store) -> bool:
    """Say whether a job of this store's owner has not ended."""
    return job.state not in FINAL and job.owner == store.owner


def _file(job: Job) -> str:
    return f"{FOLDER}/{job.id}.json"


def _lock(job: Job) -> str:
    return f"job-{job.id}"
