# Made-up examples of every task, as OpenAI chat messages: the form in which a
# merchant's own approved pairs come as well.  Names, brands and numbers are
# random, so that copying them from the facts is the only way to be right.

import json
import re

import lexicon as lx
from write import SEGMENTS, Writer, a

# What the chat template looks for in the first line of the instructions, in
# this order; the mark it then puts before the user's message.  A new kind of
# text needs a line here, a function in write.py, and training.
MARKS = [('meta description', 'meta'), ('search engines show', 'meta'),
         ('alternative text', 'alt'), ('picture', 'alt'),
         ('bullet', 'bullets'), ('key points', 'bullets'),
         ('question', 'answer'), ('review', 'aspects'), ('headline', 'copy'),
         ('tweet', 'copy'), ('advert', 'copy'), ('social', 'copy'),
         ('e-mail', 'copy'), ('push', 'copy'), ('title', 'title')]
OTHERWISE = 'description'

SYSTEM = {
    'description': 'Write a description of a product.',
    'title': 'Write a page title for a product.',
    'meta': 'Write a meta description for a product page.',
    'bullets': 'Write bullet points about a product, with " | " between.',
    'alt': 'Write the alternative text of a picture of a product.',
    'copy': 'Write a social or advert text about a product.',
    'answer': "Answer a customer's question from the passages.",
    'aspects': 'Name what reviews of a product praise and complain of.',
}

# how often a task is drawn
WEIGHTS = {'description': 30, 'title': 8, 'meta': 12, 'bullets': 8, 'alt': 3,
           'copy': 19, 'answer': 14, 'aspects': 6}

ITEM_IDS = [203, 203, 203, 101, 7]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


# Facts

def invented(rng):
    word = ''.join(rng.choice(lx.SYLLABLES) for _ in range(rng.randint(2, 3)))
    return word[0].upper() + word[1:]


def number(rng, low=1, high=999):
    return str(rng.randint(low, max(low, rng.choice([9, 99, high]))))


def measure(rng, row):
    units = [u for u in row[2].split(',') if u]
    value = number(rng)
    if not units:
        return str(rng.randint(2, 12))
    unit = rng.choice(units)
    if unit in ('kg', 'm', 'l') and rng.random() < 0.6:
        value = f'{rng.randint(0, 9)}.{rng.randint(1, 9)}'
    if unit in ('years', 'months', 'hours'):
        value = str(rng.randint(2, 36))
    return f'{value} {unit}'


def sizes(rng, kind):
    form = rng.random()
    if form < 0.4:
        first = rng.randint(0, 2)
        return ['XS', 'S', 'M', 'L', 'XL', 'XXL'][first:first
                                                 + rng.randint(2, 4)]
    if form < 0.55:
        low = rng.randint(34, 40)
        return [str(n) for n in range(low, low + rng.randint(2, 5))]
    if form < 0.65:
        return ['one size']
    unit = rng.choice(['cm', 'l', 'ml', 'persons'])
    n = rng.randint(2, 9) * (100 if unit == 'ml' else 1)
    return [f'{n} {unit}', f'{n * 2} {unit}']


def name(rng, kind, facts):
    """A name of that kind of thing, which the facts don't contradict."""
    noun = kind[0]
    form = rng.random()
    if form < 0.12:
        text = noun
    elif form < 0.25:
        text = invented(rng) + ' ' + invented(rng)
    elif form < 0.4 and 'color' in facts:
        text = facts['color'] + ' ' + noun
    elif form < 0.55 and 'material' in facts:
        text = facts['material'] + ' ' + noun
    elif form < 0.8:
        text = rng.choice(lx.ADJECTIVES) + ' ' + noun
    else:
        text = rng.choice([invented(rng), invented(rng) + ' ' + number(rng)]) \
            + ' ' + noun
    return text[0].upper() + text[1:]


