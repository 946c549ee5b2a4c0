# The classifier, in the form that llama.cpp knows as "bert" with a head: word
# pieces, positions, two layers, the first token's state through a dense layer.

import collections
import re
import unicodedata

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 128, 2, 4, 256, 256
SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
PAD, UNK, CLS, SEP = 0, 1, 2, 3
EPS = 1e-12


def words(text):
    """As llama.cpp splits for word pieces: no accents, lower case, signs
    alone."""
    text = unicodedata.normalize('NFD', text)
    text = ''.join(c for c in text if not unicodedata.combining(c)).lower()
    return re.findall(r'\w+|[^\w\s]', text.replace('_', ' _ '))


class Pieces:
    def __init__(self, tokens):
        self.tokens = tokens
        self.ids = {t: i for i, t in enumerate(tokens)}
        self.cache = {}

    def word(self, text):
        if text in self.cache:
            return self.cache[text]
        out, rest = [], '\u2581' + text
        while rest:
            for n in range(min(len(rest), 24), 0, -1):
                if rest[:n] in self.ids:
                    out.append(self.ids[rest[:n]])
                    rest = rest[n:]
                    break
            else:
                out, rest = [UNK], ''
        self.cache[text] = out
        return out

    def encode(self, text):
        ids = [i for w in words(text) for i in self.word(w)]
        return [CLS] + ids[:CONTEXT - 2] + [SEP]


def learn(texts, size):
    """The letters, the commonest words, and ends and middles for the rest."""
    count = collections.Counter(w for t in texts for w in words(t))
    letters = sorted({c for w in count for c in w if c.isascii()})
    tokens = SPECIAL + ['\u2581' + c for c in letters] + letters
    pieces = collections.Counter()
    for word, n in count.items():
        for length in (2, 3, 4):
            pieces[word[-length:]] += n
            pieces[word[1:1 + length]] += n
    tokens += [p for p, _ in pieces.most_common(400) if len(p) > 1]
    tokens = list(dict.fromkeys(tokens))
    for word, n in count.most_common():
        if len(tokens) >= size or n < 3:
            break
        if '\u2581' + word not in tokens[:len(letters) + 5]:
            tokens.append('\u2581' + word)
    return Pieces(list(dict.fromkeys(tokens)))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH,
                                                                    WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, EPS)
        self.norm2 = nn.LayerNorm(WIDTH, EPS)
        self.drop = nn.Dropout(0.2)

    def forward(self, x, mask):
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.drop(self.out(
            y.transpose(1, 2).reshape(n, t, d))))
        return self.norm2(x + self.drop(self.down(F.gelu(
            self.up(x), approximate='tanh'))))


class Bert(nn.Module):
    def __init__(self, vocab, labels):
        super().__init__()
        self.embed = nn.Embedding(vocab, WIDTH)
        self.place = nn.Embedding(CONTEXT, WIDTH)
        self.kind = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPS)
        self.drop = nn.Dropout(0.2)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, labels)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.03)

    def forward(self, ids):
        mask = (ids != PAD)[:, None, None, :]
        x = self.embed(ids) + self.place.weight[:ids.shape[1]] \
            + self.kind.weight[0]
        x = self.drop(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(self.drop(torch.tanh(self.dense(x[:, 0]))))
