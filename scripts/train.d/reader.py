# The reader: for a question what it asks for, for a sentence of a page what it
# answers.  Both are intents of asks.txt; one encoder, two groups of labels.

import os
import random
import re

import torch
from torch.nn import functional as F

import bert
import lexicon as lx

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ('learn', 'dev', 'test')

COUNTRIES = '''Spain Germany France Italy Portugal Austria Switzerland Poland
Norway Sweden Denmark Finland Belgium Ireland Greece Hungary Canada Japan
China India Brazil Mexico Australia Turkey Ukraine Iceland Croatia Kenya
Egypt Chile'''.split() + ['the USA', 'the UK', 'the Netherlands']
CITIES = 'Lyon Porto Bergen Graz Ghent Turin Bath Bruges Lund Cork'.split()
FEATURES = '''pocket hood zip strap lid handle button drawer wheel lining cable
net belt hook mirror lock hinge filter timer switch shelf cover pillow seam
collar cuff sole heel lace buckle compartment window leg spout rim grip
blade sleeve'''.split()
ADJECTIVES = '''waterproof soft warm light foldable adjustable breathable
sharp strong comfortable quiet elastic robust transparent washable windproof
reflective stackable heatproof rustproof non-slip padded lined reversible
unbreakable scratchproof flexible sturdy airtight dimmable odourless'''.split()
STATED = {
    'NUM': lambda r: str(r.choice([r.randint(2, 9), r.randint(2, 60),
                                   r.randint(2, 400), r.randint(1, 9) * 10])),
    'MONEY': lambda r: r.choice(['$%s', '%s USD', '%s EUR', '€%s', '%s dollars',
                                 '%s euros', '£%s']) % r.choice(
        [r.randint(2, 200), f'{r.randint(1, 99)}.{r.choice(["90", "50"])}']),
    'COUNTRY': lambda r: r.choice(COUNTRIES),
    'CITY': lambda r: r.choice(CITIES),
    'STREET': lambda r: r.choice(['Mill', 'Station', 'Church', 'Garden',
                                  'Market']) + r.choice(
        [' Street ', ' Road ', ' Lane ']) + str(r.randint(1, 99)),
    'CARRIER': lambda r: r.choice(['DHL', 'UPS', 'FedEx', 'DPD', 'GLS',
                                   'Hermes', 'the courier']),
    'PAY': lambda r: r.choice(['PayPal', 'card', 'bank transfer', 'invoice',
                               'Visa', 'cash', 'direct debit', 'Apple Pay',
                               'cheque', 'Klarna', 'credit card']),
    'MAIL': lambda r: r.choice(['info', 'hello', 'help', 'service'])
    + '@' + r.choice(['shop', 'store', 'our']) + '.example',
    'PHONE': lambda r: f'+{r.randint(1, 99)} {r.randint(100, 999)} '
                       f'{r.randint(1000, 99999)}',
    'DAY': lambda r: r.choice(['Monday', 'Tuesday', 'Wednesday', 'Thursday',
                               'Friday', 'Saturday', 'Sunday']),
    'HOUR': lambda r: r.choice(['%d', '%d:00', '%d:30', '%d am', '%d pm'])
    % r.randint(7, 20),
    'SIZES': lambda r: ', '.join(r.choice([
        ['S', 'M', 'L'], ['M', 'L', 'XL', 'XXL'], ['38', '39', '40', '41'],
        ['one size'], ['0.5 l', '1 l'], ['20 cm', '30 cm'],
        ['2 persons', '4 persons'], ['XS', 'S', 'M']])),
    'SIZE': lambda r: r.choice(['S', 'M', 'L', 'XL', 'XXL', '38', '42', '45',
                                'small', 'large']),
    'STUFF': lambda r: r.choice(list(lx.STUFFS)),
    'COLOR': lambda r: r.choice(lx.COLORS)[0],
    'ITEM': lambda r: r.choice(lx.KINDS)[0] if r.random() < 0.75 else odd(r),
    'ITEMS': lambda r: r.choice(lx.KINDS)[0].rstrip('s') + 's',
    'USE': lambda r: r.choice(list(lx.USES)),
    'FEATURE': lambda r: r.choice(FEATURES),
    'FEATURES': lambda r: r.choice(FEATURES) + 's',
    'PART': lambda r: r.choice(FEATURES),
    'ADJ': lambda r: r.choice(ADJECTIVES),
    'NAME': lambda r: ''.join(r.choice(lx.SYLLABLES)
                              for _ in range(2)).capitalize(),
    'THING': lambda r: r.choice(['the ', 'this ', 'the ', 'your ', 'a '])
    + r.choice(['', '', r.choice(lx.ADJECTIVES).lower() + ' '])
    + (r.choice(lx.KINDS)[0] if r.random() < 0.75 else odd(r)),
}
SLOT = re.compile(r'\b(' + '|'.join(sorted(STATED, key=len, reverse=True))
                  + r')\b')