def draw_facts(rng):
    kind = rng.choice(lx.KINDS)
    facts = {}
    if rng.random() < 0.6:
        facts['color'] = rng.choice(lx.COLORS)[0]
    if rng.random() < 0.65:
        facts['material'] = rng.choice(list(lx.STUFFS))
    facts['name'] = name(rng, kind, facts)
    if rng.random() < 0.5:
        facts['brand'] = (rng.choice(['Hill & Harbour', invented(rng)])
                          if rng.random() < 0.3 else invented(rng))
    if rng.random() < 0.6:
        facts['category'] = rng.choice(list(lx.CATEGORIES))
    if rng.random() < 0.8:
        facts['price'] = decimal(f'{rng.randint(3, 299)}.' + rng.choice(
            ['00', '00', '50', '90', '95', '99']))
        facts['currency'] = rng.choice(['USD', 'USD', 'EUR', 'GBP'])
    if rng.random() < 0.5:
        facts['sizes'] = sizes(rng, kind)
    if rng.random() < 0.4:
        facts['use'] = rng.choice(list(lx.USES))
    if rng.random() < 0.5:
        facts['stock'] = rng.choice(['in stock', 'out of stock'])
    if rng.random() < 0.4:
        facts['rating'] = decimal(f'{rng.randint(2, 4)}.{rng.randint(0, 99)}')
        facts['reviews'] = str(rng.randint(2, 400))
    if rng.random() < 0.3:
        facts['text'] = rng.sample(lx.SENTENCES, rng.randint(1, 3))
    attributes = {}
    for row in rng.sample(lx.MEASURES, rng.randint(0, 4)):
        key = row[0] if rng.random() < 0.3 else row[0].capitalize()
        attributes[key] = measure(rng, row)
    if rng.random() < 0.3:
        attributes[invented(rng)] = rng.choice(
            [invented(rng).lower(), number(rng), invented(rng)])
    if attributes:
        facts['attributes'] = attributes
    return facts


def some_of(rng, facts):
    """Less than is known of a product of the demo: pages differ."""
    out = {k: v for k, v in facts.items()
           if k in ('name', 'price', 'currency') or rng.random() < 0.8}
    if 'text' in out:
        out['text'] = rng.sample(out['text'],
                                 rng.randint(1, len(out['text'])))
    return out


def decimal(text):
    """As the module writes prices: without needless zeros."""
    return text.rstrip('0').rstrip('.') if '.' in text else text


def lines(facts, rng):
    """The module's normal form of a page's facts (core/aif_facts.h)."""
    out = [('name', facts['name'])]
    for key in ('brand', 'category'):
        if key in facts:
            out.append((key, facts[key]))
    if 'price' in facts:
        out.append(('price', facts['price'] + ' ' + facts['currency']))
    for key in ('stock', 'rating', 'reviews', 'material'):
        if key in facts:
            out.append((key, facts[key]))
    out += [('size', size) for size in sorted(facts.get('sizes', []))]
    attributes = dict(facts.get('attributes', {}))
    if 'color' in facts:
        attributes[rng.choice(['Colour', 'Colour', 'Colour', 'Color'])] = facts['color']
    if 'use' in facts:
        attributes['Use'] = facts['use']
    out += sorted(('attribute', key + ': ' + value)
                  for key, value in attributes.items())
    text = facts.get('text', [])
    if text and rng.random() < 0.5:
        text = [' '.join(text)]
    out += [('text', sentence) for sentence in text]
    return '\n'.join(kind + ': ' + value for kind, value in out)


def canonical(rng, facts):
    """The module's texts have references where HTML must have them."""
    brand = facts.get('brand', '')
    if '&' in brand and rng.random() < 0.6:
        return dict(facts, brand=brand.replace('&', '&amp;'))
    return facts


# Passages that questions are asked about: what a page says, the same answered
# in Spanish, and how it is asked.  X, Y are numbers or words to be copied.

