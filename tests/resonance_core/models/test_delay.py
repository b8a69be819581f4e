import torch

from resonance_core.models.delay import delay, undelay

P = -1


def test_codebook_q_runs_q_frames_behind():
    codes = torch.tensor([[[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]]])
    assert delay(codes, P).tolist() == [
        [[P, 1, 2, 3, 4], [P, P, 11, 12, 13], [P, P, P, 21, 22]],
    ]


def test_left_and_right_run_together():
    codes = torch.tensor([[[1, 2, 3], [4, 5, 6], [11, 12, 13], [14, 15, 16]]])
    assert delay(codes, P, channels=2).tolist() == [
        [[P, 1, 2, 3], [P, 4, 5, 6], [P, P, 11, 12], [P, P, 14, 15]],
    ]


def test_undelay_undoes_what_generation_lays_out():
    codes = torch.arange(24).reshape(1, 4, 6)
    columns = torch.full((1, 4, 10), P)
    for q in range(4):
        columns[:, q, q + 1 : q + 7] = codes[:, q]
    for frame in range(6):
        assert torch.equal(undelay(columns, frame), codes[..., frame])


def test_undelay_undoes_what_runs_together():
    codes = torch.arange(24).reshape(2, 4, 3)
    later = torch.full((2, 4, 1), P)
    columns = delay(torch.cat([codes, later], dim=2), P, channels=2)
    for frame in range(3):
        assert torch.equal(undelay(columns, frame, channels=2), codes[..., frame])
