"""The describer that hears more: Google's Gemini, which is sent clips of the tracks."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.consent import Consent, ConsentError
from resonance_core.describe.character import Description
from resonance_core.describe.clips import BIT_RATE, SEARCHED_S, Clip, loudest_clip
from resonance_core.describe.gemini_answer import GeminiQuestion
from resonance_core.describe.gemini_prices import cost_usd
from resonance_core.describe.sent_clips import SentClips
from resonance_core.errors import TrackError
from resonance_core.google_services import check_access, endpoint, recipient
from resonance_core.keys import sha256_text
from resonance_core.steering.concept_file import ConceptFile

if TYPE_CHECKING:
    from resonance_core.describe.gemini_service import GeminiService


class GeminiDescriber:
    """Describes playlists with Gemini: any genre, instruments and mood.

    Of each track it sends the loudest half minute or so, without its name, and nothing before
    somebody agreed to it.
    """

    def __init__(
        self,
        config: DescribeConfig,
        concepts: ConceptFile,
        key: Callable[[], ApiKey | None],
        consent: Consent,
    ) -> None:
        """Prepare to describe; nothing is asked or sent.

        Args:
            config: Which model, how much it hears, and with how much patience.
            concepts: The sliders.
            key: Returns Google's API key; called when it is needed, and not before.
            consent: Asked before anything is sent.
        """
        self._config = config
        self._question = GeminiQuestion(concepts)
        self._key = key
        self._consent = consent

    def identity(self) -> dict[str, str]:
        """Return what decides about its descriptions besides the tracks, for keys."""
        return {
            "describer": "gemini",
            "model": self._config.model,
            "question": sha256_text(self._question.canonical()),
            "clips": f"loudest {self._config.heard_s:g} s of {SEARCHED_S:g} s, {BIT_RATE} bit/s",
        }

    def estimate(self, tracks: Mapping[str, Path]) -> SentClips:
        """Return what describing tracks would send, to whom, and what that costs.

        Raises:
            TrackError: None of them can be heard.
        """
        clips, _ = self._clips(tracks)
        return self._sending_clips(clips)

    def at_most(self, tracks: int) -> SentClips:
        """Return the most that so many tracks would send, which are not here yet."""
        seconds = tracks * self._config.heard_s
        size = round(seconds * BIT_RATE / 8)
        return self._sending(tracks, seconds, size, fetched=False)

    def describe(self, tracks: Mapping[str, Path]) -> Description:
        """Describe tracks, each of which counts alike.

        Raises:
            ConfigError: There is no key, or it or the model's name is wrong, or google-genai is
                not installed.
            ConsentError: Nobody agreed; nothing was sent.
            ServiceError: Gemini gave no answer that can be used.
            TrackError: None of the tracks can be heard.
        """
        clips, failed = self._clips(tracks)
        service = self._service()
        sending = self._sending_clips(clips)
        if not self._consent(sending):
            raise ConsentError(sending, "Agree to it, or describe with local, which sends nothing")
        answer = service.ask(
            self._question.text, self._question.schema, [clip.data for clip in clips]
        )
        return Description(character=self._question.read(answer), failed=failed)

    def _clips(self, tracks: Mapping[str, Path]) -> tuple[list[Clip], dict[str, str]]:
        """Return the clips of the tracks that can be heard, and why the others cannot."""
        clips: list[Clip] = []
        failed: dict[str, str] = {}
        for name, path in tracks.items():
            try:
                clips.append(loudest_clip(path, self._config.heard_s))
            except TrackError as error:
                failed[name] = str(error)
        if not clips:
            raise TrackError(
                f"none of the {len(tracks)} tracks can be heard: {'; '.join(failed.values())}",
                "Give tracks of 4 seconds or more",
            )
        return clips, failed

    def _sending_clips(self, clips: Sequence[Clip]) -> SentClips:
        seconds = sum(clip.seconds for clip in clips)
        return self._sending(len(clips), seconds, sum(len(clip.data) for clip in clips))

    def _sending(
        self, tracks: int, seconds: float, size: int, *, fetched: bool = True
    ) -> SentClips:
        return SentClips(
            recipient=recipient(),
            model=self._config.model,
            tracks=tracks,
            seconds=seconds,
            bytes=size,
            cost_usd=cost_usd(seconds, self._config.model),
            fetched=fetched,
        )

    def _service(self) -> "GeminiService":
        key = check_access("Gemini", self._key(), "describe with local, which needs neither")
        from resonance_core.describe.gemini_service import GeminiService

        return GeminiService(key, endpoint(), self._config)
