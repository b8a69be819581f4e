import pytest

from resonance_core.config import ConceptConfig
from resonance_core.errors import ConfigError, NotInStoreError, StoreError
from resonance_core.steering.concept_file import Concept, load_concepts
from resonance_core.store.concepts import known_concepts, remove_concept, save_concept

GRIT = Concept(label="Grit", prompts=(("clean guitar", "gritty guitar"), ("soft", "hard")))
CONFIG = ConceptConfig()


def test_a_stores_concepts_come_after_those_of_the_file(store):
    seven = load_concepts()
    assert known_concepts(CONFIG, store) == seven
    save_concept("grit", GRIT, store)
    found = known_concepts(CONFIG, store)
    assert list(found.concepts) == [*seven.concepts, "grit"]
    assert found.pairs("grit", 28) == list(GRIT.prompts)
    save_concept("bass", GRIT, store)  # the name is the file's
    assert known_concepts(CONFIG, store).concepts["bass"] == seven.concepts["bass"]


def test_a_concept_that_is_removed_can_be_made_again(store):
    with pytest.raises(NotInStoreError, match="no concept 'grit'"):
        remove_concept("grit", store)
    save_concept("grit", GRIT, store)
    remove_concept("grit", store)
    assert "grit" not in known_concepts(CONFIG, store).concepts
    with pytest.raises(NotInStoreError):
        remove_concept("grit", store)
    save_concept("grit", GRIT, store)
    assert known_concepts(CONFIG, store).concepts["grit"] == GRIT


def test_names_that_lead_elsewhere_and_damaged_files_are_refused(store):
    for name in ("../x", "", "Grit", "a/b"):
        with pytest.raises(ConfigError, match="cannot be a concept's name"):
            save_concept(name, GRIT, store)
        with pytest.raises(ConfigError, match="cannot be a concept's name"):
            remove_concept(name, store)
    store.write_whole("concepts/grit.json", "{}")
    with pytest.raises(StoreError, match="a concept is damaged"):
        known_concepts(CONFIG, store)
