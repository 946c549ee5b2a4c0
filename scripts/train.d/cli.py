# The subcommands of scripts/train, which tells what they do.

import argparse
import json
import os
import random
import subprocess
import time

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def say(text):
    print('train:', text, flush=True)


def path(o, name):
    return os.path.join(o.work, name)


def prepare(o):
    import tasks
    import vocab
    from llama import SHAPE
    rng = random.Random(o.seed)
    os.makedirs(o.work, exist_ok=True)
    known = goods()
    texts = []
    for name, n in (('pairs.jsonl', o.examples), ('held-out.jsonl', 500)):
        say(f'making {n} examples: {name}')
        with open(path(o, name), 'w') as out:
            for _ in range(n):
                e = tasks.example(rng, goods=known)
                out.write(tasks.compact(e) + '\n')
                if len(texts) < 12000:
                    texts += [m['content'] for m in e['messages'][1:]]
    for file in o.pairs:
        texts += [m['content'] for line in open(file)
                  for m in json.loads(line)['messages']
                  if m['role'] != 'system']
    for g in known:
        texts += [json.dumps(g, ensure_ascii=False)] * 3
    with open(path(o, 'single.jsonl'), 'w') as out:
        for _ in range(o.examples // 2):
            out.write(tasks.compact(tasks.single(rng, known)) + '\n')
    say('learning the vocabulary')
    v = vocab.learn(texts, SHAPE['vocab'], tasks.special_marks())
    v.save(path(o, 'vocab.json'))
    say(f'{len(v)} tokens')


def fresh(o, vocab):
    from llama import SHAPE, Llama
    torch.manual_seed(o.seed)
    return Llama(dict(SHAPE, vocab=len(vocab)))


def pretrain(o):
    import lm
    from vocab import Vocab
    vocab = Vocab.load(path(o, 'vocab.json'))
    model, rng = fresh(o, vocab), random.Random(o.seed)
    say(f'{model.size():,} parameters')
    data = lm.read_pairs(vocab, [(path(o, 'single.jsonl'), 1)])
    check = data[:300]
    lm.train(model, lm.repeats(vocab, rng, 8000) + data[300:], check,
             vocab.eos, 4e-3, o.pretrain_steps, o.seed,
             path(o, 'pretrained.pt'), say)


def finetune(o):
    import lm
    from vocab import Vocab
    vocab = Vocab.load(path(o, 'vocab.json'))
    model = fresh(o, vocab)
    keep = path(o, 'finetuned.pt')
    if not os.path.exists(keep):
        model.load_state_dict(torch.load(path(o, 'pretrained.pt'))['model'])
    pairs = lm.read_pairs(vocab, [(path(o, 'pairs.jsonl'), 1),
                                  (path(o, 'single.jsonl'), 1)]
                          + [(p, 20) for p in o.pairs])
    check = lm.read_pairs(vocab, [(path(o, 'held-out.jsonl'), 1)])
    lm.train(model, pairs, check, vocab.eos, o.rate, o.steps, o.seed, keep, say)


def classifier(o):
    import classify
    import gguf_file
    os.makedirs(o.work, exist_ok=True)
    rows = classify.data(o)
    pieces, model = classify.train(rows, o.seed, say)
    classify.report(pieces, model, rows, say)
    torch.save((pieces.tokens, model.state_dict()), path(o, 'classifier.pt'))
    os.makedirs(o.models, exist_ok=True)
    file = os.path.join(o.models, 'classifier.gguf')
    gguf_file.write_bert(file, 'shop-classifier', model, pieces,
                         classify.LABELS)
    with open(file.replace('.gguf', '.labels'), 'w') as out:
        for group, labels in classify.GROUPS.items():
            print(group, *labels, file=out)
    say(f'{file}: {os.path.getsize(file):,} bytes')


def reader(o):
    import gguf_file
    import reader as rd
    os.makedirs(o.work, exist_ok=True)
    pieces, model, intents = rd.train(o, say)
    os.makedirs(o.models, exist_ok=True)
    file = os.path.join(o.models, 'reader.gguf')
    gguf_file.write_bert(file, 'shop-reader', model, pieces,
                         rd.labels_of(intents))
    rd.write_labels(file.replace('.gguf', '.labels'), intents)
    weigh(o)
    say(f'{file}: {os.path.getsize(file):,} bytes')


def weigh(o):
    import evaluate as ev
    import reader as rd
    file = os.path.join(o.models, 'reader.gguf')
    with ev.Served('reader', file) as served:
        score = rd.calibrate(served, o, rd.intents(), say)
    rd.write_labels(file.replace('.gguf', '.labels'), rd.intents(), score)


def questions(o):
    import evaluate as ev
    import reader as rd
    file = os.path.join(o.models, 'reader.gguf')
    with ev.Served('reader', file) as served:
        rd.report(served, say, rd.score_of(
            file.replace('.gguf', '.labels'))['words'],
            verbose='AIF_VERBOSE' in os.environ)


def export(o):
    import gguf_file
    from vocab import Vocab
    os.makedirs(o.models, exist_ok=True)
    vocab = Vocab.load(path(o, 'vocab.json'))
    model = fresh(o, vocab)
    model.load_state_dict(torch.load(path(o, 'finetuned.pt'))['model'])
    file = os.path.join(o.models, 'writer.gguf')
    gguf_file.write_llama(file, 'shop-writer', model, vocab)
    say(f'{file}: {os.path.getsize(file):,} bytes')


def goods():
    return json.loads(subprocess.check_output(
        [os.path.join(HERE, 'goods'),
         os.path.join(TOP, 'scripts/demo.d/catalogue.pl')]))


def evaluate(o):
    import classify
    import evaluate as ev
    with ev.Served('writer', os.path.join(o.models, 'writer.gguf')) as writer:
        ev.about_products(writer, goods(), say, 240)
        ev.about_answers(writer, path(o, 'held-out.jsonl'), say, 60)
    with ev.Served('classifier',
                   os.path.join(o.models, 'classifier.gguf')) as served:
        ev.reviews(served, classify.data(o), say)
    questions(o)


STEPS = {f.__name__: f for f in (prepare, pretrain, finetune, export,
                                 classifier, reader, weigh, questions)}
STEPS['eval'] = evaluate


def main():
    p = argparse.ArgumentParser(prog='train', add_help=False)
    p.add_argument('what')
    p.add_argument('--build', required=True)
    p.add_argument('--work')
    p.add_argument('--models')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--examples', type=int, default=48000)
    p.add_argument('--pretrain-steps', type=int, default=900)
    p.add_argument('--steps', type=int, default=0)
    p.add_argument('--rate', type=float, default=4e-3)
    p.add_argument('--reader-examples', type=int, default=60000)
    p.add_argument('--pairs', action='append', default=[])
    p.add_argument('--reviews', action='append', default=[])
    o = p.parse_args()
    o.work = o.work or os.path.join(o.build, 'train')
    o.models = o.models or os.path.join(o.build, 'models')
    torch.set_num_threads(1)
    began = time.time()
    STEPS[o.what](o)
    say(f'{o.what}: {time.time() - began:.0f} s')


main()
