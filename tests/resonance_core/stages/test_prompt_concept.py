import pytest

from resonance_core.config import load_config
from resonance_core.keys import stage_key
from resonance_core.stages.prompt_concept import prompt_request
from resonance_core.steering.concept_file import load_concepts


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bass", "a415131038e613a8bb30eceba5ebabec9fada3c52b1c8e40480f123aa0b47218"),
        ("tension", "75ffee488bd3576cded380cfb8023bd6339ba10d28bb827584f65ff034bd3b57"),
    ],
)
def test_golden_keys_stand_still(name, key):
    """A key that changes makes every store forget its sliders: raise the version instead."""
    request = prompt_request(name, load_concepts(), load_config())
    settings = {**request.config, "model": "any"}  # other weights may ship
    assert stage_key(request.stage, request.version, settings, request.inputs) == key
