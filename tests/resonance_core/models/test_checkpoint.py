import shutil

import pytest
from safetensors.torch import load_file, save_file

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.models.checkpoint import weight_digest
from resonance_core.models.registry import load_model, model_info


def test_the_revision_follows_the_weights_and_not_the_folder(tiny_melody_folder, tmp_path):
    copy = shutil.copytree(tiny_melody_folder, tmp_path / "copy")
    original = model_info(ModelConfig(id=str(tiny_melody_folder)))
    assert model_info(ModelConfig(id=str(copy))).revision == original.revision
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        changed = shutil.copytree(copy, tmp_path / f"changed-{name}")
        content = (changed / name).read_bytes()
        (changed / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert weight_digest(changed) != original.revision


def test_incomplete_or_damaged_weights_are_refused(tiny_melody_folder, tmp_path):
    for name in ("incomplete", "damaged"):
        shutil.copytree(tiny_melody_folder, tmp_path / name)
    file = tmp_path / "incomplete" / "model.safetensors"
    tensors = load_file(file)
    del tensors["decoder.lm_heads.2.weight"]
    save_file(tensors, file, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"1 tensors are missing, such as decoder.lm_heads.2"):
        load_model(ModelConfig(id=str(tmp_path / "incomplete")), RuntimeConfig(device="cpu"))
    file = tmp_path / "damaged" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(ModelConfig(id=str(tmp_path / "damaged")), RuntimeConfig(device="cpu"))


def test_models_that_cannot_be_used_are_refused_with_words(tmp_path):
    with pytest.raises(ModelError, match="'no/such-model' cannot be found"):
        model_info(ModelConfig(id="no/such-model"))
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError, match="'bert' model, which cannot be steered"):
        model_info(ModelConfig(id=str(tmp_path)))
    with pytest.raises(ModelError, match="cannot be steered"):
        load_model(ModelConfig(id=str(tmp_path)), RuntimeConfig())
