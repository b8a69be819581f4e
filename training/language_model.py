"""Training of the language model: teacher-forced on the corpus' tokens."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from resonance_core.judge.features import ATTRIBUTES
from training.batches import PAD, Batch, TokenCorpus, no_chroma
from training.captions import caption
from training.corpus import HELD_OUT
from training.decoder import new_model
from training.muon import Muon
from training.text import CaptionHead, load_tokenizer, new_encoder, tokenize

MUON_RATE, ADAM_RATE, TEXT_RATE = 0.012, 2e-3, 2e-4
WARM_UP_STEPS = 20
FLAT_SHARE = 0.4
"""Of the steps at the full rate, before it falls to almost nothing."""
CODEBOOK_WEIGHTS = (1.0, 0.7, 0.45, 0.3)
"""The first codebook says most about the sound, and text says most about the first codebook."""
CAPTION_WEIGHT = 0.1
"""Of the caption head's loss, so that the text encoder keeps its summaries apart."""
VALIDATION_CLIPS, VALIDATION_ROWS, VALIDATION_FRAMES, FIRST_FRAMES = 48, 12, 250, 25


class LanguageModelTraining:
    """A model with all that its training needs; saved and loaded as a whole.

    Args:
        corpus: Folder of the clips' labels.
        tokens: Folder of their tokens.
        codec: Folder of the codec.
        text: Folder of the text encoder.
        steps: Batches in all: the learning rate falls to nothing at the last.
    """

    def __init__(self, corpus: Path, tokens: Path, codec: Path, text: Path, steps: int) -> None:
        torch.manual_seed(0)
        self.steps, self.step = steps, 0
        self.rng = random.Random(0)
        self.train_data = TokenCorpus(corpus, tokens)
        self.held_out = TokenCorpus(corpus, tokens, [HELD_OUT])
        self.tokenizer = load_tokenizer()
        saved = torch.load(text / "encoder.pt", weights_only=True)
        encoder = new_encoder(saved["encoder"]["shared.weight"])
        encoder.load_state_dict(saved["encoder"])
        self.head = CaptionHead()
        self.head.load_state_dict(saved["head"])
        self.model = new_model(
            AutoModel.from_pretrained(codec), encoder, saved["mean"], saved["std"]
        )
        matrices = [p for p in self.layers.parameters() if p.ndim == 2]
        text_parameters = [*_trained(encoder), *self.head.parameters()]
        apart = {id(p) for p in (*matrices, *text_parameters)}
        rest = [p for p in _trained(self.model) if id(p) not in apart]
        self.clipped = rest + text_parameters
        self.muon = Muon(matrices, MUON_RATE)
        self.adam = torch.optim.AdamW(
            [{"params": rest, "lr": ADAM_RATE}, {"params": text_parameters, "lr": TEXT_RATE}],
            betas=(0.9, 0.95),
            weight_decay=0.01,
        )
        self.schedules = [
            torch.optim.lr_scheduler.LambdaLR(optimizer, self._rate)
            for optimizer in (self.muon, self.adam)
        ]

    @property
    def layers(self) -> nn.ModuleList:
        """The decoder's transformer layers."""
        return self.model.decoder.model.decoder.layers

    def _rate(self, step: int) -> float:
        fall = max(0.0, (step / self.steps - FLAT_SHARE) / (1 - FLAT_SHARE))
        return min(1.0, (step + 1) / WARM_UP_STEPS) * (1 - 0.98 * min(1.0, fall))

    def learn(self) -> Tensor:
        """Take one step; return the cross-entropy of each codebook, ``[codebooks]``, in nats."""
        batch = self.train_data.batch(self.rng, self.step / self.steps)
        ids, mask = tokenize(self.tokenizer, batch.captions)
        with torch.autocast("cpu", torch.bfloat16):
            losses, states = self._losses(batch, ids, mask)
        weights = torch.tensor(CODEBOOK_WEIGHTS)
        loss = (losses * weights).sum() / weights.sum()
        loss = loss + CAPTION_WEIGHT * self.head.loss(states.float(), mask, batch.captions)
        self.muon.zero_grad()
        self.adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.clipped, 1.0)
        for optimizer in (self.muon, self.adam):
            optimizer.step()
        for schedule in self.schedules:
            schedule.step()
        self.step += 1
        return losses.detach()

    def _losses(self, batch: Batch, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        states = self.model.text_encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        prefix = self.prefix(states, mask * ~batch.unconditional[:, None], batch.chroma)
        inputs = batch.columns[:, :, :-1]
        spoilt = batch.noisy[:, :, :-1] & (inputs != PAD).all(1, keepdim=True)
        inputs = torch.where(spoilt, inputs.roll(1, 0), inputs)
        losses = self.cross_entropy(inputs, batch.columns[:, :, 1:], prefix)
        counted = batch.weights[:, None] * (batch.columns[:, :, 1:] != PAD)
        return (losses * counted).sum((0, 2)) / counted.sum((0, 2)), states

    def prefix(self, states: Tensor, mask: Tensor, chroma: Tensor) -> Tensor:
        """Return what the decoder is told, ``[rows, CHROMA_FRAMES + tokens, hidden]``.

        Args:
            states: Encoded captions, ``[rows, tokens, text width]``.
            mask: Which tokens count, ``[rows, tokens]``; none of a row's without text.
            chroma: ``[rows, CHROMA_FRAMES, 12]``.
        """
        text = self.model.enc_to_dec_proj(states) * mask[..., None]
        return torch.cat([self.model.audio_enc_to_dec_proj(chroma), text], dim=1)

    def cross_entropy(self, inputs: Tensor, targets: Tensor, prefix: Tensor) -> Tensor:
        """Return the loss of every code in nats, ``[rows, codebooks, columns]``; 0 for padding."""
        decoder = self.model.decoder
        states = decoder.model(
            inputs.flatten(0, 1), encoder_hidden_states=prefix, use_cache=False
        ).last_hidden_state[:, prefix.shape[1] :]
        losses = [
            functional.cross_entropy(
                head(states).transpose(1, 2).float(), target, ignore_index=PAD, reduction="none"
            )
            for head, target in zip(decoder.lm_heads, targets.unbind(1), strict=True)
        ]
        return torch.stack(losses, dim=1)

    @torch.no_grad()
    def validate(self) -> dict[str, list[float]]:
        """Return held-out cross-entropy of each codebook, with right, wrong and no captions.

        ``first`` is of the first half second, where text tells most.
        """
        results: dict[str, list[Tensor]] = {}
        for first_clip in range(0, VALIDATION_CLIPS, VALIDATION_ROWS):
            clips = [(first_clip + i) % len(self.held_out.specs) for i in range(VALIDATION_ROWS)]
            columns = self.held_out.columns(clips, [0] * len(clips), VALIDATION_FRAMES)
            said = [
                caption(self.held_out.specs[clip], random.Random(clip), ATTRIBUTES)
                for clip in clips
            ]
            ids, mask = tokenize(self.tokenizer, said)
            states = self.model.text_encoder(input_ids=ids, attention_mask=mask)[0]
            chroma = no_chroma(len(clips))
            for mode, mode_states, mode_mask in (
                ("right", states, mask),
                ("wrong", states.roll(1, 0), mask.roll(1, 0)),
                ("none", states, mask * 0),
            ):
                prefix = self.prefix(mode_states, mode_mask, chroma)
                losses = self.cross_entropy(columns[:, :, :-1], columns[:, :, 1:], prefix)
                results.setdefault(mode, []).append(losses.mean((0, 2)))
                first = losses[:, :, :FIRST_FRAMES].mean((0, 2))
                results.setdefault(f"{mode} first", []).append(first)
        return {
            mode: [round(value, 3) for value in torch.stack(parts).mean(0).tolist()]
            for mode, parts in results.items()
        }

    def save(self, path: Path) -> None:
        """Write everything that a later run continues from."""
        parts = self._parts()
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"step": self.step, "rng": self.rng.getstate()}
        unfinished = path.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.rename(path)

    def load(self, path: Path) -> None:
        """Continue from a checkpoint."""
        state = torch.load(path, weights_only=True)
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.step = state["step"]
        version, internal, gauss = state["rng"]
        self.rng.setstate((version, tuple(internal), gauss))

    def _parts(self) -> dict[str, Any]:
        return {
            "decoder": self.model.decoder,
            "text_encoder": self.model.text_encoder,
            "text_projection": self.model.enc_to_dec_proj,
            "chroma_projection": self.model.audio_enc_to_dec_proj,
            "head": self.head,
            "muon": self.muon,
            "adam": self.adam,
            "muon_schedule": self.schedules[0],
            "adam_schedule": self.schedules[1],
        }


def _trained(module: nn.Module) -> Iterator[nn.Parameter]:
    return (p for p in module.parameters() if p.requires_grad)


def train_language_model(
    training: LanguageModelTraining, checkpoint: Path, save_every_s: float = 120.0
) -> None:
    """Train to the last step, from the checkpoint if there is one.

    Args:
        training: The model and its data.
        checkpoint: Where progress is kept.
        save_every_s: Seconds between checkpoints.
    """
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists():
        training.load(checkpoint)
    started = saved = time.monotonic()
    first = training.step
    average: Tensor | None = None
    while training.step < training.steps:
        losses = training.learn()
        average = losses if average is None else 0.97 * average + 0.03 * losses
        if training.step % 25 == 0:
            pace = (time.monotonic() - started) / (training.step - first)
            ce = [round(value, 2) for value in average.tolist()]
            print(
                f"language model: step {training.step} of {training.steps}, "
                f"cross-entropy {ce}, {pace:.2f} s a step",
                flush=True,
            )
        if time.monotonic() - saved > save_every_s:
            training.save(checkpoint)
            print(f"language model: held out {training.validate()}", flush=True)
            saved = time.monotonic()
    training.save(checkpoint)
    print(f"language model: held out {training.validate()}", flush=True)
