#!/usr/bin/env perl

# Guards against a stumble of the engine that leaves a page untranslated, and
# against an engine in trouble that is asked three times as much for it.  Seen
# to fail with no retries, with retries without a credit (20 of 20), and with
# three of one text.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(wait => '4s', engine => 'batch 16; timeout 2s;');
$shop->page("bad$_" => 2)->page("good$_" => 2)->page("fine$_" => 2) for 1 .. 20;
$shop->page("earn$_" => 2) for 1 .. 50;
$shop->page($_ => 2) for qw(once twice thrice);
$shop->start;

sub page { $shop->get("/es/wait/$_[0].html")->{body} eq $shop->translated($_[0]) ? 1 : 0 }

$engine->mode('status=500;');
ok(page('once'), 'a call that fails once is made again');
is($engine->count('requests'), 2, 'once');
is($shop->engine->{retries}, 1, 'and counted');

page("earn$_") for 1 .. 10;      # for another one

$engine->reset;
$engine->mode('status=503,times=2;');
my $begin = time;
ok(page('twice'), 'one that fails twice, twice');
is($engine->count('requests'), 3, 'in three calls');
cmp_ok(time - $begin, '>', 0.25, 'after a pause');

# no more than twice, though it has the credit

page("earn$_") for 11 .. 50;
$engine->reset;
$engine->mode('status=500');
ok(!page('thrice'), 'one that fails always is the shop\'s');
is($engine->count('max'), 3, 'no text is sent more than three times');
is($shop->reason('/es/wait/thrice.html'), 'engine', 'the page says why');
$engine->reset;
page('thrice');
is($engine->count('requests'), 0, 'and nobody is asked so soon');

# a tenth of the calls, and two

$shop->reload;                   # its credit is a worker's
$engine->reset;
my $before = $shop->engine->{retries};

for my $n (1 .. 20) {
    $engine->mode('');
    page("good$n");
    page("fine$n");
    $engine->mode('status=500;');
    page("bad$n");
}

my $retries = $shop->engine->{retries} - $before;
my $calls = $engine->count('requests');
is($shop->engine->{breaker}{state}, 'closed', 'the engine is not out');
cmp_ok($retries, '<=', 2 + $calls / 10, "$retries retries in $calls calls");
cmp_ok($retries, '>=', 3, 'but some');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
