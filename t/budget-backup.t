#!/usr/bin/env perl

# Guards against pages that stay untranslated when the first engine's money is
# used up, though a second one has some; and against the first one not asked
# again in the next minute.  Seen to fail with the same minute instead of the
# next one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $first = ScriptedEngine->start(AIF->port(1));
my $second = ScriptedEngine->start(AIF->port(3));

my $shop = AIF::Shop->new(protocol => 'libretranslate', wait => '4s',
                          engine => 'batch 1; budget minute=60;',
                          backup => 'batch 1; timeout 2s;');
$shop->page("p$_" => 1) for 1 .. 9;
$shop->start;

sub page { $shop->get("/es/wait/p$_[0].html")->{body} eq $shop->translated("p$_[0]") ? 1 : 0 }
sub counts { join ' ', $first->count('requests'), $second->count('requests') }

# the end of a minute: some seconds for it, and few to wait for the next one

sleep 0.1 until time % 60 >= 45 && time % 60 < 55;
my $minute = int(time / 60);

ok(page($_), "page $_") for 1 .. 3;
is(counts(), '3 0', 'the first engine does what it may');
ok(page($_), "page $_") for 4 .. 6;
is(counts(), '3 3', 'then the second one does');
is($shop->engine->{scopes}{''}{minute}{used}, 51, 'the budget is not exceeded');
is($shop->engine->{breaker}{state}, 'closed', 'that is no failure');

sleep 0.1 while int(time / 60) == $minute;
sleep 0.5;
is($shop->engine->{scopes}{''}{minute}{used}, 0, 'in the next minute');
ok(page($_), "page $_") for 7, 8;
is(counts(), '5 3', 'the first one is asked again');

my @warned = $shop->log =~ /\[warn\].* has used (\S+) of its budget of 60 characters a minute/g;
is_deeply([@warned[0, 1]], ['80%', 'all'], 'the log says it');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
