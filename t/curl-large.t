#!/usr/bin/env perl

# Guards against large prompts that hang: with edge-triggered events libcurl
# waits for a further event after it filled the socket's buffer half, and
# bodies of 200 kB and more end by their time-out, while all small tests pass.
# Seen to fail with NGX_CLEAR_EVENT.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Curl;
use Origin;
use Test::More;

my $origin = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my ($size) = $request->{path} =~ /(\d+)/;
    $client->answer(body => defined $size ? 'y' x $size
                            : length($request->{body}) . ' bytes');
});

my $curl = AIF::Curl->new->start;
my $url = 'http://127.0.0.1:' . AIF->port(1);

for my $size (0, 1, 60_000, 200_000, 400_000, 3_000_000, 20_000_000) {
    my $r = $curl->call("$url/", size => $size);
    is("$r->{result} $r->{status} $r->{answer}", "OK 200 $size bytes",
       "a body of $size bytes arrives");
}

for my $size (0, 100_000, 5_000_000, 8 * 1024 * 1024) {
    my $r = $curl->call("$url/$size");
    is("$r->{result} $r->{status} $r->{length}", "OK 200 $size",
       "an answer of $size bytes");
}

my @many = $curl->many(20, "$url/", size => 400_000);
is(scalar(grep { $_->{answer} eq '400000 bytes' } @many), 20,
   '20 at a time');

is_deeply([$curl->complaints], [], 'the log has no complaint');
ok($curl->stop, 'nginx ends in time');

done_testing;
