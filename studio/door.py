"""The door of a service that wants a key: programs send it, a browser has a cookie instead."""

import secrets

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from resonance_core.store.store import Store
from studio.sessions import Sessions

COOKIE = "resonance-session"


class Door:
    """Lets in who has the key, or a session that was begun with it.

    Args:
        key: The API key; None for a service that everybody may use.
        store: Keeps which sessions have been ended.

    Raises:
        StoreError: The store cannot be read.
    """

    def __init__(self, key: SecretStr | None, store: Store) -> None:
        self._key = key.get_secret_value() if key else None
        self._sessions = Sessions(self._key, store) if self._key else None

    @property
    def wants_key(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def fits(self, key: str) -> bool:
        """Say whether it is the key."""
        return secrets.compare_digest(key.encode(), (self._key or "").encode())

    def begin(self) -> str:
        """Return a cookie's value, for who had the key."""
        assert self._sessions is not None
        return self._sessions.begin()

    def end(self, request: HTTPConnection) -> None:
        """End the session of a request that carries one, wherever else its cookie may be.

        Raises:
            StoreError: The store cannot be written.
        """
        if self._sessions is not None:
            self._sessions.end(request.cookies.get(COOKIE, ""))

    def lets_in(self, request: HTTPConnection) -> bool:
        """Say whether a request carries the key, or the cookie of a session that lasts."""
        if self._sessions is None:
            return True
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        # What a header holds is taken for Latin-1; keys are UTF-8, as everything else.
        if scheme.lower() == "bearer" and self.fits(key.encode("latin-1").decode(errors="replace")):
            return True
        return self._sessions.is_open(request.cookies.get(COOKIE, ""))
