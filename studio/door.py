"""The door of a service that wants a key: programs send it, a browser has a cookie instead."""

import secrets

from itsdangerous import BadSignature, TimestampSigner
from pydantic import SecretStr
from starlette.requests import HTTPConnection

COOKIE = "resonance-session"
LASTS_S = 30 * 24 * 3600
"""How long a browser has a cookie, in seconds."""


class Door:
    """Lets in who has the key, or a cookie that was given for it.

    Cookies are signed with the key, so they outlive the service, and another key ends them.

    Args:
        key: The API key; None for a service that everybody may use.
    """

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key.get_secret_value() if key else None
        self._signer = TimestampSigner(self._key, salt="session") if self._key else None

    @property
    def wants_key(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def fits(self, key: str) -> bool:
        """Say whether it is the key."""
        return secrets.compare_digest(key.encode(), (self._key or "").encode())

    def cookie(self) -> str:
        """Return a cookie's value, for who had the key."""
        assert self._signer is not None
        return self._signer.sign("studio").decode()

    def lets_in(self, request: HTTPConnection) -> bool:
        """Say whether a request carries the key, or a cookie."""
        if self._signer is None:
            return True
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.fits(key):
            return True
        try:
            self._signer.unsign(request.cookies.get(COOKIE, ""), max_age=LASTS_S)
        except BadSignature:
            return False
        return True