OPENINGS = ['hi, ', 'hello, ', 'please tell me: ', 'can you tell me, ',
            'one question: ', 'I would like to know: ', 'sorry, ', 'and ',
            'do you know ']


class Intent:
    def __init__(self, name, titles):
        self.name, self.titles = name, titles
        self.asks = {p: [] for p in PARTS}
        self.says = {p: [] for p in PARTS}


def intents():
    """One of six templates is for the threshold, one is never seen before the
    end."""
    out, seen = [], {}
    for line in open(os.path.join(HERE, 'asks.txt'), encoding='utf-8'):
        line = line.rstrip('\n')
        if not line or line[0] == '#':
            continue
        mark, text = line.split(' ', 1)
        if mark == '=':
            name, _, titles = text.partition(' | ')
            out.append(Intent(name, titles.split('; ') if titles else []))
            continue
        kind = '?' if mark == '?' else '!'
        n = seen[name, kind] = seen.get((name, kind), -1) + 1
        part = {3: 'dev', 5: 'test'}.get(n % 6, 'learn')
        if kind == '?':
            out[-1].asks[part].append(text)
        else:
            more = mark[2:].split(',') if len(mark) > 1 else []
            out[-1].says[part].append((text, more, mark[0] == '^'))
    return out


def draw(rng, text, known=None):
    """One text of a template; "known" are words for its slots, and what was
    drawn is noted there."""
    while '{' in text:
        text = re.sub(r'\{([^{}]*)\}', lambda m: rng.choice(m[1].split('|')),
                      text)
    known = {} if known is None else known

    def fill(m):
        if m[1] not in known:
            value = STATED[m[1]](rng)
            if m[1] in ('NUM', 'MONEY', 'HOUR', 'PAY', 'SIZE', 'DAY'):
                return value
            known[m[1]] = value
        return known[m[1]]

    return ' '.join(SLOT.sub(fill, text).split()).replace(' ,', ',')


def ask(rng, template, known=None):
    text = draw(rng, template, known)
    if rng.random() < 0.12:
        text = rng.choice(OPENINGS) + text
    if rng.random() < 0.8:
        text += '?'
    return text[0].upper() + text[1:] if rng.random() < 0.7 else text.lower()


def say_it(rng, template, known=None):
    text = draw(rng, template, known)
    return text[0].upper() + text[1:]


def odd(rng):
    """A word that nobody has seen."""
    return ''.join(rng.choice(lx.SYLLABLES + ['th', 'ck', 'tt', 'ee', 'sh',
                                              'ow', 'in', 'er', 'gle', 'x'])
                   for _ in range(rng.randint(2, 4)))


def product(rng):
    if rng.random() < 0.5:
        return ' '.join([odd(rng).capitalize(), *rng.choice(
            [[odd(rng)], [rng.choice(lx.KINDS)[0]], [odd(rng), odd(rng)]])])
    return rng.choice([rng.choice(lx.ADJECTIVES), rng.choice(lx.COLORS)[0],
                       rng.choice(list(lx.STUFFS))]).capitalize() \
        + ' ' + rng.choice(lx.KINDS)[0]


def title(rng, intent, must):
    p = rng.random()
    if intent.titles and (must or p < 0.75):
        text = rng.choice(intent.titles)
        return product(rng) if text == 'PRODUCT' else text
    return '' if p < 0.85 else product(rng)


# What is the same for a model is made the same.  scripts/serve.d/reader has
# this, too.

def normal(text):
    text = re.sub(r'\S+@\S+\w', 'mailaddress', text)
    text = re.sub(r'(?:https?://|www\.)\S+', 'webaddress', text)
    text = re.sub(r'\+?\(?\d[\d() /-]{7,}\d', 'phonenumber', text)
    text = re.sub(r'[€£¥]|\b(?:USD|EUR|GBP|CHF)\b', '$', text)
    text = re.sub(r'°\s*C?', ' degrees ', text)
    text = re.sub(r'\d+(?:[.,:]\d+)*', '0', text)
    return ' '.join(text.split())


def shaken(rng, text):
    """Words go missing or change, as people write."""
    words = text.split()
    if len(words) > 3 and rng.random() < 0.3:
        del words[rng.randrange(len(words))]
    if len(words) > 3 and rng.random() < 0.15:
        i = rng.randrange(len(words))
        words[i] = rng.choice(['really', 'please', 'your', 'also', 'new',
                               'nice', 'exactly', 'own', odd(rng)])
    return ' '.join(words)


