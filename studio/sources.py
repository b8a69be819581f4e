"""Where the music of a playlist is, as requests name it."""

import asyncio
from pathlib import Path

import flows
from studio.addresses import check_public
from studio.lists import list_upload
from studio.service import Service
from studio.uploads import upload_folder

EXAMPLE, UPLOAD = "example", "upload:"
EXAMPLES = Path(flows.__file__).parents[1] / "examples" / "playlist"


async def find_source(source: str, service: Service) -> str:
    """Return the address or the path that a source means.

    Args:
        source: A public web address; ``example`` for the playlist that comes along; or
            ``upload:`` and the id of an upload.
        service: Has the uploads.

    Raises:
        SourceError: A list of the upload cannot be read.
        UnknownError: There is no such upload.
        UnusableError: The address is not public, or nothing of the upload's lists can be used.
    """
    if source == EXAMPLE:
        return str(EXAMPLES)
    if source.startswith(UPLOAD):
        folder = upload_folder(service.store, source.removeprefix(UPLOAD))
        most = service.config.resolve.max_tracks
        return str(await asyncio.to_thread(list_upload, folder, most))
    await asyncio.to_thread(check_public, source)
    return source
