"""Uploads: a listener's own songs, and lists of songs, on their way to be a playlist."""

import re
import shutil
from itertools import chain, count
from pathlib import Path
from uuid import UUID, uuid4

from slugify import slugify

from resonance_core.sources.lists.file import SUFFIXES as LISTS
from resonance_core.sources.local import SUFFIXES as SONGS
from resonance_core.sources.probe import probe
from resonance_core.store.store import Store
from studio.errors import UnknownError, UnusableError

FOLDER = "uploads"
MOST_FILES = 100
GIVEN = ".given"
"""Ends the name of the hidden file that says under which name a file was sent."""


def new_upload(store: Store) -> str:
    """Make an empty upload, and return its id."""
    upload = str(uuid4())
    (store.root / FOLDER / upload).mkdir(parents=True)
    return upload


def upload_folder(store: Store, upload: str) -> Path:
    """Return the folder of an upload.

    Raises:
        UnknownError: There is none.
    """
    try:
        folder = store.root / FOLDER / str(UUID(upload))
    except ValueError:
        folder = None
    if folder is None or not folder.is_dir():
        raise _unknown(upload)
    return folder


def _unknown(upload: str) -> UnknownError:
    return UnknownError(f"there is no upload {upload!r}", "Start one: POST /uploads")


def check_name(folder: Path, name: str) -> None:
    """Refuse, before it is sent, what is no song and no list, or one too many.

    Raises:
        UnusableError: It is neither, or there are too many.
    """
    if Path(name).suffix.lower() not in SONGS | LISTS:
        raise UnusableError(
            f"{name!r} is no audio file and no list", "Choose files such as .mp3, .flac or .m3u"
        )
    if len(list(folder.glob("[!.]*"))) >= MOST_FILES:
        raise UnusableError(f"there are {MOST_FILES} songs already", "Leave some out")


def part_of(folder: Path, name: str) -> Path:
    """Return where a file is while it comes: one that breaks off, or is sent twice, harms none."""
    return folder / f".{uuid4()}{Path(name).suffix.lower()}"


def keep(part: Path, name: str) -> Path:
    """Keep a file that has come whole, in place of one of the same name, and return where.

    Raises:
        UnknownError: The upload was removed meanwhile.
    """
    try:
        return part.replace(place_of(part.parent, name))
    except FileNotFoundError as error:
        raise _unknown(part.parent.name) from error


def place_of(folder: Path, name: str) -> Path:
    """Return where a song or a list of an upload is kept: each name has a place of its own."""
    plain = folder / kept_name(name)
    others = (plain.with_stem(f"{plain.stem}-{number}") for number in count(2))
    return next(place for place in chain([plain], others) if _claim(place, name))


def _claim(place: Path, name: str) -> bool:
    """Keep a place for a name, and return whether it is that name's."""
    claim = _claim_of(place)
    try:
        with claim.open("xb") as file:
            file.write(name.encode())
    except FileExistsError:
        return claim.read_bytes().decode() == name
    return True


def _claim_of(place: Path) -> Path:
    return place.with_name(f".{place.name}{GIVEN}")


def given_names(folder: Path) -> dict[str, Path]:
    """Return where the files of an upload are kept, by the names they had when they were sent."""
    places = (
        (claim, claim.with_name(claim.name[1:].removesuffix(GIVEN)))
        for claim in folder.glob(f".*{GIVEN}")
    )
    return {claim.read_bytes().decode(): place for claim, place in places if place.is_file()}


def kept_name(name: str) -> str:
    """Return the name under which a file is kept: of its own only what is harmless is taken."""
    suffix = Path(name).suffix.lower()
    stem = slugify(re.sub(r"\.\w+$", "", name), lowercase=False, max_length=80)
    # A store syncs its .json files, and this is none of them.
    return f"{stem or 'song'}{'.jspf' if suffix == '.json' else suffix}"


def check_file(file: Path, name: str, max_duration_s: float) -> None:
    """Refuse what is empty, or says that it is too long; what is no song is told when it is heard.

    Args:
        file: What was sent.
        name: What the listener calls it.
        max_duration_s: The longest that is taken, in seconds.

    Raises:
        UnknownError: The upload was removed meanwhile.
        UnusableError: It is refused.
    """
    if not file.is_file():
        raise _unknown(file.parent.name)
    if file.stat().st_size == 0:
        raise UnusableError(f"{name!r} is empty", "Leave it out")
    audio = probe(file) if Path(name).suffix.lower() in SONGS else None
    if audio is not None and audio.duration_s is not None and audio.duration_s > max_duration_s:
        raise UnusableError(
            f"{name!r} lasts {audio.duration_s:.0f} s, longer than {max_duration_s:.0f} s",
            "Leave it out, or choose a part of it",
        )


def drop_upload(store: Store, upload: str) -> None:
    """Remove an upload with its songs."""
    folder = upload_folder(store, upload)
    try:  # aside first: what is still on its way to it finds it gone
        dropped = folder.replace(folder.with_name(f".{uuid4()}"))
    except FileNotFoundError as error:  # by another one
        raise _unknown(upload) from error
    shutil.rmtree(dropped)
