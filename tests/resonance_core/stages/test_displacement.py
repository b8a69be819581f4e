import pytest
import torch

from resonance_core.config import RuntimeConfig
from resonance_core.models.registry import model_info
from resonance_core.stages.directions import find_direction
from resonance_core.stages.displacement import KEPT, displacement_on
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.part import Part
from resonance_core.stages.prepare import prepare

CPU = RuntimeConfig(device="cpu")


@pytest.fixture
def read(monkeypatch) -> list[Part]:
    """The parts whose displacement was made, in order."""
    displacement_on.cache.clear()
    made, displacement = [], Part.displacement
    monkeypatch.setattr(
        Part, "displacement", lambda part, *args: made.append(part) or displacement(part, *args)
    )
    return made


def test_the_last_directions_stay_on_the_device(example_store, quick, read):
    part = prepare(find_direction("example", example_store), quick, example_store, CPU)
    info, device = model_info(quick.model), torch.device("cpu")

    def take(number: int) -> torch.Tensor:
        recipe = quick.steer.model_copy(update={"ramp_s": float(number)})  # another direction
        return displacement_on(part, recipe, info, example_store, device)

    first = take(0)
    assert torch.equal(first, part.displacement(quick.steer, info, example_store))
    read.clear()
    for number in range(1, KEPT):
        take(number)
    assert take(0) is first
    take(KEPT)  # takes the place of 1, which was used least recently
    assert len(read) == KEPT
    assert take(0) is first
    take(1)
    assert len(read) == KEPT + 1


def test_a_piece_that_moves_on_reads_no_direction_again(example_store, quick, read):
    for strength in (1.0, 2.0):
        request = GenerationRequest(prompt="piano", playlist="example", strength=strength, seed=1)
        generate(request, quick, example_store, CPU)
    assert len(read) == 1
