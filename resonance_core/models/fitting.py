"""Batches that fit the device: where memory does not suffice, a batch is done in halves."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import torch

from resonance_core.errors import ModelError
from resonance_core.gpu import is_out_of_memory, release_memory

log = logging.getLogger(__name__)

Found = TypeVar("Found")
Rows = Sequence[int]


class FittingBatches:
    """Does batches of rows, and learns how many a device takes at once.

    Args:
        device: Where they are done.

    Attributes:
        most: As many rows as were seen to fit, once more did not; None until then.
    """

    def __init__(self, device: torch.device) -> None:
        self.most: int | None = None
        self._device = device

    def run(
        self, batches: Iterable[Rows], do: Callable[[Rows], Found], *, again: bool = True
    ) -> Iterator[tuple[Rows, Found]]:
        """Yield the rows of each batch, or of its parts, and what was done with them.

        Args:
            batches: Rows that may be done at once, and may as well be done apart.
            do: Does some of them.
            again: Whether it may begin anew with half of the rows; else what does not fit is an
                error, after which smaller batches are done from the start.

        Raises:
            ModelError: A single row does not fit, or several that may not be begun anew.
        """
        waiting = deque(batches)
        while waiting:
            rows = waiting.popleft()
            if self.most is not None and len(rows) > self.most:
                waiting.extendleft(reversed([rows[: self.most], rows[self.most :]]))
                continue
            try:
                found = do(rows)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                if len(rows) == 1:
                    raise ModelError(
                        f"the memory of {self._device} does not suffice for a single row",
                        "Close what else uses it, ask for shorter music, compute in half "
                        "precision (--set model.dtype=bfloat16), or use a smaller model",
                    ) from error
                self.most = len(rows) // 2
                problem = f"the memory of {self._device} does not suffice for {len(rows)} at once"
                if not again:
                    raise ModelError(problem, f"Ask again: {self.most} are tried then") from error
            else:
                yield rows, found
                continue
            # Out of the handler: until here the error held on to all that the pass had taken.
            release_memory(self._device)
            waiting.appendleft(rows)
            log.warning(
                "%s: going on with %d; RESONANCE_BATCH_SIZE=%d starts with as many",
                *(problem, self.most, self.most),
            )
