#!/usr/bin/env perl

# Guards against calls that are paid for and nobody counts: libcurl sends a
# request again by itself, five times, when a connection that it had kept is
# closed before an answer, though the service may have read it, and done it.
# What a service gets must be what was counted, reserved and allowed.  Seen to
# fail without a look at what is sent: with eight kept connections ten requests
# for three calls.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Shop->new(engine => 'batch 1; concurrency 8; timeout 2s;');

$shop->page(kept => 8)->page(closed => 1)->page(after => 8)->start;

$engine->mode('delay=100');
is($shop->get('/es/wait/kept.html')->{body}, $shop->translated('kept'),
   'eight calls at a time');
is($engine->count('peak'), 8, 'on connections that are kept');

my $calls = $shop->engine->{calls};
$engine->reset;
$engine->mode('close');

is($shop->get('/es/wait/closed.html')->{body}, $shop->original('closed'),
   'each connection is closed by the next request');

$calls = $shop->engine->{calls} - $calls;
is($engine->count('requests'), $calls, "which are $calls, as many as calls");
is($shop->engine->{retries}, $calls - 1, 'of which all but one are retries');

like($shop->log, qr/call failed: a kept connection was closed before an answer/,
     'the log says what it was');

$engine->mode('');
is($shop->get('/es/wait/after.html')->{body}, $shop->translated('after'),
   'and later calls are answered');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
