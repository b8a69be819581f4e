"""A store that is only read: what would be made if it were not there is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from resonance_core.errors import NotInStoreError
from resonance_core.keys import StageRequest
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store


class ReadOnlyStore(Store):
    """A store with which stages find what they made before, and make nothing."""

    def build(self, request: StageRequest, make: Callable[[Path], dict[str, Any]]) -> Outcome:
        """Return a request's artifact.

        Raises:
            NotInStoreError: It is not there whole.
        """
        if (record := self.find(request)) is None:
            raise NotInStoreError(
                f"the store {self.root} does not hold this {request.stage}", "Make it first"
            )
        return Outcome(record=record, hit=True)
