"""Describers by name."""

from typing import Literal

from resonance_core.describe.character import Describer

DescriberName = Literal["local"]


def load_describer(name: DescriberName) -> Describer:
    """Return a describer, ready to work."""
    from resonance_core.describe.local import LocalDescriber  # here, for its libraries take long

    describers = {"local": LocalDescriber}
    return describers[name]()
