#!/usr/bin/env perl

# Guards against a queue without end, and against pages that wait for texts
# that will not come: over its cap the oldest queued text is dropped, whoever
# waits for it is decided at once, and its mark is cleared, so that it can be
# asked again.  Seen to fail with the cap left out, with dropped jobs not
# finished (the pages come at the deadline), and with their marks left (never
# asked again).

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

my $shop = AIF::Shop->new(wait => '8s', engine => <<'END')
        concurrency 1; batch 1; queue 10; timeout 10s;
END
                    ->page(blocker => 1)->page(large => 25)->page(old => 10)
                    ->page(new => 10)->start;

# a page with more texts than the queue takes

$shop->get('/es/large.html');
ok($engine->wait_for(texts => 10), 'what the queue takes is sent');
is($shop->engine->{dropped}, 15, 'the rest is not, and counted');
is($shop->reason('/es/large.html'), 'queue', 'the reason of the page');
ok($shop->warm('large'), 'visit by visit it gets whole');
is($engine->count('max'), 1, 'and each text was sent once');

# a busy engine: the newer page takes the older one's place

$engine->reset;
$engine->mode('delay=2500');

$shop->get('/es/blocker.html');
ok($engine->wait_for(inflight => 1), 'the engine is busy');

my $dropped = $shop->engine->{dropped};
my $begin = time;
my $s = $shop->connect('/es/wait/old.html');
sleep 0.2;
$shop->get('/es/new.html');

my $r = AIF::HTTP::parse(do { local $/; <$s> });
is($r->{body}, $shop->original('old'), 'the older page leaves as it is');
cmp_ok(time - $begin, '<', 2, 'at once');
is($shop->engine->{dropped} - $dropped, 10, 'its texts are counted');

$engine->mode('');
ok($shop->warm('new', 8), 'the newer one is translated');
ok($shop->warm('old', 8), 'and so is the older one when it is asked again');
is($engine->count('max'), 1, 'each text was sent once');

is($shop->status->{zone}{marks}, 0, 'no mark is left');
is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
