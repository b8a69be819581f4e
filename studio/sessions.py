"""Sessions: each browser that had the key has one, until it ends it or its days are over."""

import secrets
import threading
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, TimestampSigner
from pydantic import TypeAdapter, ValidationError

from resonance_core.errors import StoreError
from resonance_core.store.store import Store

LASTS = timedelta(days=30)
"""How long a session lasts at most."""
ENDED = "sessions/ended.json"
"""Says until when each session would have lasted that was ended before."""
_Ended = TypeAdapter(dict[str, datetime])


class Sessions:
    """The sessions of a service with a key.

    Only those are written down that were ended: a session is its id, signed with the key. So it
    outlives the service, and another key ends all.

    Args:
        key: The API key.
        store: Holds which have been ended. It is read once, for every request asks.

    Raises:
        StoreError: The store cannot be read, or what it holds is damaged.
    """

    def __init__(self, key: str, store: Store) -> None:
        self._signer = TimestampSigner(key, salt="session")
        self._store = store
        self._ended = _read(store)
        self._ending = threading.Lock()

    def begin(self) -> str:
        """Return a new session, as its cookie holds it."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode()

    def is_open(self, cookie: str) -> bool:
        """Say whether a cookie holds a session that lasts."""
        found = self._find(cookie)
        return found is not None and found[0] not in self._ended

    def end(self, cookie: str) -> None:
        """End the session that a cookie holds, if it holds one.

        Raises:
            StoreError: The store cannot be written; until the service ends it counts as ended.
        """
        if (found := self._find(cookie)) is None:
            return
        session, began = found
        with self._ending:
            now = datetime.now(UTC)
            last = {one: until for one, until in self._ended.items() if until > now}
            self._ended = {**last, session: began + LASTS}
            self._store.write_whole(ENDED, _Ended.dump_json(self._ended, indent=1).decode())

    def _find(self, cookie: str) -> tuple[str, datetime] | None:
        """Return a session's id and when it began; None where it is none, or its days are over."""
        days = round(LASTS.total_seconds())
        try:
            session, began = self._signer.unsign(cookie, max_age=days, return_timestamp=True)
        except BadSignature:
            return None
        return session.decode(), began


def _read(store: Store) -> dict[str, datetime]:
    held = store.read_whole(ENDED)
    try:
        return {} if held is None else _Ended.validate_json(held)
    except ValidationError as error:
        raise StoreError(
            f"the list of ended sessions is damaged: {store.address(ENDED)}",
            "Remove the file, and set another RESONANCE_STUDIO_API_KEY, which ends all sessions",
        ) from error
