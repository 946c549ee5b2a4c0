#!/usr/bin/env perl

# Guards against a name that is looked up once and believed for ever, and a
# connection that is kept though its service has moved.  Seen to fail with
# DNS_CACHE_TIMEOUT -1, and without MAXLIFETIME_CONN.  The test's build has
# shorter times than the module.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Curl;
use AIF::Names;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $names = AIF->scratch('curl-names') . '/address';
my %env = AIF::Names->env($names)
    or plan skip_all => 'names are preloaded with gcc and the packaged nginx';

my $port = AIF->port(1);
my $url = "http://shop.moves:$port/translate";
my $engine = ScriptedEngine->start($port);
my $curl = AIF::Curl->new(env => \%env)->start;

sub looked_up { -f "$names.log" ? (() = AIF->slurp("$names.log") =~ /^/mg) : 0 }

# nobody listens there

AIF->spew($names, '127.0.0.2');
is($curl->call($url, connect => 500)->{result}, 'CONNECT', 'an old address');

AIF->spew($names, '127.0.0.1');
sleep 1.2;
is($curl->call($url)->{result}, 'OK', 'a new one, a second later');
is(looked_up(), 2, 'was looked up');

my $before = $engine->count('connections');
$curl->call($url) for 1 .. 5;
is(looked_up(), 2, 'a connection in use needs no name');
is($engine->count('connections'), $before + 1,
   'and is used again (the question was another)');

AIF->spew($names, '127.0.0.2');

my $moved = $curl->wait_for(sub {
    sleep 0.1;
    $curl->call($url, connect => 500)->{result} eq 'CONNECT';
}, 6);

ok($moved, 'but not for ever');
cmp_ok(looked_up(), '>=', 3, 'then the name is looked up');

is_deeply([$curl->complaints], [], 'the log has no complaint');
ok($curl->stop, 'nginx ends in time');

done_testing;
