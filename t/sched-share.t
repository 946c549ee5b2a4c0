#!/usr/bin/env perl

# Guards against one visitor who asks for pages that nobody saw before, as fast
# as he can, and keeps those of all others untranslated: his texts would fill
# the queue before theirs, and drop them out of it.  Seen to fail with texts
# queued in the order in which they come, with the oldest dropped whosever it
# is, with IPv6 addresses taken as a whole, and with no turns among workers.

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

sub shop {
    my $shop = AIF::Shop->new(listen => 'reuseport', wait => '20s', @_,
                              http => 'set_real_ip_from 127.0.0.1;',
                              engine => <<'END');
        concurrency 1; batch 4; queue 64; timeout 10s;
END
    $shop->page("f$_" => 16) for 1 .. 80;
    $shop->page("v$_" => 8) for 1 .. 4;
    return $shop->start;
}

# $from asks, and does not wait for an answer

sub ask {
    my ($shop, $path, $from) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $shop->{port}) or die $!;
    print {$s} "GET $path HTTP/1.1\r\nHost: localhost\r\n"
               . "X-Real-IP: $from\r\nConnection: close\r\n\r\n";
    $s->flush;

    return $s;
}

sub answer { my $s = shift; AIF::HTTP::parse(do { local $/; <$s> }) }

# The place of the last of a page's texts among all that were sent.

sub place {
    my $name = shift;
    my ($n, $last) = (0, 0);

    for my $request (@{ $engine->requests }) {
        for my $text (@{ $request->{texts} }) {
            $n++;
            $last = $n if $text =~ /of $name /;
        }
    }

    return $last;
}


my $shop = shop();

for my $case (['an address', '192.0.2.7', '192.0.2.8'],
              ['another network of IPv6', '2001:db8:0:1::7', '2001:db8:0:2::7'])
{
    my ($who, $flooder, $other) = @$case;
    my $page = $who eq 'an address' ? 'v1' : 'v2';
    my $pages = $page eq 'v1' ? 1 : 21;

    $engine->reset;
    $engine->mode('delay=100');
    my $dropped = $shop->engine->{dropped};

    answer(ask($shop, "/es/f$_.html", $flooder)) for $pages .. $pages + 9;
    ok($engine->wait_for(inflight => 1), "$who: the queue is flooded");
    cmp_ok($shop->engine->{dropped}, '>', $dropped, 'and full');

    my $begin = time;
    my $s = ask($shop, "/es/wait/$page.html", $other);
    sleep 0.05;
    answer(ask($shop, "/es/f$_.html", $flooder)) for $pages + 10 .. $pages + 19;

    is(answer($s)->{body}, $shop->translated($page),
       "somebody else's page is translated");
    cmp_ok(time - $begin, '<', 2, 'soon');
    cmp_ok(place($page), '<=', 30,
           'and its texts take turns with those before them');
    $engine->mode('');
    $shop->wait_for(sub { $shop->status->{zone}{marks} == 0 }, 10);
}

# many addresses of one network are one visitor

$engine->reset;
$engine->mode('delay=100');
answer(ask($shop, "/es/f$_.html", "2001:db8:0:3::$_")) for 41 .. 60;
ok($engine->wait_for(inflight => 1), 'a flood from one network');
my $s = ask($shop, '/es/wait/v3.html', '192.0.2.9');
is(answer($s)->{body}, $shop->translated('v3'), 'starves nobody either');
cmp_ok(place('v3'), '<=', 30, 'though it has many addresses');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');


# The flood is at one worker, the visitor at another one: connections stay with
# theirs.

$engine->reset;
$engine->mode('');
$shop = shop(workers => 2);

sub keep {
    my ($s, $path, $from) = @_;

    print {$s} "GET $path HTTP/1.1\r\nHost: localhost\r\nX-Real-IP: $from\r\n\r\n";
    $s->flush;
}

sub kept {
    my $s = shift;
    my $raw = '';

    until ($raw =~ /content-length: (\d+).*?\r\n\r\n(.*)/is
           && length $2 >= $1)
    {
        sysread $s, $raw, 65536, length $raw or last;
    }

    return AIF::HTTP::parse($raw);
}

my %at;

for (1 .. 100) {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $shop->{port}) or die $!;
    keep($s, '/plain/v1.html', '192.0.2.7');
    $at{ kept($s)->{headers}{'x-pid'} } ||= $s;
    last if keys %at == 2;
}

my ($here, $there) = values %at;
ok($here && $there, 'connections to both workers');

$engine->mode('delay=60');

for my $n (1 .. 40) {
    keep($here, "/es/f$n.html", '192.0.2.7');
    kept($here);
}

ok($engine->wait_for(inflight => 1), 'one is flooded');
my $begin = time;
keep($there, '/es/wait/v4.html', '192.0.2.8');

# the flood goes on

for my $n (41 .. 60) {
    keep($here, "/es/f$n.html", '192.0.2.7');
    kept($here);
    sleep 0.02;
}

is(kept($there)->{body}, $shop->translated('v4'),
   'at the other one a page is translated');
cmp_ok(time - $begin, '<', 1.2, 'soon');
is($engine->count('peak'), 1, 'over all workers one call at a time');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
