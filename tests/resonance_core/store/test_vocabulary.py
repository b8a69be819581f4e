import numpy as np

from resonance_core.steering.vocabulary import Vocabulary
from resonance_core.store.vocabulary import read_vocabulary, write_vocabulary


def test_what_is_written_is_read_and_always_the_same_bytes(tmp_path):
    rng = np.random.default_rng(0)
    heard, told = rng.standard_normal((2, 3, 2, 4)).astype(np.float32)
    vocabulary = Vocabulary(("techno", "ambient \u00e9", "slow"), (1, 3), heard, told)
    paths = [tmp_path / name for name in ("one", "other")]
    for path in paths:
        write_vocabulary(path, vocabulary)
    found = read_vocabulary(paths[0])
    assert (found.prompts, found.layers) == (vocabulary.prompts, vocabulary.layers)
    np.testing.assert_array_equal(found.heard, heard)
    np.testing.assert_array_equal(found.told, told)
    assert paths[0].read_bytes() == paths[1].read_bytes()
