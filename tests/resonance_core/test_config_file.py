import pytest

from resonance_core.config_file import load_config
from resonance_core.errors import ConfigError


def test_nano_is_the_default_and_has_its_own_sampling():
    config = load_config(environment={})
    assert config.model.id == "nano"
    assert (config.sampling.guidance_scale, config.sampling.temperature) == (4.0, 0.7)


def test_melody_large_holds_the_settings_of_the_original_system():
    config = load_config("melody-large", environment={})
    assert config.model.id == "facebook/musicgen-melody-large"
    assert (config.chunk.length_s, config.chunk.hop_s) == (10.0, 8.0)
    assert config.resolve.max_tracks == 20
    assert config.extract.prompt == ""
    assert config.steer.vectors == "one-to-all"  # the seed recipe
    assert config.calibrate.strengths == pytest.approx([0, 2 / 3, 4 / 3, 2, 8 / 3, 10 / 3, 4])
    assert (config.calibrate.rms_low, config.calibrate.rms_high) == (0.03, 0.35)


def test_the_command_line_beats_the_environment_which_beats_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("chunk: {length_s: 5, hop_s: 4}\nextract: {prompt: calm}\n")
    environment = {"RESONANCE__CHUNK__HOP_S": "3", "RESONANCE__EXTRACT__PROMPT": "wild"}
    config = load_config(file, ["chunk.hop_s=2.5", "extract.layers=[1, 3]"], environment)
    assert (config.chunk.length_s, config.chunk.hop_s) == (5.0, 2.5)
    assert config.extract.prompt == "wild"
    assert config.extract.layers == (1, 3)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("extract.layer=[1]", r"no setting 'extract.layer'. Did you mean 'layers'\?$"),
        ("extrakt.layers=[1]", r"no setting 'extrakt'. Did you mean 'extract'\?"),
        ("chunk.zzz=1", "Known names: length_s, hop_s"),
        ("chunk.hop_s=.nan", "chunk.hop_s = nan cannot be used"),
        ("chunk.hop_s=0", "chunk.hop_s = 0 cannot be used: .*greater than 0"),
        ("extract.layers=[-1]", "cannot be used"),
        ("calibrate.strengths=[1, 0]", "strengths must rise"),
        ("calibrate.rms_low=0.5", r"^the settings given: calibrate: .*must lie below rms_high"),
        ("chunk.hop_s", "has no '='"),
        ("model.id.name=x", "'id' is a value"),
        ("chunk.hop_s=[", "not valid YAML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_hint(override, message):
    with pytest.raises(ConfigError, match=message):
        load_config(overrides=["model.id=nano", override], environment={})


def test_what_is_wrong_is_looked_for_where_it_was_given(tmp_path):
    (tmp_path / "mine.yaml").write_text("chunk: {length_s: -5}")
    environment = {"RESONANCE__CHUNK__HOP_S": "0"}
    with pytest.raises(ConfigError, match=r"mine\.yaml: chunk\.length_s = -5 cannot"):
        load_config(tmp_path / "mine.yaml", environment={})
    with pytest.raises(ConfigError, match=r"^RESONANCE__CHUNK__HOP_S: chunk\.hop_s = 0 cannot"):
        load_config(environment=environment)
    with pytest.raises(ConfigError, match=r"^the settings given: chunk\.hop_s = -1 cannot"):
        load_config(overrides=["chunk.hop_s=-1"], environment=environment)


def test_files_that_cannot_be_used_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"'none.yaml'. Give a YAML file, or one of: .*nano"):
        load_config("none.yaml", environment={})
    with pytest.raises(ConfigError, match=r"'ladder'. .* one of: lyria, melody-large, nano\."):
        load_config("ladder", environment={})
    (tmp_path / "list.yaml").write_text("- 1")
    with pytest.raises(ConfigError, match="must hold a mapping"):
        load_config(tmp_path / "list.yaml", environment={})
    (tmp_path / "bad.yaml").write_text("a: [")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_config(tmp_path / "bad.yaml", environment={})
