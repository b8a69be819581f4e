from pathlib import Path

import pytest

from resonance_core.errors import ModelError
from resonance_core.models.capabilities import (
    CAPABILITIES,
    IN_WORDS,
    capability_table,
    check_ability,
)


@pytest.mark.parametrize("ability", IN_WORDS)
def test_who_cannot_is_refused_and_who_can_is_named(ability):
    for backend, row in CAPABILITIES.items():
        if getattr(row, ability):
            check_ability(backend, ability)
            continue
        words = (
            rf"^{backend} cannot {IN_WORDS[ability]}\. Use a model of audiocraft or transformers"
        )
        with pytest.raises(ModelError, match=words):
            check_ability(backend, ability)


def test_what_is_loaded_is_in_the_table(model):
    row = CAPABILITIES[model.info.backend]
    assert model.info.sample_rate == row.sample_rate
    assert model.info.channels in row.channels
    assert not row.hosted


def test_the_readme_has_the_same_table():
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    section = readme.partition("## What each backend can do\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    assert [cells[0], *cells[2:]] == capability_table()
