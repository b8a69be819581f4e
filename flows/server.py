"""The server of a flow that is run from the command line."""

from contextlib import AbstractContextManager, nullcontext

from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings


def server_of_this_process() -> AbstractContextManager[object]:
    """Return the settings to run a flow with: for the server that is set, or for one of its own."""
    if PREFECT_API_URL.value():
        return nullcontext()
    # A server that ends with this process looks for no lost runs, and the heartbeat that would
    # tell it of them holds the flow's end up by as much as a second.
    return temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
