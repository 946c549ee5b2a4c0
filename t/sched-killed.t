#!/usr/bin/env perl

# Guards against what a worker that is killed leaves behind: calls that count
# as in flight, texts that nobody may ask for until a deadline, money that was
# set aside for an answer.  The worker that takes its place clears up.  Seen to
# fail without that: the page is whole after 30 s, the leases stay.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

sleep 1 while time % 86400 > 86400 - 60;

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(workers => 2, listen => 'reuseport', wait => '5s',
                          engine => <<'END');
        concurrency 2; batch 4; timeout 60s; max_tokens 500; budget day=100000;
END
$shop->page(killed => 8)->page(again => 8)->start;

sub used { $shop->engine->{scopes}{''}{day}{used} }

$engine->mode('nothing');
my $r = $shop->get('/es/killed.html');
ok($engine->wait_for(inflight => 2), 'two calls are on their way');
is($shop->engine->{in_flight}, 2, 'which is all there may be');
my $taken = used();
cmp_ok($taken, '>', 1000, "they may cost $taken tokens");
is($shop->status->{zone}{marks}, 8, 'their texts are marked');

# only the leases: the other worker's page needs no more than they are free

my $pid = $r->{headers}{'x-pid'};
$engine->mode('');
kill KILL => $pid;
my $begin = time;

ok($shop->wait_for(sub { my @now = $shop->workers;
                         @now == 2 && !grep { $_ == $pid } @now }, 5),
   'the worker is killed, another comes');
ok($shop->wait_for(sub { $shop->engine->{in_flight} == 0 }, 5),
   'no call of it is in flight');
ok($shop->wait_for(sub { $shop->status->{zone}{marks} == 0 }, 5),
   'nor is a text');
is($shop->get('/es/wait/killed.html')->{body}, $shop->translated('killed'),
   'the page is translated at once');
cmp_ok(time - $begin, '<', 10, 'and not after the deadline');
is($engine->count('max'), 2, 'each text was sent twice');

my $scope = $shop->engine->{scopes}{''};
my $guess = $scope->{day}{used} - $scope->{input} - $scope->{output};
cmp_ok($guess, '>', 0, 'what was lost counts as guessed');
cmp_ok($guess, '<', $taken / 2, "what was set aside for it returns: $guess");

is_deeply([grep { !/exited on signal 9/ } $shop->complaints], [],
          'the log has no other complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
