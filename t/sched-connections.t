#!/usr/bin/env perl

# Guards against calls that take the connections visitors need: a quarter of
# worker_connections is kept for them, pages answer without the engine then,
# and what was asked for is fetched when there is room again.  Seen to fail
# without the reserve (calls go out all the same), and with calls that get no
# connection counted as the engine's failures.

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

my $shop = AIF::Shop->new(connections => 32, wait => '500ms',
                          engine => 'batch 1; concurrency 30; timeout 3s;')
                    ->page(cold => 20)->page(crowd => 30)->start;

AIF->spew("$shop->{dir}/html/large.html", 'x' x 20000);

# 24 slow visitors, the listening socket and the master's channel: 26 of 32

my @slow = map { $shop->connect('/slow/large.html') } 1 .. 24;
sleep 0.3;

my $r = $shop->get('/es/wait/cold.html');
is($r->{status}, 200, 'a page answers');
is($r->{body}, $shop->original('cold'), 'with the origin');
is($engine->count('requests'), 0, 'no call was made');
is($shop->get('/plain/cold.html')->{status}, 200, 'other pages answer too');

# the marks are still ours: nobody needs to come again

@slow = ();
ok($engine->wait_for(texts => 20), 'with room again the texts are asked');
ok($shop->warm('cold'), 'and are there');
is($engine->count('max'), 1, 'each was sent once');
is($shop->engine->{errors}, 0, 'that was no error of the engine');
is($shop->engine->{breaker}{state}, 'closed', 'nor of its breaker');

# 30 calls want to go: most of them have to wait for others' connections

$engine->mode('delay=100');
$shop->get('/es/crowd.html');
ok($shop->warm('crowd', 8), 'calls share what there is');
cmp_ok($engine->count('peak'), '<=', 24, 'no more than three quarters');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
