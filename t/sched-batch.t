#!/usr/bin/env perl

# Guards against a call for each fragment, against a page whose texts the
# engine finds too long all at once and that is never translated, and against
# texts that are lost because an answer had no room for them.  Seen to fail with
# batches of one, with the halving left out, and with missing texts not asked
# again.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(engine => 'batch 16; timeout 2s;')
                    ->page(page => 100)->page(long => 32)->page(never => 4)
                    ->page(less => 16)->page(length => 16)->page(one => 1)
                    ->start;

sub sizes { map { scalar @{ $_->{texts} } } @{ $engine->requests } }

is($shop->get('/es/wait/page.html')->{body}, $shop->translated('page'),
   'a page of 100 fragments');
is_deeply([sort { $b <=> $a } sizes()], [16, 16, 16, 16, 16, 16, 4],
          'goes in 7 calls');

# too long

$engine->reset;
$engine->mode('too_long,texts_max=5');
is($shop->get('/es/wait/long.html')->{body}, $shop->translated('long'),
   'a page that is too long for one call');
is_deeply([sort { $a <=> $b } sizes()],
          [(4) x 8, (8) x 4, (16) x 2], 'goes in halves of halves');
is($shop->engine->{errors}, 6, 'too long is an error of the call');
is($shop->engine->{breaker}{failures}, 0, 'and none of the engine');

$engine->reset;
$engine->mode('too_long');
is($shop->get('/es/wait/never.html')->{body}, $shop->original('never'),
   'texts that are too long alone');
is_deeply([sort { $b <=> $a } sizes()], [4, 2, 2, 1, 1, 1, 1],
          'are asked alone once');
$shop->get('/es/wait/never.html');
is($engine->count('requests'), 7, 'and not again');
like($shop->log, qr/\[warn\].* ai engine "scripted" call failed: the text is too long, status 400/,
     'the log says so');
unlike($shop->log, qr/Shirt of/, 'without the text');

# an answer that lacks texts

$engine->reset;
$engine->mode('less;');
is($shop->get('/es/wait/less.html')->{body}, $shop->translated('less'),
   'an answer without the last text');
is_deeply([sizes()], [16, 1], 'is followed by a call for that one');

$engine->reset;
$engine->mode('length;');
is($shop->get('/es/wait/length.html')->{body}, $shop->translated('length'),
   'an answer that was cut');
is($engine->count('max'), 2, 'is asked for the rest');

$engine->reset;
$engine->mode('less');
$shop->get('/es/wait/one.html');
is_deeply([sizes()], [1], 'what has none of the texts is not asked again');

is($shop->engine->{in_flight}, 0, 'no lease is left');
is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');
$engine->stop;

# a dialect of single texts

$engine = ScriptedEngine->start(AIF->port(1));
$shop = AIF::Shop->new(protocol => 'apertium', engine => 'concurrency 6;')
                 ->page(single => 60)->start;
$engine->mode('delay=30');
is($shop->get('/es/wait/single.html')->{body}, $shop->translated('single'),
   'texts one by one');
is($engine->count('requests'), 60, 'in as many calls');
is($engine->count('peak'), 6, 'as many at a time as allowed');
cmp_ok($engine->count('connections'), '<=', 20, 'over few connections');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
