# Trains the classifier: one encoder, one head, groups of labels.  An example
# belongs to one group, and only the labels of its group compete.

import collections
import csv
import hashlib
import os
import random
import re

import torch
from torch.nn import functional as F

import bert
import lexicon as lx
import rdata
import tasks

GROUPS = {'sentiment': ['negative', 'positive'],
          'segment': ['bargain', 'premium', 'gift', 'sport']}
LABELS = [label for labels in GROUPS.values() for label in labels]

# A list of words to be compared with; ours, and not large.
GOOD = set('''good great excellent love loved loves best perfect nice happy
recommend recommended delicious tasty wonderful amazing favorite fantastic
awesome well works easy comfortable pleased impressed satisfied beautiful
quality fresh enjoy enjoyed glad fast sturdy strong soft clear
fine superb yummy thanks worth fair impressive super wow liked like likes
better brilliant charming cheerful clean crisp cute definitely delight
delighted durable easily elegant enjoyable exactly exceeded extremely
fabulous flawless flawlessly friendly fun gorgeous handy helpful incredible
lasts light lovely neat outstanding pleasant pleasantly pleasing quick quickly
quiet reliable rocks satisfactory securely sharp simple sleek smooth soft
solid stylish superior terrific thrilled tough useful warm
wonderfully yum'''.split())
BAD = set('''bad worst terrible horrible awful poor poorly disappointed
disappointing disappointment broke broken waste wasted return returned refund
useless hate hated cheap junk never not don't doesn't didn't unfortunately
problem problems wrong stopped dead weak slow stale disgusting nasty unless
difficult hard worse money defective crap fails failed garbage annoying avoid
beware bitter bland bulky careful complaint cracked cracks crappy dead died
dirty disappoint dull error expensive expired fake flimsy frustrating gross
horribly impossible inaccurate inferior irritating lacks lasted lousy mess
misleading mistake nothing overpriced painful pathetic peeling pointless
regret ridiculous ripped rubbish scratched sick sloppy smelly stupid sucks
tasteless tear thin tinny torn trash ugly uncomfortable unhappy unreliable
unusable warning weird won't wouldn't isn't wasn't can't couldn't neither
nor cannot'''.split())


def held_out(text):
    """One in five, by the text alone, so that every run agrees."""
    return hashlib.sha256(text.encode()).digest()[0] < 51


def clean(text):
    return ' '.join(text.replace('<br />', ' ').split())


def foods(folder):
    """4,000 and 1,000 reviews of foods; "great" is five stars, the rest less.
    Those to test with are the package's own."""
    base = os.path.join(folder, 'usr/lib/R/site-library/modeldata/data/Rdata')
    out = []
    for name, test in (('training_data', False), ('testing_data', True)):
        rows = rdata.table(base, name)
        out += [(clean(text), 'positive' if score == 'great' else 'negative',
                 test, 'foods') for text, score in zip(rows['review'],
                                                       rows['score'])]
    return out


def own(path):
    """CSV of text and label, or text, tab, 0 or 1."""
    out = []
    with open(path, newline='', encoding='utf-8') as file:
        tabs = '\t' in file.readline()
        file.seek(0)
        rows = ((line.rstrip('\n').split('\t') for line in file) if tabs
                else csv.reader(file))
        for n, row in enumerate(rows, 1):
            if len(row) < 2 or row[:2] == ['text', 'label']:
                continue
            label = {'0': 'negative', '1': 'positive'}.get(row[1], row[1])
            if label not in LABELS:
                raise SystemExit(f'{path}:{n}: the label "{label}" is none of '
                                 + ', '.join(LABELS))
            text = clean(row[0])
            out.append((text, label, held_out(text),
                        os.path.basename(path)))
    return out


# Made-up sentences and customers

GOOD_WORDS = ['good', 'great', 'beautiful', 'perfect', 'very soft',
              'comfortable', 'easy to use', 'strong', 'excellent', 'fine']
BAD_WORDS = ['bad', 'too small', 'broken', 'ugly', 'very weak', 'too short',
             'too heavy', 'too narrow', 'loose', 'dirty']
GOOD_ENDS = ['I use it every day.', 'I will buy it again.', 'Thank you!',
             'My family loves it.', 'Worth the price.', 'It works well.', '']
