#!/usr/bin/env perl

# Guards against calls that a reload or the end of a worker loses or asks
# twice, against workers that never end, and against marks that keep a text
# from being asked until their deadline.  Seen to fail with a cancelable timer
# (the call is lost), with marks not released at exit (the page is never
# whole), and with curl's sockets left open (nginx logs an alert for each).

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

my $shop = AIF::Shop->new(workers => 2, listen => 'reuseport',
                          engine => 'concurrency 2; batch 5; timeout 5s;');
$shop->page($_ => 10) for qw(held background queued killed quit last);
$shop->page(queued => 40)->start;

sub whole { $_[0]{body} eq $shop->translated($_[1]) }
sub answer { AIF::HTTP::parse(do { local $/; readline $_[0] }) }

# the client waits, and the worker is told to go

$engine->mode('delay=1200');
my $s = $shop->connect('/es/wait/held.html');
ok($engine->wait_for(inflight => 2), 'calls are on their way');
my @old = $shop->workers;
ok($shop->reload, 'a reload');
my $t = $shop->connect('/es/wait/held.html');
ok(whole(answer($s), 'held'), 'who waits at the old worker gets the page');
ok(whole(answer($t), 'held'), 'who comes to the new one waits for it');
is($engine->count('texts'), 10, 'each text was sent once');
ok($shop->wait_for(sub { !grep { -d "/proc/$_" } @old }, 5),
   'the old workers are gone');

# nobody waits

$engine->reset;
$shop->get('/es/background.html');
ok($engine->wait_for(inflight => 2), 'calls are on their way');
@old = $shop->workers;
$shop->reload;
ok($shop->wait_for(sub { !grep { -d "/proc/$_" } @old }, 5),
   'the old workers end');
$engine->mode('nothing');
ok(whole($shop->get('/es/wait/background.html'), 'background'),
   'and their calls before them');
is($engine->count('texts'), 10, 'each text was sent once');

# what is only queued is left to the next worker

$engine->reset;
$engine->mode('delay=1200');
$shop->get('/es/queued.html');
ok($engine->wait_for(inflight => 2), 'two of eight calls are on their way');
@old = $shop->workers;
$shop->reload;
ok($shop->wait_for(sub { !grep { -d "/proc/$_" } @old }, 5),
   'the old workers end');
is($engine->count('texts'), 10, 'with what was sent');
$engine->mode('');
ok($shop->warm('queued'), 'the rest is asked by the new ones');
is($engine->count('texts'), 40, 'each text once');

# a worker that goes at once

$engine->reset;
$engine->mode('delay=30000');
$shop->get('/es/killed.html');
ok($engine->wait_for(inflight => 2), 'calls are on their way');
$engine->mode('');
@old = $shop->workers;
kill TERM => @old;
ok($shop->wait_for(sub { my @now = $shop->workers;
                         @now == 2 && !grep { $_ eq $old[0] || $_ eq $old[1] }
                                       @now }, 5), 'workers are terminated');
ok($shop->warm('killed'), 'their texts are asked again');
is($engine->count('max'), 2, 'a second time');
is($shop->engine->{in_flight}, 0, 'no lease is left');
is($shop->status->{zone}{marks}, 0, 'nor a mark');

# worker_shutdown_timeout

ok($shop->reload(main => 'worker_shutdown_timeout 500ms;'), 'a reload');
$engine->mode('delay=30000');
$shop->get('/es/quit.html');
ok($engine->wait_for(inflight => 2), 'calls are on their way');
@old = $shop->workers;
my $begin = time;
$shop->reload;
ok($shop->wait_for(sub { !grep { -d "/proc/$_" } @old }, 5),
   'the old workers end');
cmp_ok(time - $begin, '<', 3, 'after worker_shutdown_timeout');
$engine->mode('');
ok($shop->warm('quit'), 'the new ones ask again');

# the last one

$engine->mode('delay=30000');
$shop->get('/es/last.html');
ok($engine->wait_for(inflight => 2), 'calls are on their way');
is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop('TERM', 3), 'nginx ends in time');
is_deeply([$shop->complaints], [], 'without one either');

done_testing;
