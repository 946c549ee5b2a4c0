#!/usr/bin/env perl

# Guards against paying many times for one text: 200 clients come to one cold
# page of two workers, and each fragment must be sent once.  Seen to fail with
# the zone's marks ignored (each worker sends all), and with waiters on the
# other worker's texts never woken (half of the pages come at the deadline).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(time);

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(workers => 2, listen => 'reuseport', wait => '8s',
                          engine => 'concurrency 4; batch 8; timeout 5s;')
                    ->page(cold => 40)->page(bare => 40)->start;

$engine->mode('delay=400');

my $begin = time;
my @answers = $shop->crowd('/es/wait/cold.html', 200, 20);

cmp_ok(time - $begin, '<', 7, 'nobody waits for the deadline');

is(scalar @answers, 200, 'every client got an answer');
is(scalar(grep { $_->{body} eq $shop->translated('cold') } @answers), 200,
   'the whole page in his language');

my %worker = map { $_->{headers}{'x-pid'} => 1 } @answers;
is(scalar keys %worker, 2, 'from two workers');

is($engine->count('distinct'), 40, 'each fragment was sent');
is($engine->count('texts'), 40, 'once');
cmp_ok($engine->count('requests'), '<=', 10, 'in few calls');
cmp_ok($engine->count('peak'), '<=', 4, 'no more at a time than allowed');

# nobody waits: the same in the background

$engine->reset;
@answers = $shop->crowd('/es/bare.html', 200, 20);

is(scalar(grep { $_->{body} eq $shop->original('bare') } @answers), 200,
   'without a wait all get the origin');
ok($shop->warm('bare'), 'which is there for the next ones');
is($engine->count('texts'), 40, 'and was sent once');

is($shop->engine->{texts_sent}, 80, 'the status counts the same');
is($shop->engine->{texts_stored}, 80, 'and what was stored');
is($shop->engine->{in_flight}, 0, 'no lease is left');
is($shop->status->{zone}{marks}, 0, 'nor a mark');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
