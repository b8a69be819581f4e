import pytest

from resonance_core.config_file import load_config
from resonance_core.keys import stage_key
from resonance_core.stages.prompt_concept import prompt_request
from resonance_core.steering.concept_file import load_concepts


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bass", "6d779691c65ae4dc89e703bea3bc8d16e917a307ab7f1b9342ee93632ae60ff5"),
        ("tension", "e138c238b6162d6cfa7d5f70e10eeff9587db6d58d0e4c719935e641230159d7"),
    ],
)
def test_golden_keys_stand_still(name, key):
    """A key that changes makes every store forget its sliders: raise the version instead."""
    request = prompt_request(name, load_concepts(), load_config())
    settings = {**request.config, "model": "any"}  # other weights may ship
    assert stage_key(request.stage, request.version, settings, request.inputs) == key
