"""Where things lie below a store's root: the same names in a folder and in a bucket."""

import re

from pydantic import ValidationError

from resonance_core.keys import StageRequest
from resonance_core.store.records import Record

RECORD = "record.json"
KEY = re.compile(r"[0-9a-f]{64}")
RECORD_NAME = re.compile(rf"[^/.][^/]*/{KEY.pattern}/{re.escape(RECORD)}")
SMALL = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)+\.json", re.ASCII)


def record_folder(request: StageRequest) -> str:
    """Return the folder of a request's record."""
    return f"{request.stage}/{request.key}"


def record_name(request: StageRequest) -> str:
    """Return the whole name of a request's record."""
    return f"{record_folder(request)}/{RECORD}"


def files_folder(request: StageRequest) -> str:
    """Return the folder of a request's files."""
    if request.dataset is None:
        return record_folder(request)
    return f"{request.dataset}/{request.key}"


def file_name(record: Record, name: str) -> str:
    """Return the whole name of one of an artifact's files."""
    return f"{files_folder(record.request)}/{name}"


def names_of(record: Record) -> list[str]:
    """Return the whole names of an artifact's files, its record last."""
    return [*(file_name(record, name) for name in record.files), record_name(record.request)]


def is_record(name: str) -> bool:
    """Say whether a whole name is that of a record."""
    return bool(RECORD_NAME.fullmatch(name))


def is_small_file(name: str) -> bool:
    """Say whether a name is that of a small file, such as a playlist's entry, of no artifact."""
    return bool(SMALL.fullmatch(name)) and not KEY.fullmatch(name.split("/")[-2])


def parse_record(name: str, held: bytes | None) -> Record | None:
    """Return the record that a file holds, or None where it is none of what lies there.

    Args:
        name: The file's whole name.
        held: Its content; None where there is no file.
    """
    try:
        record = Record.model_validate_json(held or b"")
    except ValidationError:
        return None
    return record if record_name(record.request) == name else None
