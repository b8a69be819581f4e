import torch

from resonance_core.config import SamplingConfig
from resonance_core.models.sampling import draw, sample_frames


def generators(*seeds: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def test_draws_follow_the_probabilities():
    probabilities = torch.tensor([0.5, 0.3, 0.2, 0.0])
    logits = probabilities.log().expand(1, 20000, 4)
    drawn = draw(logits, generators(0), SamplingConfig(top_k=0))
    shares = torch.bincount(drawn.ravel(), minlength=4) / 20000
    torch.testing.assert_close(shares, probabilities, atol=0.015, rtol=0)


def test_top_k_draws_only_from_the_k_most_likely():
    logits = torch.randn(1, 5000, 16, generator=torch.Generator().manual_seed(1))
    drawn = draw(logits, generators(0), SamplingConfig(top_k=3))
    allowed = logits.topk(3, dim=-1).indices
    assert (allowed == drawn[..., None]).any(-1).all()


def test_a_low_temperature_draws_the_most_likely():
    logits = torch.randn(2, 50, 16, generator=torch.Generator().manual_seed(1))
    drawn = draw(logits, generators(0, 1), SamplingConfig(temperature=1e-4))
    assert torch.equal(drawn, logits.argmax(-1))


def test_the_most_likely_alone_takes_no_noise():
    logits = torch.randn(2, 50, 16, generator=torch.Generator().manual_seed(1))
    row = generators(0)[0]
    before = row.get_state()
    drawn = draw(logits, [row, row], SamplingConfig(top_k=1))
    assert torch.equal(drawn, logits.argmax(-1))
    assert torch.equal(row.get_state(), before)


def test_a_row_takes_its_noise_from_its_own_seed():
    logits = torch.zeros(3, 4, 64)
    together = draw(logits, generators(7, 8, 7), SamplingConfig())
    alone = draw(logits[:1], generators(8), SamplingConfig())
    assert torch.equal(together[0], together[2])
    assert torch.equal(together[1], alone[0])


def test_guidance_mixes_the_two_halves_and_steps_see_the_delayed_columns():
    seen = []

    def step(columns: torch.Tensor) -> torch.Tensor:
        seen.append(columns.clone())
        logits = torch.zeros(2, 2, 8)
        logits[0, :, 3], logits[1, :, 3] = 1.0, 0.5  # conditional likes 3 more
        logits[:, :, 5] = 0.9  # both like 5
        return logits

    frames = sample_frames(
        step,
        given=torch.empty(1, 2, 0).long(),
        frames=3,
        generators=generators(0),
        pad=9,
        sampling=SamplingConfig(guidance_scale=3.0, top_k=1),
    )
    assert next(frames).tolist() == [[3, 3]]
    assert len(seen) == 2  # a frame is given out as soon as its last codebook is drawn
    # 3: 0.5 + 3 * 0.5 = 2.0 beats 5: 0.9, which without guidance would come second to 1.0 only.
    assert [frame.tolist() for frame in frames] == [[[3, 3]], [[3, 3]]]
    assert [columns[0, :, 0].tolist() for columns in seen] == [[9, 9], [3, 9], [3, 3], [3, 3]]
    assert all(torch.equal(columns[0], columns[1]) for columns in seen)


def test_what_is_given_is_read_at_once_and_gone_on_from():
    seen = []

    def step(columns: torch.Tensor) -> torch.Tensor:
        seen.append(columns[0].tolist())
        return torch.nn.functional.one_hot(columns[:, :, -1] + 1, 12).float()

    frames = sample_frames(
        step,
        given=torch.tensor([[[1, 2], [5, 6]]]),
        frames=2,
        generators=generators(0),
        pad=9,
        sampling=SamplingConfig(guidance_scale=1.0, top_k=1),
    )
    # The second codebook lags: its last given token is read while the first is drawn already.
    assert [frame.tolist() for frame in frames] == [[[3, 7]], [[4, 8]]]
    assert seen == [[[9, 1, 2], [9, 9, 5]], [[3], [6]], [[4], [7]]]
