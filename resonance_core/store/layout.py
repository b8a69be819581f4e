"""Where things lie below a store's root: the same names in a folder and in a bucket."""

from resonance_core.keys import StageRequest
from resonance_core.store.records import Record

RECORD = "record.json"


def record_folder(request: StageRequest) -> str:
    """Return the folder of a request's record."""
    return f"{request.stage}/{request.key}"


def files_folder(request: StageRequest) -> str:
    """Return the folder of a request's files."""
    if request.dataset is None:
        return record_folder(request)
    return f"{request.dataset}/{request.key}"


def file_name(record: Record, name: str) -> str:
    """Return the whole name of one of an artifact's files."""
    return f"{files_folder(record.request)}/{name}"
