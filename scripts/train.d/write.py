# Texts from facts, in English and Spanish: what the language model learns to
# write.  A text says nothing that is not among the facts it is given; which
# of them it takes, and in which words, is drawn.

import re

import lexicon as lx

KIND = {k[0]: k for k in lx.KINDS}
COLOR = {c[0]: c for c in lx.COLORS}
MEASURE = {m[0]: m for m in lx.MEASURES}
PLURAL_EN = {k[0] for k in lx.KINDS if k[3] == 'p'}

SEGMENTS = ['bargain', 'premium', 'gift', 'sport']


def kind_of(name):
    words = name.lower().split()
    for n in (2, 1):
        kind = KIND.get(' '.join(words[-n:]))
        if kind:
            return kind
    return None


SIZES = ['XS', 'S', 'M', 'L', 'XL', 'XXL']


def in_order(sizes):
    """The facts have them by bytes."""
    return sorted(sizes, key=lambda s: (SIZES.index(s) if s in SIZES else 9,
                                        int(re.match(r'\d*', s)[0] or 0), s))


def listing(items, word):
    items = list(items)
    if len(items) == 1:
        return items[0]
    return ', '.join(items[:-1]) + ' ' + word + ' ' + items[-1]


def a(noun):
    return ('an ' if noun[0] in 'aeiou' else 'a ') + noun


def cut(text, limit):
    """At a blank, within the limit."""
    if len(text) <= limit:
        return text
    return text[:limit + 1].rsplit(' ', 1)[0].rstrip(' ,;:-')


def spanish_value(value):
    return re.sub(r'(\d) (\w+)$',
                  lambda m: m[1] + ' ' + lx.UNITS.get(m[2], m[2]), value)


