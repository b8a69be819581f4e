import torch

from training.captions import Caption
from training.text import (
    PROMPT_TOKENS,
    WIDTH,
    CaptionHead,
    load_tokenizer,
    new_encoder,
    tokenize,
)

CAPTIONS = [
    Caption("fast techno, 150 bpm", {"tempo": 2}, "techno", 150),
    Caption("calm", {"energy": 0}, None, None),
]


def test_captions_are_padded_to_one_length():
    ids, mask = tokenize(load_tokenizer(), CAPTIONS)
    assert ids.shape == mask.shape == (2, PROMPT_TOKENS)
    assert mask.sum(1).tolist() == [8, 3]
    assert not ids[mask == 0].any()


def test_word_vectors_are_fixed_and_the_rest_learns():
    vectors = torch.randn(200, WIDTH)
    encoder = new_encoder(vectors)
    assert torch.equal(encoder.shared.weight, vectors)
    assert not encoder.shared.weight.requires_grad
    ids = torch.tensor([[5, 6, 7]])
    states = encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    states.sum().backward()
    assert all(p.grad is not None for p in encoder.parameters() if p.requires_grad)


def test_the_head_learns_what_captions_say():
    torch.manual_seed(0)
    head = CaptionHead()
    states = torch.randn(2, 4, WIDTH, requires_grad=True)
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    optimizer = torch.optim.Adam([states, *head.parameters()], 0.02)
    first = head.loss(states, mask, CAPTIONS).item()
    for _ in range(60):
        loss = head.loss(states, mask, CAPTIONS)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1 * first
    assert min(head.accuracy(states, mask, CAPTIONS).values()) == 1.0