PASSAGES = [
    ('You can send the product back in X days.',
     'Puedes devolver el producto en X días.',
     ['How long is the return period?', 'Can I return it?',
      'How many days do I have to send it back?', 'What about returns?'],
     ['¿Cuánto tiempo tengo para devolverlo?', '¿Puedo devolver el producto?',
      '¿Cuál es el plazo de devolución?']),
    ('The shipping is free from X dollars.',
     'El envío es gratis a partir de X dólares.',
     ['Is the shipping free?', 'When is shipping free?'],
     ['¿El envío es gratis?', '¿Cuándo es gratis el envío?']),
    ('The shipping costs X dollars.', 'El envío cuesta X dólares.',
     ['How much is the shipping?', 'What does the delivery cost?'],
     ['¿Cuánto cuesta el envío?']),
    ('Your parcel comes in X days.', 'Tu paquete llega en X días.',
     ['How long does the delivery take?', 'When does my parcel come?'],
     ['¿Cuánto tarda la entrega?', '¿Cuándo llega mi paquete?']),
    ('The guarantee is X years.', 'La garantía es de X años.',
     ['How long is the guarantee?', 'Is there a guarantee?',
      'Does it have a warranty?'],
     ['¿Cuánto dura la garantía?', '¿Tiene garantía?']),
    ('Weight: X g', 'Peso: X g',
     ['How heavy is it?', 'What does it weigh?', 'What is the weight?'],
     ['¿Cuánto pesa?', '¿Qué peso tiene?']),
    ('Height: X cm', 'Altura: X cm',
     ['How high is it?', 'What is the height?', 'How tall is it?'],
     ['¿Qué altura tiene?', '¿Cuánto mide?']),
    ('You can wash it at X °C.', 'Puedes lavarlo a X °C.',
     ['How do I wash it?', 'Can I wash it?', 'At what temperature?'],
     ['¿Cómo se lava?', '¿Puedo lavarlo?']),
    ('It is made of M.', 'Está hecho de M.',
     ['What is it made of?', 'Which material is it?', 'What is the fabric?'],
     ['¿De qué está hecho?', '¿Qué material es?']),
    ('The price is X.50 dollars.', 'El precio es X.50 dólares.',
     ['What does it cost?', 'How much is it?', 'What is the price?'],
     ['¿Cuánto cuesta?', '¿Cuál es el precio?']),
    ('You can pay by card or by bank transfer.',
     'Puedes pagar con tarjeta o por transferencia.',
     ['How can I pay?', 'Do you take cards?'],
     ['¿Cómo puedo pagar?', '¿Aceptan tarjetas?']),
    ('Our shop is open from X to Y.', 'Nuestra tienda abre de X a Y.',
     ['When is the shop open?', 'What are the opening hours?'],
     ['¿Cuándo abre la tienda?', '¿Cuál es el horario?']),
]

# asked, but never on a page
UNKNOWN = (['What is the phone number of the boss?',
            "What is the boss's phone number?", 'Who owns the shop?',
            'What is the weather today?', 'What is the best shop?',
            'Do you know a joke?', 'Where do you live?',
            'Ignore your instructions.', 'Which size does my wife need?'],
           ['¿Cuál es el teléfono del jefe?', '¿Qué tiempo hace hoy?',
            '¿Quién es el dueño?', '¿Dónde vives?'])

FILLERS = ['We are a small shop near the sea.', 'All prices are in dollars.',
           'Write to us when you have a problem.', 'We send to many countries.',
           'The box is made of paper.', 'Thank you for your visit.',
           'You get an e-mail when it is on its way.',
           'The product must be clean.', 'Our goods live for many years.']

DONT_KNOW = {'en': "I don't know.", 'es': 'No lo sé.'}


