#!/usr/bin/env perl

# Guards against a bot that spends more than the budget: 50 clients ask two
# workers for 10,000 pages, each with a text that nobody saw before.  At most as
# many calls are made as the budget is for, and each page answers with the
# shop's text or its translation.  Seen to fail with what is taken written
# after it is looked at, not exchanged (143 calls, 36,000 of 20,000 tokens).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use Encode qw(encode);
use IO::Select;
use IO::Socket::INET;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

use constant PAGES => 10_000;

my $engine = ScriptedEngine->start(AIF->port(1));

sub text { "Shirt of " . join('', map { chr(ord('a') + $_) } split //, sprintf '%05d', $_[0]) }
sub word { (split ' ', text($_[0]))[2] }

sub shop {
    return AIF::Shop->new(workers => 2, listen => 'reuseport', @_,
                          server => <<'END')->start;
        location ~ /page/(?<word>\w+) {
            ai_filter on;
            default_type text/html;
            return 200 "<!doctype html><p>Shirt of $word</p>";
        }
END
}


# 50 connections, one page after the other on each; ($good, $bad, $longest)

sub storm {
    my ($shop, $path) = @_;

    my ($next, $good, $bad, $longest) = (0, 0, 0, 0);
    my (%client);
    my $select = IO::Select->new;

    my $ask = sub {
        my $s = shift;
        return if $next == PAGES;
        my $n = $next++;
        $client{$s} = { n => $n, raw => '', begin => time };
        print {$s} 'GET /es/page/', word($n), " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        $s->flush;
    };

    for (1 .. 50) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $shop->{port}) or die $!;
        $select->add($s);
        $ask->($s);
    }

    while ($good + $bad < PAGES) {
        my @ready = $select->can_read(10) or last;

        for my $s (@ready) {
            my $c = $client{$s};
            sysread $s, $c->{raw}, 65536, length $c->{raw} or return ($good, PAGES - $good, 99);
            next unless $c->{raw} =~ m{\r\n\r\n.*</p>\z}s
                     || $c->{raw} =~ /\r\n0\r\n\r\n\z/;

            my $time = time - $c->{begin};
            $longest = $time if $time > $longest;

            my $text = text($c->{n});
            my $target = encode('UTF-8', ScriptedEngine::rewrite($text));

            $c->{raw} =~ m{^HTTP/1.1 200 .*<!doctype html><p>(?:\Q$text\E|\Q$target\E)</p>}s
                ? $good++ : $bad++;
            $ask->($s);
        }
    }

    return ($good, $bad, $longest);
}

# Until no call is under way, nor comes.

sub calm {
    my ($shop, $before) = (shift, -1);

    while ($before != $engine->count('requests')) {
        $before = $engine->count('requests');
        sleep 0.5;
        $shop->wait_for(sub { $shop->engine->{in_flight} == 0 }, 5);
    }
}

sleep 1 while time % 86400 > 86400 - 60;

my $budget = 100 * length text(0);

my $shop = shop(protocol => 'libretranslate', engine => <<"END");
        batch 1; concurrency 8; budget day=$budget;
END
$engine->mode('delay=10');

my $begin = time;
my ($good, $bad, $longest) = storm($shop);
diag(sprintf '%d pages in %.1f s', PAGES, time - $begin);

is($good, PAGES, 'all pages are good');
is($bad, 0, 'none is not');
cmp_ok($longest, '<', 1, 'and none came late');
calm($shop);
is($engine->count('requests'), 100, '100 calls for a budget of 100');
is($engine->count('max'), 1, 'no text was sent twice');

my $scope = $shop->engine->{scopes}{''};
is($scope->{day}{used}, $budget, 'the budget is used');
is($scope->{calls}, 100, 'and the calls are counted');
my @warned = $shop->log =~ /has used (\S+) of its budget/g;
is_deeply(\@warned, ['80%', 'all'], 'two lines in the log');
is($shop->engine->{in_flight}, 0, 'no lease is left');
is($shop->status->{zone}{marks}, 0, 'nor a mark');
is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');


# Tokens, of which only a bound is known before.

$engine->reset;
$shop = shop(engine => <<'END');
        batch 4; concurrency 8; max_tokens 300; budget minute=1000000 day=20000;
END

($good, $bad, $longest) = storm($shop);
is($good, PAGES, 'all pages are good');
cmp_ok($longest, '<', 1, 'and none came late');
calm($shop);

$scope = $shop->engine->{scopes}{''};
my $spent = $scope->{input} + $scope->{output};
cmp_ok($spent, '<=', 20000, "$spent of 20000 tokens are spent");
cmp_ok($spent, '>', 20000 - 3000, 'to less than a call');
is($scope->{day}{used}, $spent, 'what was reserved over it is returned');
is($engine->count('requests'), $scope->{calls}, 'each call is counted');
is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