BAD_ENDS = ['I sent it back.', 'I want my money back.', 'Never again.',
            'It broke after two days.', 'I am not happy with it.',
            'It does not work.', '']


def made_up_reviews(rng, n):
    out = []
    for _ in range(n):
        bad = rng.random() < 0.5
        thing = rng.choice([k[0] for k in lx.KINDS if k[3] == 's']
                           + sorted(tasks.ASPECTS))
        form = rng.choice(['The {} is {}.', 'I think the {} is {}.',
                           'This {} is {}.'])
        text = form.format(thing, rng.choice(BAD_WORDS if bad
                                             else GOOD_WORDS))
        text = (text + ' ' + rng.choice(BAD_ENDS if bad
                                        else GOOD_ENDS)).strip()
        out.append((text, 'negative' if bad else 'positive', held_out(text),
                    'made up'))
    return out


def hints(rng, rows, times=10):
    """The words of the lists among words that say nothing."""
    count = collections.Counter(w for r in rows if not r[2]
                                for w in set(bert.words(r[0])))
    plain = [w for w, n in count.most_common(1500)
             if w.isalpha() and w not in GOOD and w not in BAD]
    out = []
    for words, label in ((GOOD, 'positive'), (BAD, 'negative')):
        for word in sorted(words):
            for _ in range(times):
                some = rng.sample(plain, rng.randint(1, 8))
                some.insert(rng.randint(0, len(some)), word)
                out.append((' '.join(some), label, False, 'hints'))
    return out


WISHES = {
    'bargain': ['I waited for the sale.', 'Good value for little money.',
                'The price was right.', 'I used my coupon.',
                'Cheap and good enough.'],
    'premium': ['I like fine materials.', 'The best that I could find.',
                'I pay more for quality.', 'It feels noble.',
                'Made to last, and it looks so.'],
    'gift': ['My mother was happy about it.', 'I bought it for my friend.',
             'It was a birthday present.', 'Please wrap it nicely.',
             'My wife loves it.'],
    'sport': ['I take it on every hike.', 'Great for my training.',
              'I run with it in the rain.', 'It was with me in the mountains.',
              'Good on the bicycle.']}
TITLES = {
    'bargain': ['Set of 3 {}', '{}, second choice', 'Outlet {}', '{} on sale',
                'Pack of 10 {}', 'Simple {}'],
    'premium': ['Silk {}', 'Handmade {}', 'Leather {}', 'Signature {}',
                'Limited {}', 'Copper {}'],
    'gift': ['{} in a gift box', 'Gift {}', 'Personal {}', 'Candle and {}',
             '{} with name', 'Greeting card and {}'],
    'sport': ['Running {}', 'Hiking {}', 'Trail {}', 'Mountain {}',
              'Bicycle {}', 'Camping {}']}


def made_up_customers(rng, n):
    """In the words of the module (engine/aif_customer.c)."""
    out = []
    for _ in range(n):
        label = rng.choice(GROUPS['segment'])
        lines = []
        for _ in range(rng.randint(1, 5)):
            like = rng.random() < 0.75
            kind = rng.choice(lx.KINDS)[0]
            title = rng.choice(TITLES[label if like else rng.choice(
                GROUPS['segment'])]).format(kind)
            category = ('Sport' if label == 'sport' and like else
                        rng.choice(list(lx.CATEGORIES)))
            low, high = {'bargain': (3, 20), 'premium': (80, 400)}.get(
                label if like else '', (8, 120))
            price = f'{rng.randint(low, high)}.' + rng.choice(['00', '50',
                                                              '90'])
            lines.append(f'Bought: {title} ({category}), {price}')
        if rng.random() < 0.5:
            lines.append('Wrote: ' + rng.choice(WISHES[label]))
        text = '\n'.join(lines)
        out.append((text, label, held_out(text), 'customers'))
    return out


def balance(text):
    words = re.findall(r"[a-z']+", text.lower())
    return sum(w in GOOD for w in words) - sum(w in BAD for w in words)


def by_words(text):
    return 'positive' if balance(text) > 0 else 'negative'


