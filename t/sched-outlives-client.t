#!/usr/bin/env perl

# Guards against a paid answer that is lost because the visitor who caused it
# went away, and against a worker that touches him when the answer comes.  Seen
# to fail with the last waiter gone ending the job (asked twice), and with
# waiters that are not unlinked.

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

my $shop = AIF::Shop->new(workers => 2, listen => 'reuseport',
                          engine => 'batch 4; concurrency 2; timeout 5s;')
                    ->page(left => 20)->page(some => 20)->start;

# everybody goes: some before the call is sent, some while it is on its way

$engine->mode('delay=400');

my @client = map { $shop->connect('/es/wait/left.html') } 1 .. 40;
close $_ for splice @client, 0, 10;
ok($engine->wait_for(inflight => 1), 'a call is on its way');
close $_ for splice @client, 0, 15;
sleep 0.2;
@client = ();

ok($engine->wait_for(texts => 20, 8), 'all texts are asked');
ok($shop->warm('left'), 'and are there for the next visitor');
is($engine->count('texts'), 20, 'each was sent once');

# every other one stays

my @stay;
for (1 .. 40) {
    my $s = $shop->connect('/es/wait/some.html');
    push @{ $_ % 2 ? \@stay : \@client }, $s;
}
ok($engine->wait_for(texts => 24, 8), 'half of them go');
@client = ();

my $good = grep { $_->{body} eq $shop->translated('some') }
           map { AIF::HTTP::parse(do { local $/; <$_> }) } @stay;
is($good, 20, 'who stays gets the page');
is($engine->count('texts'), 40, 'each was sent once');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
