"""The house: arrows point down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ["resonance_core", "tasks", "flows", "studio"]  # from the ground up


def imported(path: Path) -> set[str]:
    """The top-level packages a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("floor", [name for name in HOUSE if (ROOT / name).is_dir()])
def test_no_floor_imports_one_above_it(floor):
    above = set(HOUSE[HOUSE.index(floor) + 1 :])
    if floor == "resonance_core":
        above |= {"prefect", "fastapi"}
    files = list((ROOT / floor).rglob("*.py"))
    assert files
    wrong = {str(file.relative_to(ROOT)): imported(file) & above for file in files}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_the_core_runs_without_prefect_and_fastapi():
    code = (
        "import sys, pkgutil, importlib, resonance_core\n"
        "for m in pkgutil.walk_packages(resonance_core.__path__, 'resonance_core.'):\n"
        "    try:\n"
        "        importlib.import_module(m.name)\n"
        "    except ModuleNotFoundError as error:  # AudioCraft need not be here\n"
        "        if error.name not in ('audiocraft', 'omegaconf', 'spacy'):\n"
        "            raise\n"
        "print(sorted({'prefect', 'fastapi'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "[]", run.stderr


def test_tests_mirror_the_source():
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").rglob("test_*.py")}
    for folder in (path.parent for path in (ROOT / "tests").rglob("test_*.py")):
        mirrored = ROOT / folder.relative_to(ROOT / "tests")
        assert mirrored.is_dir(), f"{folder} mirrors no source folder"
    assert tested