def examples(rng, all_, n, part='learn'):
    """(kind, text, labels): what is asked is one, what is said may be more."""
    names = [i.name for i in all_]
    out = []
    weight = [6 if i.name == 'none' else 1.5 if i.name == 'feature' else 1
              for i in all_]
    for _ in range(n):
        i = rng.choices(all_, weight)[0]
        if not i.asks[part]:
            continue
        text = shaken(rng, normal(ask(rng, rng.choice(i.asks[part]))))
        out.append(('ask', text, [names.index(i.name)]))
    for _ in range(n):
        i = rng.choices(all_, weight)[0]
        if not i.says[part]:
            continue
        text, more, must = rng.choice(i.says[part])
        text = shaken(rng, normal(say_it(rng, text)))
        if rng.random() < 0.15:
            text = text.rstrip('.')
        t = normal(title(rng, i, must))
        labels = [names.index(x) for x in [i.name, *more] if x != 'none']
        out.append(('say', f'{t} : {text}' if t else ': ' + text, labels))
    return out


def labels_of(all_):
    return ['ask.' + i.name for i in all_] \
        + ['say.' + i.name for i in all_ if i.name != 'none']


def loss_of(model, lot, n):
    longest = max(len(c[1]) for c in lot)
    ids = torch.zeros(len(lot), longest, dtype=torch.long)
    for row, c in enumerate(lot):
        ids[row, :len(c[1])] = torch.tensor(c[1])
    out = model(ids)
    asks = [k for k, c in enumerate(lot) if c[0] == 'ask']
    says = [k for k, c in enumerate(lot) if c[0] == 'say']
    loss = 0
    if asks:
        goal = torch.tensor([lot[k][2][0] for k in asks])
        loss = loss + F.cross_entropy(out[asks, :n], goal,
                                      label_smoothing=0.05)
    if says:
        goal = torch.zeros(len(says), n - 1)
        for row, k in enumerate(says):
            goal[row, lot[k][2]] = 1
        loss = loss + F.binary_cross_entropy_with_logits(
            out[says, n:], goal, reduction='none').sum(1).mean() / 2
    return loss, out


@torch.no_grad()
def right(model, coded, n):
    model.eval()
    hits = {'ask': [], 'say': []}
    for at in range(0, len(coded), 128):
        lot = coded[at:at + 128]
        _, out = loss_of(model, lot, n)
        for c, row in zip(lot, out):
            if c[0] == 'ask':
                hits['ask'].append(int(row[:n].argmax()) == c[2][0])
            else:
                best = int(row[n:].argmax())
                hits['say'].append(best in c[2] if c[2]
                                   else float(row[n:].max()) < 0)
    model.train()
    return {k: sum(v) / max(1, len(v)) for k, v in hits.items()}


def train(o, say, rate=1.5e-3):
    rng = random.Random(o.seed)
    torch.manual_seed(o.seed)
    all_ = intents()
    n = len(all_)
    if all_[-1].name != 'none':
        raise SystemExit('asks.txt: "none" must be the last intent')
    rows = examples(rng, all_, o.reader_examples)
    pieces = bert.learn([r[1] for r in rows], 5000)
    code = lambda rows: [(k, pieces.encode(t)[:96], y) for k, t, y in rows]
    coded = code(rows)
    check = code(examples(rng, all_, 1500, 'dev'))
    model = bert.Bert(len(pieces.tokens), 2 * n - 1)
    # as strong as it needs to be for so short texts to be learnt from scratch
    for module in model.layers.modules():
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.xavier_uniform_(module.weight)
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.1
    torch.nn.init.xavier_uniform_(model.dense.weight)
    torch.nn.init.normal_(model.embed.weight, std=0.1)
    say(f'{n - 1} intents, {len(rows)} examples, {len(pieces.tokens)} word'
        f' pieces, {sum(p.numel() for p in model.parameters()):,} parameters')
    opt = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    steps, step, mean = (len(coded) * 2 + 63) // 64, 0, None
    for _ in range(2):
        rng.shuffle(coded)
        for at in range(0, len(coded), 64):
            for g in opt.param_groups:
                g['lr'] = rate * min(1, (step + 1) / 100) * (1 - step / steps)
            loss, _ = loss_of(model, coded[at:at + 64], n)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            opt.zero_grad()
            step += 1
            now = float(loss.detach())
            mean = now if mean is None else 0.98 * mean + 0.02 * now
            if step % 500 == 0 or step == steps:
                hits = right(model, check, n)
                say(f'step {step}/{steps}, loss {mean:.3f}, held-out templates'
                    f' right: questions {hits["ask"]:.1%},'
                    f' sentences {hits["say"]:.1%}')
    model.eval()
    return pieces, model, all_


