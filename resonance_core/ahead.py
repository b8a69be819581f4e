"""Work ahead and behind on threads, so that whoever stands between waits for neither."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from queue import Empty, Queue
from threading import Event
from typing import Any, TypeVar

Item = TypeVar("Item")

_END = object()


def ahead(
    sources: Sequence[Generator[Item, None, None]], *, threads: int, depth: int
) -> Generator[Item, None, None]:
    """Yield the items of all sources, source after source, worked out ahead on threads.

    Args:
        sources: Each runs on one thread, and the next ones at the same time on others.
        threads: How many run at once.
        depth: How many items of each may wait to be taken.

    Raises:
        Exception: What a source raises, when its turn comes.
    """
    stopped = Event()
    # One more than depth: a source that is stopped may still put an item, and then the end.
    queues: list[Queue[Any]] = [Queue(depth + 1) for _ in sources]

    def run(source: Generator[Item, None, None], queue: Queue[Any]) -> None:
        try:
            with closing(source):
                for item in source:
                    queue.put(item)
                    if stopped.is_set():
                        return
        finally:
            queue.put(_END)

    with ThreadPoolExecutor(threads) as pool:
        runs = [pool.submit(run, *one) for one in zip(sources, queues, strict=True)]
        try:
            for queue, done in zip(queues, runs, strict=True):
                yield from iter(queue.get, _END)
                done.result()
        finally:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for queue in queues:
                _empty(queue)


@contextmanager
def behind(
    consume: Callable[[Iterator[Item]], object], *, depth: int
) -> Iterator[Callable[[Item], None]]:
    """Have items consumed on a thread behind whoever puts them, and wait for it in the end.

    Args:
        consume: Gets an iterator over the items.
        depth: How many items may wait to be consumed.

    Yields:
        What puts an item; it raises what ``consume`` raised.
    """
    items: Queue[Any] = Queue(depth)
    broken = Event()

    def run() -> None:
        arriving = iter(items.get, _END)
        try:
            consume(arriving)
        except BaseException:
            broken.set()
            for _ in arriving:
                pass  # so that nobody waits for room
            raise

    with ThreadPoolExecutor(1) as pool:
        consumed = pool.submit(run)

        def put(item: Item) -> None:
            if broken.is_set():
                items.put(_END)
                consumed.result()
            items.put(item)

        try:
            yield put
        finally:
            items.put(_END)
        consumed.result()


def _empty(queue: Queue[Any]) -> None:
    while True:
        try:
            queue.get_nowait()
        except Empty:
            return
