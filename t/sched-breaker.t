#!/usr/bin/env perl

# Guards against an engine that is down and is asked by every page all the
# same, at the price of the pages beside it; against one that is never asked
# again; and against one that is dropped for wanting fewer calls.  Seen to fail
# with failures not counted, without the probe, and with 429 counted as a
# failure.

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

my $shop = AIF::Shop->new(workers => 2, listen => 'reuseport', wait => '4s',
                          engine => 'timeout 5s;');
$shop->page("bad$_" => 2) for 1 .. 5;
$shop->page("shut$_" => 2) for 1 .. 40;
$shop->page(throttled => 2)->page(other => 2)->page(later => 2)->start;

sub breaker { $shop->engine->{breaker} }

# an engine that wants fewer calls is not broken

$engine->mode('status=429,retry_after=1,times=6;');
my $begin = time;
is($shop->get('/es/wait/throttled.html')->{body}, $shop->original('throttled'),
   'a throttled engine gives the origin at the deadline');
cmp_ok($engine->count('requests'), '<=', 5, 'and is asked once a second');
cmp_ok($shop->engine->{throttled}, '>=', $engine->count('requests') - 1,
       'which is counted');
is($shop->engine->{errors}, 0, 'but not as an error');
is(breaker()->{state}, 'closed', 'and does not open the breaker');
ok($shop->warm('throttled', 8), 'the text comes when it answers');

# refused five times

$engine->mode('status=401');
$engine->reset;
for my $n (1 .. 5) {
    is($shop->get("/es/wait/bad$n.html")->{body}, $shop->original("bad$n"),
       "a call that is refused gives the origin");
}
is($engine->count('requests'), 5, 'five calls');
is(breaker()->{state}, 'open', 'open the breaker');
my $opened = time;

my @answers = map { $shop->crowd("/es/wait/shut$_.html", 1) } 1 .. 39;
is(scalar(grep { $_->{status} == 200 } @answers), 39, 'pages answer');
cmp_ok(time - $opened, '<', 4, 'at once, without waiting');
is($engine->count('requests'), 5, 'nobody asks the engine');
is($shop->reason('/es/wait/shut7.html'), 'breaker', 'the reason of a page');

# the probe

cmp_ok(breaker()->{until_ms}, '<=', 12000, 'it is not shut for ever');
$shop->wait_for(sub { breaker()->{until_ms} < 1000 }, 15);
$shop->get('/es/shut1.html');
sleep 0.1;
is($engine->count('requests'), 5, 'but until its time');
$shop->wait_for(sub { breaker()->{until_ms} == 0 }, 15);

$engine->mode('delay=1500;');
$shop->get("/es/shut$_.html") for 1 .. 10;
ok($engine->wait_for(requests => 6), 'then one call goes');
sleep 0.2;
is($engine->count('requests'), 6, 'and only one');
is(breaker()->{state}, 'half-open', 'which decides');
ok($shop->wait_for(sub { breaker()->{state} eq 'closed' }), 'it was good');
ok($shop->warm('shut40'), 'pages are translated again');
is(breaker()->{opened}, 1, 'the breaker opened once');

my @lines = $shop->log =~ /\[(\w+)\].* (ai engine "scripted" (?:fails|answers).*)/g;
is_deeply([@lines[0, 2]], ['warn', 'info'], 'each change has one line');
like($lines[1], qr/^ai engine "scripted" fails, it is not asked for \d+ ms$/,
     'that says how long');
is(scalar @lines, 4, 'and no more');

like($shop->log, qr/\[error\].* ai engine "scripted" call failed: the engine refused, status 401/,
     'a failed call has a line');
cmp_ok(scalar(() = $shop->log =~ /call failed/g), '<=', 12,
       'but one a second at most');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
