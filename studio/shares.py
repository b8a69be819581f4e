"""Shares: links to one piece, signed, that expire and can be taken back."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import platformdirs
from filelock import FileLock
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, Field

from resonance_core.store.creations import Creation, load_creation
from resonance_core.store.store import Store
from studio.errors import GoneError, UnknownError

FOLDER = "shares"


class Share(BaseModel):
    """One link to one creation."""

    id: str = Field(default_factory=lambda: str(uuid4()))
    creation: str
    expires_at: datetime
    revoked: bool = False


def share(creation: Creation, lasts: timedelta, store: Store) -> Share:
    """Keep a new share of a creation.

    Raises:
        StoreError: The store cannot be written.
    """
    made = Share(creation=creation.id, expires_at=datetime.now(UTC) + lasts)
    _save(made, store)
    return made


def token_of(made: Share) -> str:
    """Return what a share's link ends with."""
    return str(_signer().dumps(made.id))


def open_share(token: str, store: Store) -> Creation:
    """Return the creation that a link leads to.

    Raises:
        GoneError: It has expired, or was taken back.
        NotInStoreError: The creation was removed.
        UnknownError: It is none of ours.
    """
    try:
        found = _load(str(_signer().loads(token)), store)
    except BadSignature:
        found = None
    if found is None:
        raise UnknownError("this link is none of ours", "Ask for it again where it came from")
    if found.revoked or found.expires_at < datetime.now(UTC):
        raise GoneError(
            "this link has expired, or was taken back", "Ask for a new one where it came from"
        )
    return load_creation(store, found.creation)


def revoke(share_id: str, creation: Creation, store: Store) -> None:
    """Take a share of a creation back.

    Raises:
        UnknownError: There is none.
        StoreError: The store cannot be written.
    """
    found = _load(share_id, store)
    if found is None or found.creation != creation.id:
        raise UnknownError(f"there is no share {share_id!r}", "List them: GET /creations/ID/shares")
    _save(found.model_copy(update={"revoked": True}), store)


def shares_of(creation: Creation, store: Store) -> list[Share]:
    """Return the shares of a creation whose links lead to it."""
    found = [_read(name, store) for name in store.list_whole(FOLDER)]
    now = datetime.now(UTC)
    return [
        one
        for one in found
        if one and one.creation == creation.id and not one.revoked and one.expires_at > now
    ]


def _signer() -> URLSafeSerializer:
    """Return what signs links, with a secret of this user's that is drawn once."""
    path = platformdirs.user_data_path("resonance", ensure_exists=True) / "studio-secret"
    with FileLock(path.with_suffix(".lock")):
        path.touch(0o600)
        if not (secret := path.read_text()):
            path.write_text(secret := secrets.token_hex(32))
    return URLSafeSerializer(secret, salt="share")


def _load(share_id: str, store: Store) -> Share | None:
    try:
        return _read(f"{FOLDER}/{UUID(share_id)}.json", store)
    except ValueError:  # no UUID
        return None


def _read(name: str, store: Store) -> Share | None:
    held = store.read_whole(name)
    return None if held is None else Share.model_validate_json(held)


def _save(made: Share, store: Store) -> None:
    store.write_whole(f"{FOLDER}/{made.id}.json", made.model_dump_json(indent=1))