def write_labels(path, all_, score=None):
    """The labels, and the weights of what the adapter sees of a sentence."""
    with open(path, 'w') as out:
        print('ask', *(i.name for i in all_), file=out)
        print('say', *(i.name for i in all_ if i.name != 'none'), file=out)
        for key, value in (score or {}).items():
            print('score', key, f'{value:.4f}', file=out)


# Shops to ask: a product page and some others, of templates that were never
# learnt from.

def shop(rng, all_, part):
    """Sources as the module sends them, and [(intent names, text, what was
    drawn)] of their sentences."""
    know = {'ITEM': rng.choice(lx.KINDS)[0]}
    know['THING'] = 'the ' + know['ITEM']
    topics = [i for i in all_ if i.titles and i.says[part]]
    goods = [i for i in topics if i.titles[0] == 'PRODUCT']
    others = [i for i in topics if i.titles[0] != 'PRODUCT']
    none = all_[-1]
    pages, said = [], []

    def page(title, chosen):
        lines = []
        for i in chosen:
            text, more, must = rng.choice(i.says[part])
            drawn = dict(know)
            text = say_it(rng, text, drawn)
            if must:
                lines.append((i, text, more, drawn))
            else:
                lines.insert(rng.randint(0, len(lines)),
                             (i, text, more, drawn))
        for _ in range(rng.randint(0, 2)):
            text = say_it(rng, rng.choice(none.says[part])[0])
            lines.append((none, text, [], {}))
        for i, text, more, drawn in lines:
            if i is not none:
                said.append(([i.name, *more], text, drawn))
        pages.append({'n': len(pages) + 1, 'title': title + ' - Shop',
                      'text': '\n'.join(['Home', 'Menu']
                                        + [x[1] for x in lines])})

    some = rng.sample(goods, rng.randint(3, 6))
    feature = [i for i in goods if i.name == 'feature']
    page(rng.choice(lx.ADJECTIVES) + ' ' + know['ITEM'],
         some + feature * rng.randint(0, 3))
    titles = sorted({i.titles[0] for i in others})
    for t in rng.sample(titles, min(len(titles), rng.randint(2, 4))):
        mine = [i for i in others if t in i.titles]
        page(t, rng.sample(mine, min(len(mine), rng.randint(1, 4))))
    return pages, said, know


BOUND = ('COUNTRY', 'FEATURE', 'FEATURES', 'ADJ', 'PART')


def answers(names, intent, text, drawn):
    """Is that sentence an answer?  Not if it is of another country or part."""
    if intent not in names:
        return False
    low = text.lower()
    places = [c for c in COUNTRIES if c.lower() in low]
    if drawn.get('COUNTRY') and places and drawn['COUNTRY'] not in places:
        return False
    if intent == 'feature':
        words = [drawn[k].lower().rstrip('s') for k in BOUND[1:]
                 if k in drawn]
        return any(w in low for w in words) if words else False
    if drawn.get('PART'):
        parts = [f for f in FEATURES if re.search(rf'\b{f}', low)]
        return not parts or drawn['PART'] in parts
    return True


def trials(rng, all_, part, n):
    """(sources, question, right sentences; none: it is to be refused)"""
    out = []
    while len(out) < n:
        pages, said, know = shop(rng, all_, part)
        if rng.random() < 0.5:
            names, _, drawn = rng.choice(said)
            i = next(x for x in all_ if x.name == names[0])
            known = dict(know, **{k: v for k, v in drawn.items()
                                  if k in BOUND})
        else:
            i = all_[-1] if rng.random() < 0.45 else rng.choice(all_[:-1])
            known = dict(know)
        if not i.asks[part]:
            continue
        question = ask(rng, rng.choice(i.asks[part]), known)
        asked = {k: v for k, v in known.items() if k in BOUND
                 and v.lower().rstrip('s') in question.lower()}
        right = [t for names, t, _ in said
                 if answers(names, i.name, t, asked)]
        out.append((pages, question, right))
    return out


def demo():
    """The same of the demo shop's pages, with patterns."""
    import json
    pages = {p['title'].split(' - ')[0]: p for p in json.load(
        open(os.path.join(HERE, 'demo.pages.json'), encoding='utf-8'))}
    out, sources = [], []
    for line in open(os.path.join(HERE, 'demo.asks'), encoding='utf-8'):
        line = line.strip()
        if line.startswith('@'):
            names = [line[2:], 'Returns', 'Shipping', 'Our story']
            sources = [dict(pages[t], n=k + 1) for k, t in enumerate(names)]
        elif line and line[0] != '#':
            question, _, pattern = line.rpartition(' | ')
            out.append((sources, question,
                        None if pattern == '-' else pattern))
    return out


