"""Muon: momentum whose singular values are made equal, for the matrices of a network."""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic iteration that drives singular values towards 1."""
ITERATIONS = 5
RMS_MATCH = 0.2
"""Brings an update's RMS to that of AdamW (Liu et al. 2025, Muon is scalable for LLM training)."""


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised by a Newton-Schulz iteration (Jordan et al. 2024).

    PyTorch's own handles one matrix at a time; here all matrices of a shape share one batch,
    which is what makes it cheap for a small network on a CPU.

    Args:
        parameters: Matrices.
        lr: Learning rate.
        momentum: Share of the old momentum that is kept.
        weight_decay: Times ``lr``, taken off the weights each step.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.05,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Move every matrix."""
        for group in self.param_groups:
            by_shape = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[tuple(parameter.shape)].append(parameter)
            for parameters in by_shape.values():
                updates = torch.stack([self._nesterov(p, group["momentum"]) for p in parameters])
                updates = orthogonalise(updates)
                scale = group["lr"] * RMS_MATCH * max(updates.shape[-2:]) ** 0.5
                for parameter, update in zip(parameters, updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-scale)

    def _nesterov(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        assert parameter.grad is not None
        average = state["momentum"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(average, momentum)


def orthogonalise(matrices: Tensor) -> Tensor:
    """Bring the singular values of matrices near 1, ``[matrices, rows, columns]``."""
    a, b, c = NEWTON_SCHULZ
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()
