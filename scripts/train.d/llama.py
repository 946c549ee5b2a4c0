# The language model, in the form that llama.cpp knows as "llama": RMS norm,
# rotary positions, SwiGLU; the embedding is the output as well.

import torch
from torch import nn
from torch.nn import functional as F

SHAPE = {'vocab': 2560, 'width': 160, 'layers': 4, 'heads': 5, 'inner': 384,
         'context': 1024}
EPS, BASE = 1e-5, 10000.0


class Layer(nn.Module):
    def __init__(self, s):
        super().__init__()
        d, self.heads = s['width'], s['heads']
        self.attn_norm = nn.Parameter(torch.ones(d))
        self.ffn_norm = nn.Parameter(torch.ones(d))
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.qkv, self.out = linear(d, 3 * d), linear(d, d)
        self.gate_up = linear(d, 2 * s['inner'])
        self.down = linear(s['inner'], d)

    def forward(self, x, turn):
        n, t, d = x.shape
        h = F.rms_norm(x, (d,), self.attn_norm, EPS)
        q, k, v = self.qkv(h).view(n, t, 3, self.heads, -1).permute(
            2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(rotate(q, turn), rotate(k, turn),
                                           v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(n, t, d))
        gate, up = self.gate_up(
            F.rms_norm(x, (d,), self.ffn_norm, EPS)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def rotate(x, turn):
    """Neighbours are a pair, as llama.cpp has them for this form."""
    cos, sin = turn
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Llama(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape['vocab'], shape['width'])
        self.layers = nn.ModuleList(Layer(shape)
                                    for _ in range(shape['layers']))
        self.norm = nn.Parameter(torch.ones(shape['width']))
        half = shape['width'] // shape['heads'] // 2
        angle = torch.outer(torch.arange(shape['context']).float(),
                            BASE ** (-torch.arange(half) / half))
        self.register_buffer('cos', angle.cos(), persistent=False)
        self.register_buffer('sin', angle.sin(), persistent=False)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)
        for layer in self.layers:
            for p in (layer.out.weight, layer.down.weight):
                nn.init.normal_(p, std=0.02 / (2 * shape['layers']) ** 0.5)

    def hidden(self, ids):
        x = self.embed(ids)
        turn = self.cos[:ids.shape[1]], self.sin[:ids.shape[1]]
        for layer in self.layers:
            x = layer(x, turn)
        return F.rms_norm(x, x.shape[-1:], self.norm, EPS)

    def loss(self, ids, counts):
        """Mean loss and share of right guesses where counts is 1."""
        where = counts[:, 1:].bool()
        h = self.hidden(ids[:, :-1])[where]
        logits = h @ self.embed.weight.T
        goal = ids[:, 1:][where]
        return (F.cross_entropy(logits, goal),
                (logits.argmax(-1) == goal).float().mean())

    def size(self):
        return sum(p.numel() for p in self.parameters())
