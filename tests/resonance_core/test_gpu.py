import threading
from types import SimpleNamespace

import pytest
import torch

from resonance_core.config import SamplingConfig
from resonance_core.errors import ConfigError
from resonance_core.gpu import asking_first, exclusive, releasing, resolve_device


def test_devices_by_name():
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto").type in {"cpu", "cuda", "mps"}
    with pytest.raises(ConfigError, match="no device 'warp' here"):
        resolve_device("warp")


def properties(device: torch.device) -> SimpleNamespace:
    """What CUDA says about a GPU, as far as it is asked here."""
    return SimpleNamespace(uuid=f"GPU-of-{device}")


def test_a_gpu_is_known_by_its_own_name_whatever_its_number(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties)
    with exclusive(torch.device("cuda:3")):
        assert (tmp_path / "resonance" / "cuda-GPU-of-cuda:3.lock").exists()


@pytest.mark.parametrize("device", ["cpu", "cuda:7"])
def test_one_at_a_time(device, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties)
    inside, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with exclusive(torch.device(device)):
            with lock:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.02)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_someone_else_is_asked_for_a_gpu_and_not_for_the_cpu(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties)
    asked = []
    with asking_first(lambda: asked.append(1)):
        for device in ("cpu", "cuda:7", "cuda:7"):
            with exclusive(torch.device(device)):
                pass
    with exclusive(torch.device("cuda:7")):
        pass
    assert len(asked) == 2


def test_what_nothing_uses_is_given_back_after_each_generation(nano, monkeypatch):
    given_back = []
    monkeypatch.setattr("resonance_core.gpu.release_memory", given_back.append)
    with pytest.raises(KeyError), releasing(torch.device("cuda:7")):
        raise KeyError
    nano.generate(["piano"], seeds=[1], duration_s=0.1, sampling=SamplingConfig())
    assert given_back == [torch.device("cuda:7"), nano.device]
