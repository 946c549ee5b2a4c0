#!/usr/bin/env perl

# Guards against a state zone that is full of engines that no configuration has
# any more: a shop that changes their names could not reload one day; and against
# a slot given to another engine while a worker still uses it.  Seen to fail with
# slots never freed (the third reload), and with the workers not looked at (the
# seventh configuration is taken while an old worker uses those slots).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(engine => 'timeout 20s;')->page(kept => 4)
                    ->page(held => 4);
my $http = $shop->{http};

sub with {
    my $kind = shift;

    return join('', map <<"END", 1 .. 31) . $http;
    ai_engine $kind$_ { protocol apertium; url http://127.0.0.1:%%PORT_9%%; }
END
}

sub engines { scalar grep /^$_[0]/, keys %{ $shop->status->{engines} } }
sub gone { my %now = map { $_ => 1 } $shop->workers;
           !grep { -d "/proc/$_" } @_ }

$shop->start(http => with('a'));
$shop->get('/es/wait/kept.html');
my $calls = $shop->engine->{calls};
is(engines('a'), 31, 'all engines that there may be');

for my $kind ('b' .. 'e') {
    my @old = $shop->workers;
    ok($shop->reload(http => with($kind)), "others: $kind");
    is(engines($kind), 31, 'are there');
    is($shop->engine->{calls}, $calls, 'and who stayed keeps its figures');
    ok($shop->wait_for(sub { gone(@old) }, 5), 'the old worker has ended');
}

# a worker that can't end

$engine->mode('delay=4000');
my $s = $shop->connect('/es/wait/held.html');
ok($engine->wait_for(inflight => 1), 'a visitor waits');
my @old = $shop->workers;
ok($shop->reload(http => with('f')), 'others once more');
is(engines('f'), 31, 'are there');
ok(!gone(@old), 'while the old worker waits');

$shop->write_conf(http => with('g'));
kill HUP => $shop->{pid};
ok($shop->wait_for(sub { $shop->log =~ /\[emerg\].* zone "shop.state" has no room for so many new engines and scopes while workers of earlier configurations use others/ }, 5),
   'then there is no room, and the log says so');
is(engines('f'), 31, 'nginx goes on as it was');

my $r = AIF::HTTP::parse(do { local $/; <$s> });
is($r->{body}, $shop->translated('held'), 'the visitor gets his page');
is($shop->engine->{calls}, $calls + 1, 'its call is counted where it belongs');
ok($shop->wait_for(sub { gone(@old) }, 5), 'the old worker has ended');
ok($shop->reload(http => with('g')), 'now they have room');
is(engines('g'), 31, 'and are there');

is_deeply([grep { !/has no room for so many/ } $shop->complaints], [],
          'the log has no other complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