class Writer:
    """Texts about one set of facts in one language."""

    def __init__(self, facts, locale, rng, segment=None):
        self.f, self.es, self.rng = facts, locale == 'es', rng
        self.segment = segment
        self.name = facts['name']
        self.kind = kind_of(self.name)
        self.plural = bool(self.kind and self.kind[3] == 'p')
        self.feminine = bool(self.kind and self.kind[2] == 'f')

    def pick(self, english, spanish):
        return self.rng.choice(spanish if self.es else english)

    def noun(self):
        if self.es:
            return self.kind[1] if self.kind else 'artículo'
        return self.kind[0] if self.kind else 'article'

    def article(self):
        """"una chaqueta", "a jacket", "unas botas", "boots"."""
        if self.es:
            return {(0, 0): 'un ', (1, 0): 'una ', (0, 1): 'unos ',
                    (1, 1): 'unas '}[self.feminine, self.plural] + self.noun()
        return self.noun() if self.plural else a(self.noun())

    def told(self, word):
        """Said by the name already."""
        return not self.es and word and word in self.name.lower()

    def color(self):
        color = self.f.get('color')
        if color and self.es:
            row = COLOR.get(color)
            return row[1 + self.feminine + 2 * self.plural] if row else color
        return color

    def material(self):
        material = self.f.get('material')
        return lx.STUFFS.get(material, material) if self.es else material

    def use(self):
        use = self.f.get('use')
        return lx.USES.get(use, use) if self.es else use

    def price(self):
        return self.f['price'] + ' ' + self.f['currency']

    def this(self):
        if self.es:
            return {(0, 0): 'Este ', (1, 0): 'Esta ', (0, 1): 'Estos ',
                    (1, 1): 'Estas '}[self.feminine, self.plural] + self.noun()
        return ('These ' if self.plural else 'This ') + self.noun()

    # sentences, each of one or two facts

    def opening(self):
        c, m, u = self.color(), self.material(), self.use()
        c = None if self.told(c) else c
        m = None if self.told(m) else m
        if self.es:
            thing = self.article() + (' ' + c if c else '')
            made = ' de ' + m if m else ''
            use = ' para ' + u if u else ''
            verb = 'son' if self.plural else 'es'
        else:
            thing = self.article()
            if c:
                thing = (c + ' ' + self.noun() if self.plural
                         else a(c + ' ' + self.noun()))
            made = ' of ' + m if m else ''
            use = ' for ' + u if u else ''
            verb = 'are' if self.plural else 'is'
        return self.pick(
            [f'{self.name}: {thing}{made}{use}.',
             f'{self.name} {verb} {thing}{made}{use}.'],
            [f'{self.name}: {thing}{made}{use}.',
             f'{self.name} {verb} {thing}{made}{use}.'])

    def brand(self):
        b = self.f['brand']
        return self.pick(
            [f'It comes from {b}.' if not self.plural
             else f'They come from {b}.', f'The brand is {b}.'],
            [f'Es de {b}.' if not self.plural else f'Son de {b}.',
             f'La marca es {b}.'])

    def sizes(self):
        s = listing(in_order(self.f['sizes']), 'y' if self.es else 'and')
        if len(self.f['sizes']) == 1:
            return self.pick([f'Size: {s}.'], [f'Talla: {s}.'])
        return self.pick([f'Available in {s}.', f'Choose between {s}.'],
                         [f'Disponible en {s}.', f'Elige entre {s}.'])

    def costs(self):
        p = self.price()
        return self.pick([f'The price is {p}.', f'Price: {p}.'],
                         [f'El precio es {p}.', f'Precio: {p}.'])

    def rating(self):
        r, n = self.f['rating'], self.f.get('reviews')
        if n:
            return self.pick([f'Rated {r} of 5 in {n} reviews.'],
                             [f'Valoración: {r} de 5 en {n} opiniones.'])
        return self.pick([f'Rated {r} of 5.'], [f'Valoración: {r} de 5.'])

    def measure(self, key):
        v = self.f['attributes'][key]
        row = MEASURE.get(key.lower())
        if row is None:
            return f'{key[0].upper() + key[1:]}: {v}.'
        v = spanish_value(v) if self.es else v
        key = key.lower()
        if key == 'weight':
            return self.pick([f'It weighs {v}.' if not self.plural
                              else f'They weigh {v}.', f'The weight is {v}.'],
                             [f'Pesa {v}.' if not self.plural
                              else f'Pesan {v}.', f'El peso es de {v}.'])
        if key in ('pockets', 'buttons'):
            have = 'They have' if self.plural else 'It has'
            return self.pick([f'{have} {v} {key}.'],
                             [f'{"Tienen" if self.plural else "Tiene"} {v} '
                              f'{row[1]}.'])
        if key == 'capacity':
            return self.pick([f'It holds {v}.', f'The capacity is {v}.'],
                             [f'La capacidad es de {v}.'])
        if key == 'guarantee':
            return self.pick([f'The guarantee is {v}.',
                              f'With a guarantee of {v}.'],
                             [f'Con una garantía de {v}.',
                              f'La garantía es de {v}.'])
        article = 'El' if row[1] == 'peso' else 'La'
        return self.pick([f'The {key} is {v}.'],
                         [f'{article} {row[1]} es de {v}.'])

    def appeal(self):
        return {
            'bargain': lambda: self.pick(
                [f'All this for {self.price()}.'],
                [f'Todo esto por {self.price()}.']),
            'premium': lambda: self.pick(
                ['For those who look at the details.'],
                ['Para quien se fija en los detalles.']),
            'gift': lambda: self.pick(
                ['A gift for someone you like.'],
                ['Un regalo para alguien especial.']),
            'sport': lambda: self.pick(
                ['Take it along on your next day outside.'],
                ['Llévalo contigo en tu próximo día al aire libre.'])
        }[self.segment]()

    def sentences(self):
        """In the order of the facts: who goes through them from the first to
        the last says nothing twice."""
        f = self.f
        out = []
        if f.get('brand'):
            out.append(self.brand())
        if f.get('sizes'):
            out.append(self.sizes())
        out += [self.measure(key)
                for key in sorted(f.get('attributes', {}))]
        if not self.es:
            out += f.get('text', [])
        return out

    # the tasks

    def description(self):
        out = [self.opening()] + self.sentences()[:5]
        if self.segment and (self.segment != 'bargain' or 'price' in self.f):
            out.append(self.appeal())
        return ' '.join(out)

    def title(self):
        f, parts = self.f, []
        m, b, c = self.material(), f.get('brand'), self.color()
        if m and not self.told(m):
            parts.append((' de ' if self.es else ' of ') + m)
        elif c and not self.told(c):
            parts.append(', ' + c)
        if b:
            parts.append(self.rng.choice([' - ', ' | ']) + b)
        return cut(self.name + ''.join(parts), 60)

    def meta(self):
        more = self.sentences()
        text = self.opening()
        if 'price' in self.f:
            text += ' ' + self.costs()
        for sentence in more[:3]:
            if len(text) + 1 + len(sentence) <= 155:
                text += ' ' + sentence
        return text

    def bullets(self):
        f, out = self.f, []
        label = lambda en, es: es if self.es else en
        if self.material():
            out.append(label('Material', 'Material') + ': ' + self.material())
        if self.color():
            out.append(label('Colour', 'Color') + ': ' + self.color())
        for key, v in sorted(f.get('attributes', {}).items()):
            row = MEASURE.get(key.lower())
            if row and self.es:
                out.append(row[1].capitalize() + ': ' + spanish_value(v))
            else:
                out.append(key[0].upper() + key[1:] + ': ' + v)
        if f.get('sizes'):
            out.append(label('Sizes', 'Tallas') + ': '
                       + ', '.join(in_order(f['sizes'])))
        if f.get('brand'):
            out.append(label('Brand', 'Marca') + ': ' + f['brand'])
        return ' | '.join(out[:6]) or self.name

    def alt(self):
        c = self.color()
        return self.name if not c or c in self.name.lower() \
            else self.name + ', ' + c

    def tweet(self):
        text = self.opening()
        if 'price' in self.f:
            text += ' ' + self.costs()
        more = self.sentences()
        if more and len(text) + len(more[0]) < 200:
            text += ' ' + more[0]
        return text

    def headlines(self, limit=30):
        m, c = self.material(), self.color()
        noun = self.noun()[0].upper() + self.noun()[1:]
        some = [self.name]
        if m:
            some.append(noun + (' de ' if self.es else ' of ') + m)
        if c:
            some.append(noun + ' ' + c if self.es
                        else c[0].upper() + c[1:] + ' ' + self.noun())
        if self.f.get('brand'):
            some.append(noun + (' de ' if self.es else ' by ')
                        + self.f['brand'])
        if 'price' in self.f:
            some.append(('Precio: ' if self.es else 'Price: ') + self.price())
        return fitting(some, limit)

    def lines(self, limit=90):
        some = [self.opening(), *self.sentences()]
        if 'price' in self.f:
            some.insert(1, self.costs())
        return fitting(some, limit)


def fitting(some, limit):
    """Those within the limit, each once; the first, cut, if none is."""
    return list(dict.fromkeys(s for s in some if len(s) <= limit)) \
        or [cut(some[0], limit)]
