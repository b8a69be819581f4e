"""Caching: an ingest that was done before against the first one, both timed as whole flow runs.

The start of Prefect's server and loading the model count for neither, and each side finds the
server at rest: after a run it goes on recording for a while, which the next would wait for.
"""

import time
from contextlib import ExitStack

from benchmarks.measure import Figure, compare, timed
from benchmarks.pipeline import cold_store, ingest_playlist, prefect_server, song_playlist
from flows.settings import DEFAULTS

SERVER_RESTS_S = 5.0


def warm_rerun() -> Figure:
    """Ingest six songs twice with the embedded model."""
    with song_playlist(6) as playlist, prefect_server(), ExitStack() as store:
        with cold_store():  # what a process does once, such as importing, counts for neither side
            tracks = ingest_playlist(playlist).tracks

        def cold() -> float:
            store.close()
            store.enter_context(cold_store())
            return warm()

        def warm() -> float:
            time.sleep(SERVER_RESTS_S)
            return rerun()

        rerun = timed(lambda: ingest_playlist(playlist))
        return compare(
            "warm_rerun",
            numerator=("warm", warm),
            denominator=("cold", cold),
            target=0.05,
            better="lower",
            repeats=3,
            model=DEFAULTS.read().model.id,
            conditions={
                "tracks": len(tracks),
                "track_seconds": sum(track.seconds or 0 for track in tracks) / len(tracks),
            },
        )
