# The language model's vocabulary and how text becomes tokens, exactly as
# llama.cpp does it for a SentencePiece vocabulary: of two neighbours whose
# join is a token, the ones with the best score are joined first.  No token
# crosses from letters to blanks, digits or signs, so that a name is the same
# tokens wherever it stands.  Up to three digits are one token: what is copied
# in one step is copied right.

import collections
import json
import re

NUMBERS = [f'{n:03}' for n in range(1000)] + [f'{n:02}' for n in range(100)]
SPECIAL = ['<unk>', '<s>', '</s>']
LATIN = ''.join(chr(c) for c in [*range(32, 127), *range(0xa1, 0x100)]) \
    + '–—‘’“”…€₂'
CHUNK = re.compile(r'\\n|\n|[^\W\d_]+|\d+| |(?:(?!\\n)[^\w \n]|_)+', re.S)


def chunks(text):
    return CHUNK.findall(text)


class Vocab:
    def __init__(self, pieces, marks):
        """pieces: text of the tokens that joins make, the best first."""
        self.marks = list(marks)
        self.tokens = SPECIAL + self.marks + [f'<0x{b:02X}>'
                                              for b in range(256)]
        self.first_byte = len(SPECIAL) + len(self.marks)
        letters = ['\u2581' if c == ' ' else c for c in LATIN]
        # llama.cpp joins by score alone
        self.rank = {p: i for i, p in enumerate(pieces)}
        self.first_piece = len(self.tokens)
        self.tokens += pieces + letters
        self.scores = [0.0] * self.first_piece \
            + [-float(i) for i in range(len(pieces))] \
            + [-1e4 - i for i in range(len(letters))]
        self.ids = {t: i for i, t in enumerate(self.tokens)
                    if i >= self.first_piece}
        self.special = {t: i for i, t in enumerate(self.tokens)
                        if i < self.first_byte}
        self.bos, self.eos = self.special['<s>'], self.special['</s>']
        self.cache = {}
        self.split = re.compile('(' + '|'.join(map(re.escape, self.marks))
                                + ')')

    @staticmethod
    def load(path):
        data = json.load(open(path))
        return Vocab(data['pieces'], data['marks'])

    def save(self, path):
        pieces = sorted(self.rank, key=self.rank.get)
        json.dump({'pieces': pieces, 'marks': self.marks}, open(path, 'w'),
                  ensure_ascii=False)

    def __len__(self):
        return len(self.tokens)

    def word(self, text):
        if text in self.cache:
            return self.cache[text]
        parts = list(text.replace(' ', '\u2581'))
        while len(parts) > 1:
            best = min(range(len(parts) - 1), key=lambda i: self.rank.get(
                parts[i] + parts[i + 1], 1 << 30))
            if parts[best] + parts[best + 1] not in self.rank:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        out = []
        for part in parts:
            if part in self.ids:
                out.append(self.ids[part])
            else:
                out += [self.first_byte + b for b in part.encode()]
        self.cache[text] = out
        return out

    def encode(self, text):
        out = []
        for part in self.split.split(text) if self.marks else [text]:
            if part in self.special:
                out.append(self.special[part])
            else:
                for chunk in chunks(part):
                    out += self.word(chunk)
        return out

    def decode(self, ids):
        out = bytearray()
        for i in ids:
            if i >= self.first_piece:
                out += self.tokens[i].replace('\u2581', ' ').encode()
            elif i >= self.first_byte:
                out.append(i - self.first_byte)
        return out.decode('utf-8', 'replace')


def learn(texts, size, marks):
    """A vocabulary of that many tokens by byte pair merges over the texts."""
    count = collections.Counter()
    for text in texts:
        count.update(c for c in chunks(text)
                     if len(c) > 1 and not c.isdigit())
    words = [(list(w), n) for w, n in count.items() if n > 1]
    pieces = ['\\n', *NUMBERS]
    room = size - len(Vocab([], marks)) - len(pieces)
    while room > 0:
        pairs = collections.Counter()
        for parts, n in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += n
        if not pairs:
            break
        # the sort makes ties the same in every run
        (left, right), n = max(pairs.items(), key=lambda p: (p[1], p[0]))
        if n < 3:
            break
        joined = left + right
        if joined not in pieces:
            pieces.append(joined)
            room -= 1
        for parts, _ in words:
            i = 0
            while i < len(parts) - 1:
                if parts[i] == left and parts[i + 1] == right:
                    parts[i:i + 2] = [joined]
                i += 1
    return Vocab(pieces, marks)
