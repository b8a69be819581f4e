"""Parcels: a creation in one ZIP file, with all it takes to play it anywhere, and to vary it.

A parcel holds the piece's ``audio.wav`` and ``audio.json`` with their ``record.json``, the
creation as ``creation.json``, and below ``direction/`` the playlist's direction with its record,
for nobody makes that without the songs. All else that the piece was made with is made again.
"""

import json
import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import soundfile
from safetensors import SafetensorError

from resonance_core.errors import ConfigError
from resonance_core.keys import Stage, sha256_file
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.stages.generation_request import GENERATE
from resonance_core.store.creations import Creation
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.layout import RECORD
from resonance_core.store.pieces import AUDIO, SIDECAR, Sidecar
from resonance_core.store.records import Record
from resonance_core.store.store import Store

CREATION = "creation.json"
PIECE, PLAYLIST = "", "direction/"
"""Below what the two artifacts lie."""
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(KeyError, NotImplementedError, RuntimeError, EOFError),
)
"""What reading a file as a ZIP file may raise."""
LARGEST_TEXT = 10_000_000
"""Of a record or a creation, in bytes."""


def pack(creation: Creation, store: Store, file: IO[bytes]) -> None:
    """Write a creation's parcel.

    What it asks for names the direction itself, and its strength: a playlist of the same name may
    be another one elsewhere, or later.

    Args:
        creation: Which.
        store: Holds its piece.
        file: Takes the parcel.

    Raises:
        NotInStoreError: Its piece is gone.
    """
    piece = store.get(creation.piece)
    with zipfile.ZipFile(file, "w") as parcel:
        _put(piece, PIECE, store, parcel)
        # A hosted model knows no directions: what it was told of the playlist is in the piece.
        if creation.request.get("playlist") is not None and piece.info["steering"]:
            steers = piece.info["steering"][0]  # the playlist's is the first
            _put(store.get(steers["direction"]), PLAYLIST, store, parcel)
            pinned = {"playlist": steers["direction"], "strength": steers["strength"]}
            asked = {**creation.request, **pinned, "aggregate": None}
            creation = creation.model_copy(update={"request": asked})
        parcel.writestr(CREATION, creation.model_dump_json(indent=1))


def unpack(file: IO[bytes], limit: int, store: Store) -> Creation:
    """Take the artifacts of a parcel into a store, and return its creation, which is not saved.

    Nothing that the store holds is replaced. What is new to it is believed: that a piece is what
    its record says, only making it again would tell.

    Args:
        file: The parcel.
        limit: What may come out of it at most, in bytes.
        store: Takes the artifacts.

    Raises:
        ConfigError: It is no parcel, too large, or not whole.
        StoreError: The store cannot be written.
    """
    with _in_words(), zipfile.ZipFile(file) as parcel:
        size = sum(member.file_size for member in parcel.infolist())
        if size > limit:
            raise _refused(f"the {size} bytes in it are more than {limit}")
        creation = Creation.model_validate_json(_text(parcel, CREATION))
        piece = _record(parcel, PIECE, GENERATE)
        if creation.piece != piece.key:
            raise _refused("its creation is of another piece")
        if PLAYLIST + RECORD in parcel.namelist():
            direction = _record(parcel, PLAYLIST, AGGREGATE)
            store.build(direction.request, partial(_take_direction, parcel, direction))
        store.build(piece.request, partial(_take_piece, parcel, piece))
        return creation


def _put(record: Record, below: str, store: Store, parcel: zipfile.ZipFile) -> None:
    parcel.writestr(below + RECORD, record.model_dump_json(indent=1))
    for name in record.files:
        parcel.write(store.path(record, name), below + name)


def _record(parcel: zipfile.ZipFile, below: str, stage: Stage) -> Record:
    record = Record.model_validate_json(_text(parcel, below + RECORD))
    is_apart = record.request.dataset is not None  # its files would lie among a data set's
    if record.stage != stage.name or record.request.key != record.key or is_apart:
        raise _refused(f"{record.key[:12]} of the stage {record.stage!r} has no place in it")
    return record


def _take_direction(parcel: zipfile.ZipFile, record: Record, folder: Path) -> dict[str, Any]:
    _take(parcel, PLAYLIST, record, folder)
    read_direction(folder / DIRECTION)
    return record.info


def _take_piece(parcel: zipfile.ZipFile, record: Record, folder: Path) -> dict[str, Any]:
    _take(parcel, PIECE, record, folder)
    text = (folder / SIDECAR).read_text()
    sidecar, sound = Sidecar.model_validate_json(text), soundfile.info(folder / AUDIO)
    if json.loads(text) != record.info:
        raise _refused("its record and its sidecar differ")
    if sound.samplerate != sidecar.sample_rate or sound.frames == 0:
        raise _refused(f"{AUDIO} is not the sound that its sidecar describes")
    return record.info


def _take(parcel: zipfile.ZipFile, below: str, record: Record, folder: Path) -> None:
    """Write an artifact's files to a folder, and see that they are what its record says."""
    for name, digest in record.files.items():
        with parcel.open(below + name) as packed, (folder / name).open("wb") as file:
            shutil.copyfileobj(packed, file)
        if sha256_file(folder / name) != digest.sha256:
            raise _refused(f"{name} is not what its record says")


def _text(parcel: zipfile.ZipFile, name: str) -> bytes:
    if parcel.getinfo(name).file_size > LARGEST_TEXT:
        raise _refused(f"{name} is too large")
    return parcel.read(name)


def _refused(why: str) -> ConfigError:
    return ConfigError(f"the file cannot be taken: {why}", "Export the piece again")


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what reading any file as a parcel may raise into words."""
    try:
        yield
    except UNREADABLE as error:
        raise _refused("it is no exported piece, or not whole") from error
    except (ValueError, SafetensorError, soundfile.LibsndfileError) as error:
        raise _refused("what it holds cannot be read") from error
