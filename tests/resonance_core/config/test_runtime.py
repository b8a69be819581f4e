from resonance_core.config import RuntimeConfig


def test_the_runtime_is_read_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path))
    monkeypatch.setenv("RESONANCE_BATCH_SIZE", "3")
    runtime = RuntimeConfig()
    assert (runtime.store, runtime.batch_size) == (str(tmp_path), 3)