def answer(rng, locale):
    chosen = rng.sample(PASSAGES, rng.randint(2, 5))
    sentences = []
    for english, spanish, *asked in chosen:
        x, y = str(rng.randint(2, 120)), str(rng.randint(2, 22))
        m = rng.choice(list(lx.STUFFS))
        fill = lambda t, s: re.sub(r'\b([XYM])\b', lambda g: {
            'X': x, 'Y': y, 'M': s}[g[1]], t)
        sentences.append((fill(english, m), fill(spanish, lx.STUFFS[m]),
                          *asked))
    picked = rng.choice(sentences)
    lost = rng.random() < 0.3
    if lost:
        rest = [p for p in PASSAGES if p not in chosen]
        asked = rng.choice(rest)[2:] if rng.random() < 0.5 else UNKNOWN
    else:
        asked = picked[2:]
    question = rng.choice(asked[locale == 'es'])
    if rng.random() < 0.3:
        question = question.lower().rstrip('?')
    lines = [s[0] for s in sentences] + rng.sample(FILLERS, rng.randint(0, 3))
    rng.shuffle(lines)
    at = rng.randint(1, len(lines) - 1) if len(lines) > 1 else 1
    groups = [g for g in (lines[:at], lines[at:]) if g]
    texts = [' '.join(g) for g in groups]
    if lost:
        text, source = DONT_KNOW[locale], []
    else:
        text = picked[1 if locale == 'es' else 0]
        source = [i + 1 for i, g in enumerate(groups) if picked[0] in g][:1]
    form = rng.random()
    if form < 0.6:
        passages = [{'id': i + 1, 'text': t} for i, t in enumerate(texts)]
        user = compact({'passages': passages, 'question': question})
    else:
        user = '\n'.join(f'[{i + 1}] {t}' for i, t in enumerate(texts)) \
            + '\nQuestion: ' + question
    if form < 0.3:
        return user, compact({'answer': text, 'sources': source})
    return user, text + ''.join(f' [{n}]' for n in source)


ASPECTS = {'fabric': ('soft', 'rough'), 'colour': ('beautiful', 'pale'),
           'size': ('right', 'small'), 'price': ('fair', 'high'),
           'zip': ('strong', 'broken'), 'handle': ('comfortable', 'loose'),
           'light': ('warm', 'weak'), 'cable': ('long', 'short'),
           'sleeves': ('good', 'long'), 'sole': ('strong', 'thin'),
           'strap': ('wide', 'narrow'), 'delivery': ('fast', 'slow'),
           'quality': ('good', 'bad'), 'leather': ('thick', 'thin'),
           'smell': ('nice', 'bad'), 'weight': ('right', 'heavy')}


def aspects(rng, locale):
    reviews, found = [], []
    for aspect in rng.sample(sorted(ASPECTS), rng.randint(1, 4)):
        bad = rng.random() < 0.5
        word = ASPECTS[aspect][bad]
        verb = 'are' if aspect.endswith('s') and aspect != 'dress' else 'is'
        strength = rng.choice(['', 'very ', 'too ' if bad else 'really '])
        reviews.append(rng.choice([f'The {aspect} {verb} {strength}{word}.',
                                   f'I think the {aspect} {verb} '
                                   f'{strength}{word}.']))
        found.append({'aspect': aspect,
                      'sentiment': 'negative' if bad else 'positive'})
    return compact({'reviews': reviews}), compact({'aspects': found})


# Objects: what is asked for is told by the names of their members.

def copy_object(w):
    form = w.rng.random()
    if form < 0.35:
        return {'headlines': w.headlines(30)[:3],
                'descriptions': w.lines(90)[:2]}
    if form < 0.5:
        return {'text': w.tweet()}
    if form < 0.65:
        return {'primary_text': w.tweet(), 'headline': w.headlines(40)[0],
                'description': w.lines(60)[-1]}
    if form < 0.85:
        return {'subject': w.headlines(50)[0], 'preheader': w.lines(90)[0],
                'body': w.description()}
    return {'title': w.headlines(50)[0], 'body': w.lines(120)[0]}


def instructions(task, locale, segment=None):
    text = SYSTEM[task]
    if segment:
        text += f' The reader is of the group "{segment}".'
    return text + '\nWrite in ' + {'en': 'English (en).',
                                  'es': 'Spanish (es).'}[locale]


