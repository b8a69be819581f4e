"""YouTube Music's catalogue, searched without an account."""

import time
from functools import partial
from typing import Any, Literal

import requests
from pydantic import BaseModel, ConfigDict, Field, field_validator
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from ytmusicapi import YTMusic
from ytmusicapi.exceptions import YTMusicError

from resonance_core.errors import SourceError, TrackError
from resonance_core.sources.failures import network_failure
from resonance_core.sources.playlist import printable
from resonance_core.sources.youtube import ROOT, VIDEO_ID

HOST = "music.youtube.com"
TIMEOUT_S = 20.0
"""How long a silent connection is waited for, in seconds."""
RETRIES = 3
BACKOFF_S = 1.0
"""The first retry comes at once, the next after twice this, then four times, in seconds."""
BUSY = (429, 500, 502, 503, 504)
"""Answers that another try may change."""


class Candidate(BaseModel):
    """A song or video that was found; read from a result of ``YTMusic.search``."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    kind: Literal["song", "video"] = Field(validation_alias="resultType")
    id: str = Field(validation_alias="videoId", pattern=f"^{VIDEO_ID.pattern}$")
    title: str
    artists: tuple[str, ...] = ()
    """Of a video, the channel."""
    duration_s: float | None = Field(default=None, validation_alias="duration_seconds")
    """In seconds; None where the answer does not tell."""

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        return printable(title)

    @field_validator("artists", mode="before")
    @classmethod
    def _names(cls, artists: Any) -> Any:
        return [printable(artist["name"]) for artist in artists]

    @property
    def artist(self) -> str:
        """All artists in one text."""
        return ", ".join(self.artists)

    @property
    def url(self) -> str:
        """The address that yt-dlp reads."""
        return f"{ROOT}/watch?v={self.id}"


class YouTubeMusic:
    """Searches with one connection and a pause between two searches."""

    def __init__(self, pause_s: float) -> None:
        session = requests.Session()
        waits = Retry(
            RETRIES,
            status_forcelist=BUSY,
            backoff_factor=BACKOFF_S,
            allowed_methods=None,  # a search is a POST
            raise_on_status=False,
            respect_retry_after_header=False,  # it may ask for hours
        )
        session.mount("https://", HTTPAdapter(max_retries=waits))
        # ytmusicapi reads an answer before it looks at the status, which HTML does not survive.
        session.hooks["response"].append(lambda answer, **_: answer.raise_for_status())
        session.request = partial(session.request, timeout=TIMEOUT_S)  # type: ignore[method-assign]
        self._client = YTMusic(requests_session=session)
        self._pause_s = pause_s
        self._next = 0.0

    def search(self, query: str, kinds: Literal["songs", "videos"]) -> list[Candidate]:
        """Return what the catalogue has, the best first in its own opinion.

        Args:
            query: Artist and title.
            kinds: What to search for.

        Raises:
            SourceError: It cannot be reached, or asks for fewer searches.
            TrackError: It does not answer this search, or not in a way that can be read.
        """
        time.sleep(max(0.0, self._next - time.monotonic()))
        try:
            results = self._client.search(query, filter=kinds, limit=1)  # one page
            return [
                Candidate.model_validate(result)
                for result in results
                if result["videoId"] and result["title"] and result["isAvailable"]
            ]
        except requests.RequestException as error:
            raise _failure(error) from error
        except (YTMusicError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise TrackError(
                f"the answer of {HOST} cannot be read ({type(error).__name__})",
                "Try a newer ytmusicapi: pip install -U ytmusicapi",
            ) from error
        finally:
            self._next = time.monotonic() + self._pause_s


def _failure(error: requests.RequestException) -> SourceError | TrackError:
    if error.response is not None:
        status = error.response.status_code
        problem = f"{HOST} answered {status} {error.response.reason}".rstrip()
        return (SourceError if status in BUSY else TrackError)(problem, "Try again later")
    return SourceError(
        f"the connection to {HOST} failed ({network_failure(error)})",
        "Check the network, or try again later",
    )
