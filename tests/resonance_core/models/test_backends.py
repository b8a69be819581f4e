import importlib.util

import pytest

from resonance_core.config import ModelConfig
from resonance_core.errors import ModelError
from resonance_core.models import registry
from resonance_core.models.backends import AUDIOCRAFT_FILES, choices, complete
from resonance_core.models.registry import model_info

SMALL = ModelConfig(id="facebook/musicgen-small")
INSTALL = r"pip install --no-deps -r requirements-audiocraft\.txt"


@pytest.fixture
def installed(monkeypatch):
    """Has only some libraries be here."""

    def only(*names: str) -> None:
        there = {"audiocraft", "transformers"} & set(names)
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: object() if name in there else None
        )

    return only


@pytest.fixture
def audiocraft_folder(tmp_path):
    """A folder that looks like a checkpoint of AudioCraft."""
    for name in AUDIOCRAFT_FILES:
        (tmp_path / name).touch()
    return tmp_path


def test_audiocraft_is_tried_first_and_transformers_next(installed):
    installed("audiocraft", "transformers")
    first, second = choices(SMALL, SMALL.id)
    assert first == ("audiocraft", "it is installed, and the model is in its format")
    assert second == ("transformers", "AudioCraft cannot take it")
    installed("transformers")
    assert choices(SMALL, SMALL.id) == [("transformers", "AudioCraft is not installed")]


def test_what_audiocraft_cannot_take_goes_to_transformers_which_says_why(installed, monkeypatch):
    installed("audiocraft", "transformers")
    nano = model_info(ModelConfig())

    def describe(choice, config, source):
        if choice.backend == "audiocraft":
            raise ModelError("state_dict.bin is not there")
        return nano.model_copy(update={"backend_reason": choice.reason})

    monkeypatch.setattr(registry, "_describe", describe)
    registry._info.cache_clear()
    info = model_info(SMALL)
    registry._info.cache_clear()
    assert info.backend_reason == "AudioCraft cannot take it: state_dict.bin is not there"


@pytest.mark.parametrize("backend", ["audiocraft", "transformers"])
def test_a_library_that_is_asked_for_is_the_only_one_tried(installed, backend):
    installed("audiocraft", "transformers")
    config = SMALL.model_copy(update={"backend": backend})
    assert choices(config, config.id) == [(backend, "it was asked for")]
    installed()
    words = f"needs {'AudioCraft' if backend == 'audiocraft' else 'Transformers'} "
    with pytest.raises(ModelError, match=words + r"\(it was asked for\), which is not installed"):
        choices(config, config.id)


def test_with_nothing_installed_both_ways_out_are_named(installed):
    installed()
    words = (
        r"^neither AudioCraft nor Transformers is installed, and a model needs one of them\. "
        rf"Install one: pip install 'transformers>=5\.23,<6', or {INSTALL}\.$"
    )
    with pytest.raises(ModelError, match=words):
        choices(SMALL, SMALL.id)


def test_a_folder_goes_to_the_library_in_whose_format_it_is(
    installed, audiocraft_folder, tiny_melody_folder
):
    config = ModelConfig(id=str(audiocraft_folder))
    installed("audiocraft", "transformers")
    assert choices(config, audiocraft_folder) == [
        ("audiocraft", "the folder is in AudioCraft's format")
    ]
    assert choices(ModelConfig(id=str(tiny_melody_folder)), tiny_melody_folder) == [
        ("transformers", "the model is in Transformers' format")
    ]
    installed("transformers")
    with pytest.raises(ModelError, match=rf"AudioCraft's format\), which is not.*{INSTALL}"):
        choices(config, audiocraft_folder)
    with pytest.raises(ModelError, match=r"needs AudioCraft \(no other library has this model\)"):
        choices(ModelConfig(id="debug"), "debug")


def test_a_library_that_lacks_what_it_needs_says_what_to_install():
    with (
        pytest.raises(
            ModelError, match=rf"AudioCraft is not completely installed: no x.*{INSTALL}"
        ),
        complete("audiocraft"),
    ):
        raise ModuleNotFoundError("no xformers")


def test_the_reason_is_known_and_enters_no_key():
    info = model_info(ModelConfig())
    assert info.backend_reason == "the model is in Transformers' format"
    forced = model_info(ModelConfig(backend="transformers"))
    assert forced.backend_reason == "it was asked for"
    assert forced.identity() == info.identity()
