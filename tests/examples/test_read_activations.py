import re
import runpy
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "read_activations.py"


def test_the_example_reads_a_store_it_has_filled(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path))
    found = runpy.run_path(str(EXAMPLE))
    printed = capsys.readouterr().out
    assert "nano: layers [0, 1, 2, 3, 4, 5], 192 wide; here: 3" in printed
    assert len(re.findall(r"^\w{8} -> \w{8}  [+-]0\.\d\d$", printed, re.MULTILINE)) == 3
    assert found["right"].float().mean() > 0.6  # by chance 0.33
    assert found["heard"].shape == (18, 192)