def data(o):
    rng = random.Random(o.seed)
    rows = made_up_customers(rng, 2500) + made_up_reviews(rng, 1500)
    folder = os.path.join(o.build, 'reviews')
    if os.path.isdir(folder):
        rows += foods(folder)
    for path in o.reviews:
        rows += own(path)
    return rows + hints(rng, rows)


def group_of(label):
    return next(g for g, labels in GROUPS.items() if label in labels)


def doubtful(row):
    """Four stars are praise, too, and so no example of complaint."""
    return row[3] == 'foods' and row[1] == 'negative' \
        and balance(row[0]) > 0


def train(rows, seed, say, epochs=3, rate=1.2e-3):
    """Returns pieces and model.  What was labelled by hand, sentence by
    sentence, counts three times: the foods' stars are coarser."""
    rng = random.Random(seed)
    torch.manual_seed(seed)
    learn = [r for r in rows if not r[2] and not doubtful(r)]
    learn += [r for r in learn
              if r[3] not in ('foods', 'made up', 'customers', 'hints')] * 2
    pieces = bert.learn([r[0] for r in learn], 5000)
    model = bert.Bert(len(pieces.tokens), len(LABELS))
    say(f'{len(learn)} examples to learn, {len(pieces.tokens)} word pieces, '
        f'{sum(p.numel() for p in model.parameters()):,} parameters')
    opt = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    coded = [(pieces.encode(t)[:128], LABELS.index(label), group_of(label))
             for t, label, *_ in learn]
    steps, step = epochs * ((len(coded) + 31) // 32), 0
    mean = None
    for _ in range(epochs):
        rng.shuffle(coded)
        for at in range(0, len(coded), 1024):
            pool = sorted(coded[at:at + 1024], key=lambda c: len(c[0]))
            lots = [pool[i:i + 32] for i in range(0, len(pool), 32)]
            rng.shuffle(lots)
            for lot in lots:
                for g in opt.param_groups:
                    g['lr'] = rate * min(1, (step + 1) / 60) \
                        * (1 - step / steps)
                loss = loss_of(model, lot)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                opt.step()
                opt.zero_grad()
                step += 1
                now = float(loss.detach())
                mean = now if mean is None else 0.97 * mean + 0.03 * now
                if step % 50 == 0 or step == steps:
                    say(f'step {step}/{steps}, loss {mean:.3f}')
    return pieces, model.eval()


def padded(lot):
    longest = max(len(c[0]) for c in lot)
    return torch.tensor([c[0] + [bert.PAD] * (longest - len(c[0]))
                         for c in lot])


def loss_of(model, lot):
    return F.cross_entropy(
        model(padded(lot)).masked_fill(rivals(lot), -1e4),
        wanted(lot))


def wanted(lot, doubt=0.1):
    """A little of the certainty goes to the whole group: stars are coarse."""
    out = torch.zeros(len(lot), len(LABELS))
    for row, (_, label, group) in zip(out, lot):
        for other in GROUPS[group]:
            row[LABELS.index(other)] = doubt / len(GROUPS[group])
        row[label] += 1 - doubt
    return out


def rivals(lot):
    """True where a label is of another group."""
    return torch.tensor([[label not in GROUPS[c[2]] for label in LABELS]
                         for c in lot])


@torch.no_grad()
def report(pieces, model, rows, say):
    """Share of right answers beside the commonest label's and the list of
    words', for the part of each source that was held out."""
    for source in dict.fromkeys(r[3] for r in rows):
        test = [r for r in rows if r[2] and r[3] == source]
        if not test:
            continue
        right = 0
        for at in range(0, len(test), 64):
            lot = [(pieces.encode(t), LABELS.index(label), group_of(label))
                   for t, label, *_ in test[at:at + 64]]
            out = model(padded(lot)).masked_fill(rivals(lot), -1e4)
            right += sum(int(a) == c[1] for a, c in zip(out.argmax(-1), lot))
        labels = [r[1] for r in test]
        most = max(labels.count(x) for x in set(labels))
        text = f'{source}: {len(test)} held out: {right / len(test):.1%} right'
        text += f', commonest label {most / len(test):.1%}'
        if group_of(labels[0]) == 'sentiment':
            hits = sum(by_words(r[0]) == r[1] for r in test)
            text += f', list of words {hits / len(test):.1%}'
        say(text)