# What the served reader sees of sentences, to weights and a threshold.

SYSTEM = 'Answer the question.\n- Write in English (en).'


def asked(served, sources, question):
    import json
    reply = served.get('/v1/chat/completions', {
        'reader_scores': True, 'messages': [
            {'role': 'system', 'content': SYSTEM},
            {'role': 'user', 'content': json.dumps(
                {'question': question, 'sources': sources})}]})
    return reply['choices'][0]['message']['content'], reply['reader']


def told(text, right):
    """Right: one of the sentences, or a pattern."""
    if isinstance(right, str):
        return re.search(right, text) is not None
    return any(r.rstrip('.!?') in text for r in right)


def best_cut(pairs):
    """The threshold with the most right: pairs of (score, right if answered,
    right if refused)."""
    pairs = sorted(pairs, key=lambda p: -p[0])
    now = best = sum(p[2] for p in pairs)
    cut = 1.0
    for at, (score, answered, refused) in enumerate(pairs):
        now += answered - refused
        if now > best:
            after = pairs[at + 1][0] if at + 1 < len(pairs) else 0
            best, cut = now, (score + after) / 2
    return cut


def calibrate(served, o, all_, say):
    rng = random.Random(o.seed + 1)
    tried = [(asked(served, pages, question)[1], right) for
             pages, question, right in trials(rng, all_, 'dev', 600)]
    keys = sorted(tried[0][0][0]['sees'])
    rows = [([s['sees'][k] for k in keys], float(told(s['text'], right)))
            for seen, right in tried for s in seen]
    x = torch.tensor([r[0] for r in rows])
    y = torch.tensor([r[1] for r in rows])
    w = torch.zeros(len(keys), requires_grad=True)
    b = torch.tensor(-3.0, requires_grad=True)
    opt = torch.optim.LBFGS([w, b], max_iter=200)

    def close():
        opt.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ w + b, y) \
            + 1e-5 * (w * w).sum()
        loss.backward()
        return loss

    opt.step(close)
    score = dict(zip(keys, w.tolist()), bias=b.item())
    pairs, plain = [], []
    for seen, right in tried:
        for into, value in ((pairs, lambda s: sum(
                score[k] * s['sees'][k] for k in keys) + score['bias']),
                (plain, lambda s: s['sees']['near'])):
            s = max(seen, key=value)
            v = value(s)
            if into is pairs:
                v = 1 / (1 + 2.718281828 ** -v)
            into.append((v, told(s['text'], right), not right))
    score['threshold'] = best_cut(pairs)
    score['words'] = best_cut(plain)
    say('weights: ' + ', '.join(f'{k} {v:.2f}' for k, v in score.items()))
    return score


def report(served, say, words, n=400, verbose=False):
    all_ = intents()
    rng = random.Random(77)
    for name, list_ in (('held-out templates', trials(rng, all_, 'test', n)),
                        ('the demo shop', demo())):
        count, hits, plain = [0, 0], [0, 0], [0, 0]
        answered = wrong = 0
        for pages, question, right in list_:
            text, seen = asked(served, pages, question)
            s = max(seen, key=lambda s: s['sees']['near'])
            overlap = s['text'] if s['sees']['near'] >= words else 'NOT_FOUND'
            can = bool(right)
            count[can] += 1
            for into, answer in ((hits, text), (plain, overlap)):
                into[can] += told(answer, right) if can \
                    else answer == 'NOT_FOUND'
            if text != 'NOT_FOUND':
                answered += 1
                wrong += not (can and told(text, right))
            if verbose and (told(text, right) if can
                            else text == 'NOT_FOUND') is False:
                say(f'  {question!r}: {text!r}, not {right or "refused"}')
        total = sum(count)
        share = lambda h: (f'{sum(h) / total:.1%} (answered right'
                           f' {h[1] / count[1]:.1%}, refused right'
                           f' {h[0] / count[0]:.1%})')
        say(f'{name}: {count[1]} questions with an answer, {count[0]} without:'
            f' {share(hits)}; by common words alone {share(plain)}; refusing'
            f' all {count[0] / total:.1%}; of {answered} answers {wrong} wrong')


def score_of(path):
    with open(path) as file:
        return {w[1]: float(w[2]) for w in map(str.split, file)
                if w and w[0] == 'score'}
