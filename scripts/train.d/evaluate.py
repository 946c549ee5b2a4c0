# Measures the models as they are served: by scripts/serve, over HTTP.

import json
import os
import random
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import lexicon as lx
import tasks
from write import KIND, SEGMENTS, Writer

HERE = os.path.dirname(os.path.abspath(__file__))
SERVE = os.path.join(os.path.dirname(HERE), 'serve')
SCHEMA = {'type': 'object', 'properties': {'items': {
    'type': 'array', 'items': {
        'type': 'object', 'properties': {'id': {'type': 'integer'},
                                         'text': {'type': 'string'}},
        'required': ['id', 'text'], 'additionalProperties': False}}},
    'required': ['items'], 'additionalProperties': False}


class Served:
    """A model of scripts/serve, for as long as a with lasts."""

    def __init__(self, what, model):
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            self.port = s.getsockname()[1]
        # the tree that this Python is from is not the server's
        env = {k: v for k, v in os.environ.items() if k != 'PYTHONHOME'}
        self.process = subprocess.Popen(
            [SERVE, what, '--port', str(self.port), '--model', model],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(300):
            try:
                self.get('/health')
                return self
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise SystemExit('scripts/serve did not start: run scripts/setup'
                         ' --llm')

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def get(self, path, body=None):
        ask = urllib.request.Request(
            f'http://127.0.0.1:{self.port}{path}',
            None if body is None else json.dumps(body).encode(),
            {'Content-Type': 'application/json'})
        with urllib.request.urlopen(ask, timeout=60) as reply:
            return json.load(reply)


def words(text):
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


def numbers(text):
    return {n.rstrip('.,') for n in re.findall(r'\d[\d.,]*', text)}


def own_words():
    """The words that the texts are written with, whatever they are about:
    what made-up texts have beyond their facts."""
    rng, out = random.Random(0), set()
    for n in range(2000):
        facts, locale = tasks.draw_facts(rng), ['en', 'es'][n % 2]
        w = Writer(facts, locale, rng, rng.choice([None, *SEGMENTS]))
        if not w.segment or 'price' in facts:
            text = ' '.join([w.description(), w.meta(), w.tweet(),
                             w.bullets(), *w.headlines(90), *w.lines(200)])
            out |= words(text) - allowed(tasks.lines(facts, rng))
    return out


def allowed(facts_text):
    """What the facts say, and the same in Spanish."""
    low = facts_text.lower()
    out = words(low)
    for english, spanish in [*lx.STUFFS.items(), *lx.USES.items(),
                             *lx.CATEGORIES.items(), *lx.UNITS.items()]:
        if english.lower() in low:
            out |= words(spanish)
    for row in [*lx.COLORS, *lx.MEASURES]:
        if row[0] in low:
            out |= words(' '.join(row[1:]))
    for english, kind in KIND.items():
        if english in low:
            out |= words(kind[1])
    return out


def ask(writer, messages, items):
    body = {'messages': messages[:2], 'temperature': 0, 'max_tokens': 300}
    if items:
        body['response_format'] = {'type': 'json_schema', 'json_schema': {
            'name': 'texts', 'strict': True, 'schema': SCHEMA}}
    reply = writer.get('/v1/chat/completions', body)
    return reply['choices'][0]['message']['content'].strip(), reply['timings']


def about_products(writer, goods, say, n):
    """Every number and every word of the texts is among the facts?"""
    rng = random.Random(99)
    own = own_words()
    kinds = ['description', 'title', 'meta', 'bullets', 'alt', 'copy']
    for source in ('the demo shop', 'made-up products'):
        count = form = digits = both = 0
        tokens = took = 0
        samples = []
        for i in range(n):
            task, locale = kinds[i % len(kinds)], ['en', 'es'][i // 6 % 2]
            facts = (goods[i % len(goods)] if source == 'the demo shop'
                     else tasks.draw_facts(rng))
            e = tasks.example(rng, task, locale, facts, form='items')
            m = e['messages']
            items = m[1]['content'].startswith('{"items"')
            text, timing = ask(writer, m, items)
            count += 1
            tokens += timing['predicted_n']
            took += timing['predicted_ms'] + timing['prompt_ms']
            try:
                got = json.loads(text)
                said = (' '.join(x['text'] for x in got['items'])
                        if items else ' '.join(
                            s for v in got.values()
                            for s in (v if isinstance(v, list) else [v])))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            form += 1
            given = json.loads(m[1]['content'])['items'][0]['facts'] \
                if items else m[1]['content']
            good = numbers(said) <= numbers(given)
            digits += good
            strange = words(said) - own - allowed(given)
            both += good and not strange
            if len(samples) < 5 and items:
                samples.append(f'{task}/{locale}: {said!r}')
        say(f'{source}: {count} texts: form right {form / count:.1%}, every'
            f' number among the facts {digits / count:.1%}, every number and'
            f' word {both / count:.1%}; {1000 * tokens / took:.0f} tokens/s')
        for sample in samples:
            say('  ' + sample)


def about_answers(writer, path, say, n):
    """Answers that are the expected ones, letter by letter."""
    for what in ('answer', 'aspects'):
        right = count = 0
        for line in open(path):
            m = json.loads(line)['messages']
            if not m[0]['content'].startswith(tasks.SYSTEM[what]):
                continue
            text, _ = ask(writer, m, False)
            right += text == m[2]['content']
            count += 1
            if count == n:
                break
        if count:
            say(f'{what}: {right / count:.1%} of {count} as expected')


def reviews(served, rows, say):
    import classify
    for source in dict.fromkeys(r[3] for r in rows):
        test = [r for r in rows if r[2] and r[3] == source]
        group = classify.group_of(test[0][1]) if test else ''
        right, began = 0, time.time()
        for at in range(0, len(test), 32):
            lot = test[at:at + 32]
            got = served.get(f'/{group}/predict', {
                'inputs': [[r[0]] for r in lot], 'truncate': True})
            right += sum(g[0]['label'] == r[1] for g, r in zip(got, lot))
        if test:
            say(f'{source}: {right / len(test):.1%} of {len(test)} right,'
                f' {1000 * (time.time() - began) / len(test):.1f} ms each')
