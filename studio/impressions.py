"""Quick impressions: what a playlist is like, without the model."""

import sys
from collections.abc import Sequence
from pathlib import Path

from flows.describers import LOCALLY, DescriberName, describer_of
from flows.secrets import google_api_key
from resonance_core.config import PipelineConfig
from resonance_core.describe.sent_clips import SentClips
from resonance_core.google_services import check_access
from resonance_core.sources.local import file_path
from resonance_core.sources.resolve import resolve
from resonance_core.stages.describe import estimate
from resonance_core.store.concepts import known_concepts
from resonance_core.store.jobs import Job
from resonance_core.store.store import Store
from studio.processes import Processes

COMMAND = (sys.executable, "-m", "flows.cli", "describe", "--json")


class Impressions(Processes):
    """The descriptions that go on; the name of each is its describer's.

    Whoever submits one has agreed to what its describer is sent.
    """

    kind = "impression"

    def command(self, job: Job) -> Sequence[str]:
        """Return what to run for an impression."""
        assert job.name is not None
        return (*COMMAND, "--yes", "--with", job.name)


def clips_to_send(
    source: str, name: DescriberName, config: PipelineConfig, store: Store
) -> SentClips | None:
    """Return what an impression would send from this machine; None for nothing.

    Nothing is fetched for it: where songs are elsewhere it is the most that may be sent of them.

    Args:
        source: A web address, or the path of what the service holds.
        name: Who would hear it.
        config: Says how much of each song is heard.
        store: May hold the impression.

    Raises:
        ConfigError: There is no key, or google-genai is not installed.
        SourceError: The source cannot be listed.
        TrackError: None of its songs can be used.
    """
    if name == "local":
        return None
    check_access("Gemini", google_api_key(), LOCALLY)
    settings = config.describe.model_copy(update={"describer": name})
    concepts = known_concepts(config.concept, store)
    describer = describer_of(settings, concepts, lambda _: False)
    if not Path(source).is_absolute():
        return describer.at_most(config.resolve.max_tracks)
    tracks = [one for one in resolve(source, config.resolve).tracks if one.refused is None]
    if any(file_path(one.url) is None for one in tracks):
        return describer.at_most(len(tracks))
    return estimate(tracks, describer, config.download, store)
