# Trains the language model: first to look things up (words that come again,
# and one sentence from few facts), then pairs of facts and texts.  Only the
# answer counts.  It goes on where it was stopped; the same seed gives the same
# batches.  A model that begins with whole texts learns the phrases soon and
# the numbers never: the short tasks must come first.

import json
import os
import random
import time

import torch

import tasks
from llama import SHAPE, Llama
from vocab import Vocab

TOKENS = 1536               # of a batch, with padding


def encode(vocab, messages):
    prompt = vocab.encode(tasks.render(messages))
    said = vocab.encode(messages[-1]['content']) + [vocab.eos]
    return ([vocab.bos] + prompt + said,
            [0] * (1 + len(prompt)) + [1] * len(said))


def read_pairs(vocab, paths):
    out = []
    for path, times in paths:
        own = []
        for n, line in enumerate(open(path), 1):
            messages = json.loads(line)['messages']
            if messages[-1]['role'] != 'assistant' or not any(
                    m['role'] == 'user' for m in messages):
                raise SystemExit(f'{path}:{n}: needs a message of the user'
                                 ' and, last, one of the assistant')
            pair = encode(vocab, messages)
            if len(pair[0]) <= SHAPE['context']:
                own.append(pair)
        out += own * times
    return out


def repeats(vocab, rng, n):
    """Some words again and again: to learn to look up what came before."""
    words = range(vocab.first_piece, len(vocab))
    out = []
    for _ in range(n):
        some = rng.choices(words, k=rng.randint(2, rng.choice([4, 8, 24])))
        ids = (some * 32)[:max(2 * len(some), 48)]
        out.append(([vocab.bos] + ids,
                    [0] * (len(some) + 1) + [1] * (len(ids) - len(some))))
    return out


def batches(pairs, rng):
    """Of like lengths, in an order that is drawn."""
    order = list(range(len(pairs)))
    rng.shuffle(order)
    out, pool = [], 1024
    for at in range(0, len(order), pool):
        some = sorted(order[at:at + pool], key=lambda i: len(pairs[i][0]))
        group, longest = [], 0
        for i in some:
            longest = max(longest, len(pairs[i][0]))
            if group and longest * (len(group) + 1) > TOKENS:
                out.append(group)
                group, longest = [], len(pairs[i][0])
            group.append(i)
        out.append(group)
    rng.shuffle(out)
    return out


def tensors(pairs, group, pad):
    longest = max(len(pairs[i][0]) for i in group)
    ids = torch.full((len(group), longest), pad)
    counts = torch.zeros((len(group), longest), dtype=torch.long)
    for row, i in enumerate(group):
        n = len(pairs[i][0])
        ids[row, :n] = torch.tensor(pairs[i][0])
        counts[row, :n] = torch.tensor(pairs[i][1])
    return ids, counts


@torch.no_grad()
def measure(model, pairs, pad):
    total = right = n = 0
    for group in batches(pairs, random.Random(0)):
        ids, counts = tensors(pairs, group, pad)
        loss, share = model.loss(ids, counts)
        some = int(counts[:, 1:].sum())
        total, right, n = total + float(loss) * some, \
            right + float(share) * some, n + some
    return total / n, right / n


def optimizers(model, rate):
    matrices = [p for layer in model.layers for p in layer.parameters()
                if p.dim() == 2]
    rest = [p for p in model.parameters()
            if not any(p is m for m in matrices)]
    return [torch.optim.Muon(matrices, lr=rate, weight_decay=0.05,
                             adjust_lr_fn='match_rms_adamw'),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98),
                              weight_decay=0.0)]


def slope(step, steps, warm=40):
    return min(1, (step + 1) / warm) * min(1, (steps - step) / (0.7 * steps)
                                           + 0.02)


def train(model, pairs, check, pad, rate, steps, seed, keep, say):
    """To the given number of steps, or once through the pairs; "keep" is the
    file of the state, written now and then."""
    order, epoch, state = [], 0, None
    if not steps:
        steps = len(batches(pairs, random.Random(seed)))
    opts = optimizers(model, rate)
    first = 0
    if os.path.exists(keep):
        state = torch.load(keep)
        model.load_state_dict(state['model'])
        for opt, s in zip(opts, state['opts']):
            opt.load_state_dict(s)
        first = state['step']
        if first:
            say(f'goes on at step {first} of {steps}')
    while len(order) < steps:
        order += batches(pairs, random.Random(seed + epoch))
        epoch += 1

    def save(step):
        torch.save({'model': model.state_dict(), 'step': step,
                    'opts': [o.state_dict() for o in opts]}, keep + '.new')
        os.replace(keep + '.new', keep)

    began, seen, mean = time.time(), 0, None
    for step in range(first, steps):
        for opt in opts:
            for group in opt.param_groups:
                group['lr'] = rate * slope(step, steps)
        ids, counts = tensors(pairs, order[step], pad)
        loss, share = model.loss(ids, counts)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt in opts:
            opt.step()
            opt.zero_grad()
        seen += ids.numel()
        now = float(loss.detach())
        mean = now if mean is None else 0.95 * mean + 0.05 * now
        if (step + 1) % 25 == 0 or step + 1 == steps:
            took = time.time() - began
            left = took / (step + 1 - first) * (steps - step - 1)
            say(f'step {step + 1}/{steps}, loss {mean:.3f},'
                f' {seen / took:.0f} tokens/s, {left / 60:.0f} min left')
        if (step + 1) % 100 == 0 or step + 1 == steps:
            save(step + 1)
        if (step + 1) % 200 == 0 or step + 1 == steps:
            loss, share = measure(model, check, pad)
            say(f'  held out: loss {loss:.3f}, {share:.1%} of tokens right')
    save(steps)
