import pytest

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.store.creations import (
    Creation,
    family_of,
    list_creations,
    load_creation,
    remove_creation,
    save_creation,
)


def creation(title: str, parent: Creation | None = None) -> Creation:
    of = None if parent is None else parent.id
    asked = {"prompt": title, "seed": 1}
    return Creation(title=title, piece="0" * 64, request=asked, parent=of)


def test_creations_are_kept_and_listed_from_the_newest_on(store):
    first, second = creation("first"), creation("second")
    for one in (second, first):
        save_creation(store, one)
    assert list_creations(store) == [second, first]
    assert load_creation(store, first.id) == first


def test_one_that_was_removed_is_there_no_more(store):
    gone = creation("gone")
    save_creation(store, gone)
    remove_creation(store, gone)
    assert list_creations(store) == []
    with pytest.raises(NotInStoreError, match=gone.id):
        load_creation(store, gone.id)
    assert (store.root / f"creations/{gone.id}.json").read_bytes() == b""


def test_variants_of_one_that_was_removed_stay_one_family(store):
    root = creation("root")
    middle, sister = creation("middle", root), creation("sister", root)
    leaf = creation("leaf", middle)
    for one in (root, middle, sister, leaf):
        save_creation(store, one)
    remove_creation(store, middle)
    assert load_creation(store, leaf.id).parent == root.id
    remove_creation(store, root)
    assert {one.parent for one in list_creations(store)} == {root.id}


def test_two_that_say_they_came_from_each_other_are_listed(store):
    first = creation("first")
    second = creation("second", first)
    for one in (first.model_copy(update={"parent": second.id}), second):
        save_creation(store, one)
    assert first.id in {one.id for one in family_of(first, store)}


@pytest.mark.parametrize("name", ["../playlists/mine", "", "mine", "/etc/passwd"])
def test_only_an_id_names_a_file(store, name):
    with pytest.raises(NotInStoreError, match="is no creation's id"):
        load_creation(store, name)


def test_a_damaged_one_is_named(store):
    damaged = creation("damaged")
    store.write_whole(f"creations/{damaged.id}.json", "{")
    with pytest.raises(StoreError, match=damaged.id):
        list_creations(store)
