"""Who describes playlists: by the settings, and who can."""

from typing import Literal

from flows.secrets import google_api_key
from resonance_core.config import DescribeConfig
from resonance_core.consent import Consent
from resonance_core.describe.character import Describer
from resonance_core.errors import ConfigError
from resonance_core.google_services import check_access
from resonance_core.steering.concept_file import ConceptFile

DescriberName = Literal["local", "gemini"]
LOCALLY = "describe with local, which sends nothing"
"""What works without consent, key and network."""


def describers() -> list[DescriberName]:
    """Return who can describe playlists here; `resonance doctor` says why somebody cannot."""
    try:
        check_access("Gemini", google_api_key(), LOCALLY)
    except ConfigError:
        return ["local"]
    return ["local", "gemini"]


def describer_of(config: DescribeConfig, concepts: ConceptFile, consent: Consent) -> Describer:
    """Return the describer that is set.

    Args:
        config: Which one, and how it works.
        concepts: The sliders.
        consent: Asked before anything leaves this machine; the local describer never asks.
    """
    if config.describer == "gemini":
        from resonance_core.describe.gemini import GeminiDescriber

        return GeminiDescriber(config, concepts, google_api_key, consent)
    from resonance_core.describe.local import LocalDescriber

    return LocalDescriber()
