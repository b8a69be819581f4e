import pickle
import shutil
from types import SimpleNamespace

import pytest
import torch

pytest.importorskip("audiocraft", reason="AudioCraft is not installed: make audiocraft runs these")

from audiocraft.models.encodec import HFEncodecCompressionModel
from omegaconf import OmegaConf
from transformers import EncodecConfig, EncodecModel, MusicgenDecoderConfig

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.models import audiocraft_checkpoint
from resonance_core.models.registry import load_model, model_info
from tests.tiny_models import parts


@pytest.fixture
def folder(audiocraft_folders, tmp_path):
    """A copy of a text-only model's checkpoint."""
    return shutil.copytree(audiocraft_folders["text"], tmp_path / "copy")


def change(folder, change_package):
    path = folder / "state_dict.bin"
    package = torch.load(path, weights_only=True)
    change_package(package)
    torch.save(package, path)


def test_the_revision_follows_the_weights_and_not_the_folder(folder, audiocraft_folders):
    original = model_info(ModelConfig(id=str(audiocraft_folders["text"]))).revision
    assert model_info(ModelConfig(id=str(folder))).revision == original
    changed = shutil.copytree(folder, folder.parent / "changed")
    change(changed, lambda package: package["best_state"]["out_norm.bias"].add_(1))
    assert model_info(ModelConfig(id=str(changed))).revision != original


def test_a_pickle_that_holds_code_is_refused_and_not_run(folder, tmp_path):
    class Planted:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

    change(folder, lambda package: package.update(planted=Planted()))
    with pytest.raises(ModelError, match=r"holds more than weights and a configuration.*exec"):
        model_info(ModelConfig(id=str(folder)))
    assert not (tmp_path / "ran").exists()


def test_damaged_and_incomplete_files_are_refused(folder):
    whole = (folder / "state_dict.bin").read_bytes()
    (folder / "state_dict.bin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=r"state_dict\.bin of .* cannot be read"):
        model_info(ModelConfig(id=str(folder)))
    (folder / "state_dict.bin").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ModelError, match=r"state_dict\.bin of "):
        model_info(ModelConfig(id=str(folder)))
    (folder / "state_dict.bin").write_bytes(whole)
    change(folder, lambda package: package["best_state"].pop("linears.2.weight"))
    with pytest.raises(ModelError, match=r"cannot be loaded.*linears\.2\.weight"):
        load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        (
            "conditioners.self_wav",
            {"model": "style"},
            "is told description by t5, self_wav by style",
        ),
        ("fuser.sum", ["description"], "takes what it is told by cross and sum"),
        ("codebooks_pattern.delay.delays", [0, 0, 1, 1], "orders its tokens by another pattern"),
        ("codebooks_pattern.delay.flatten_first", 2, "orders its tokens by another pattern"),
        ("codebooks_pattern.modeling", "unroll", "orders its tokens by another pattern"),
        ("codebooks_pattern.modeling", None, "orders its tokens by another pattern"),
    ],
)
def test_models_that_work_otherwise_are_refused_with_words(folder, setting, value, words):
    def other(package):
        config = OmegaConf.create(package["xp.cfg"])
        OmegaConf.update(config, setting, value)
        package["xp.cfg"] = OmegaConf.to_yaml(config)

    change(folder, other)
    with pytest.raises(ModelError, match=f"cannot be steered: it {words}"):
        model_info(ModelConfig(id=str(folder)))


def test_the_first_models_named_their_pattern_elsewhere(folder):
    def early(package):
        config = OmegaConf.create(package["xp.cfg"])
        config.codebooks_pattern = {"modeling": None}
        config.transformer_lm.q_modeling = "delay"
        package["xp.cfg"] = OmegaConf.to_yaml(config)

    change(folder, early)
    model = load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))
    assert model.lm.pattern_provider.delays == [0, 1, 2, 3]


def test_other_things_that_audiocraft_exports_are_refused(folder):
    change(folder, lambda package: package.update({"xp.cfg": "solver: diffusion"}))
    with pytest.raises(ModelError, match=r"is no MusicGen of AudioCraft: Missing key"):
        model_info(ModelConfig(id=str(folder)))


def test_a_model_in_another_format_is_refused():
    words = r"'nano' is not in AudioCraft's format: it has no state_dict\.bin.*model\.backend out"
    with pytest.raises(ModelError, match=words):
        model_info(ModelConfig(backend="audiocraft"))


def test_a_hub_that_cannot_be_reached_is_named():
    config = ModelConfig(id="facebook/musicgen-none", backend="audiocraft")
    with pytest.raises(ModelError, match=r"state_dict\.bin of 'facebook/musicgen-none' cannot be"):
        model_info(config)


def test_a_codec_of_transformers_is_taken(folder, monkeypatch):
    config = EncodecConfig(**parts(MusicgenDecoderConfig, 1, 32)["audio_encoder"])
    hub = {"facebook/encodec": config}
    configs = SimpleNamespace(from_pretrained=hub.__getitem__)
    monkeypatch.setattr(audiocraft_checkpoint, "AutoConfig", configs)
    monkeypatch.setattr(EncodecModel, "from_pretrained", lambda name: EncodecModel(hub[name]))
    torch.save({"pretrained": "facebook/encodec"}, folder / "compression_state_dict.bin")
    model = load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))
    assert (model.info.sample_rate, model.info.frame_rate) == (32000, 50.0)
    assert isinstance(model.codec, HFEncodecCompressionModel)
    assert model._encode(torch.zeros(1, 1, 32000)).shape == (1, 4, 50)