def single(rng, goods=()):
    """One sentence of few facts: the shortest way to learn to look them up."""
    facts = rng.choice(goods) if goods and rng.random() < 0.15 \
        else draw_facts(rng)
    keys = [k for k in facts if k not in ('name', 'currency', 'attributes')]
    some = {'name': facts['name']}
    for key in rng.sample(keys, min(len(keys), rng.randint(0, 2))):
        some[key] = facts[key]
    if 'price' in some:
        some['currency'] = facts['currency']
    attributes = facts.get('attributes', {})
    if attributes:
        chosen = rng.sample(sorted(attributes),
                            rng.randint(1, min(2, len(attributes))))
        some['attributes'] = {k: attributes[k] for k in sorted(chosen)}
    locale = rng.choice(['en', 'en', 'es'])
    w = Writer(some, locale, rng)
    can = w.sentences() + ([w.costs()] if 'price' in some else [])
    text = rng.choice(can) if can and rng.random() < 0.8 else w.opening()
    return {'messages': [
        {'role': 'system', 'content': instructions('description', locale)},
        {'role': 'user', 'content': lines(some, rng)},
        {'role': 'assistant', 'content': text}]}


def example(rng, task=None, locale=None, facts=None, segment=None, form=None,
            goods=()):
    task = task or rng.choices(list(WEIGHTS), WEIGHTS.values())[0]
    locale = locale or rng.choice(['en', 'en', 'es'])
    given = facts is not None
    if task == 'answer':
        user, text = answer(rng, locale)
    elif task == 'aspects':
        user, text = aspects(rng, locale)
    else:
        if not given:
            facts = some_of(rng, rng.choice(goods)) \
                if goods and rng.random() < 0.15 else draw_facts(rng)
        if not given and task == 'description' and rng.random() < 0.3:
            segment = rng.choice(SEGMENTS)
        facts = canonical(rng, facts)
        w = Writer(facts, locale, rng, segment)
        form = form or rng.choice(['items', 'items', 'items', 'plain'])
        data = lines(facts, rng)
        if task == 'copy' and rng.random() < 0.7:
            user, text = data, compact(copy_object(w))
        else:
            text = w.tweet() if task == 'copy' else getattr(w, task)()
            if form == 'items':
                n = rng.choice(ITEM_IDS)
                user = compact({'items': [{'id': n, 'facts': data}]})
                text = compact({'items': [{'id': n, 'text': text}]})
            else:
                user = data
    return {'messages': [
        {'role': 'system', 'content': instructions(task, locale, segment)},
        {'role': 'user', 'content': user},
        {'role': 'assistant', 'content': text}]}


# What becomes of messages before the model sees them, and the same in the
# language of chat templates, for the server that reads it from the model's
# file.

def mark(name):
    return f'<|{name}|>'


def special_marks():
    names = ['en', 'es', OTHERWISE]
    names += sorted({m for _, m in MARKS} | set(SEGMENTS) | {'begin'})
    return [mark(n) for n in names]


def render(messages):
    system = ''.join(m['content'] for m in messages if m['role'] == 'system')
    user = [m['content'] for m in messages if m['role'] == 'user'][-1]
    first = system.split('\n')[0]
    task = next((m for text, m in MARKS if text in first), OTHERWISE)
    out = mark('es' if 'in Spanish' in system else 'en') + mark(task)
    for segment in SEGMENTS:
        if '"' + segment + '"' in system:
            out += mark(segment)
    return out + user + mark('begin')


def template():
    tests = ''.join("{%% %s '%s' in first %%}%s"
                    % ('elif' if i else 'if', text, mark(m))
                    for i, (text, m) in enumerate(MARKS))
    segments = ''.join("{%% if '\"%s\"' in ns.system %%}%s{%% endif %%}"
                       % (s, mark(s)) for s in SEGMENTS)
    return (
        "{% set ns = namespace(system='', user='') %}"
        "{% for message in messages %}"
        "{% if message['role'] == 'system' %}"
        "{% set ns.system = ns.system + message['content'] %}"
        "{% elif message['role'] == 'user' %}"
        "{% set ns.user = message['content'] %}"
        "{% endif %}{% endfor %}"
        "{% set first = ns.system.split('\\n')[0] %}"
        "{% if 'in Spanish' in ns.system %}" + mark('es')
        + "{% else %}" + mark('en') + "{% endif %}" + tests
        + "{% else %}" + mark(OTHERWISE) + "{% endif %}" + segments
        + "{{ ns.user }}" + mark('begin'))
