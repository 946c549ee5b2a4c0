#!/usr/bin/env perl

# Guards against a page fetched from ourselves that takes memory, that asks for
# another address than was given, or that leaves its options to the next call
# of an engine.  Seen to fail with the answer kept (its length), without
# REQUEST_TARGET (dots are gone), and with a handle that is not reset (the next
# call has no body).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Curl;
use Origin;
use Test::More;

my $port = AIF->port(1);

my $origin = Origin->start($port, sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};

    return $client->answer(body => 'x' x 20_000_000)
        if $request->{path} eq '/large';

    # a GET's answer is thrown away: what came is told as the status

    my $n = 200;

    $n = 201 if $request->{uri} eq '/a/../b/./%2e?q=1+2;%20x';
    $n = 202 if $request->{uri} eq '/headers'
                && join(' ', sort keys %$h) eq 'accept host user-agent';

    $client->answer(status => $n, body => "$request->{method} "
                    . length($request->{body}) . ' '
                    . ($h->{'accept-encoding'} || '-'));
});

my $curl = AIF::Curl->new->start;
my $url = "http://127.0.0.1:$port/";

my $r = $curl->call($url, get => '/a/../b/./%2e?q=1+2;%20x');
is("$r->{result} $r->{status}", 'OK 201', 'the target goes out as it is');
is($r->{length}, 0, 'the answer is not kept');

$r = $curl->call($url, get => '/headers');
is($r->{status}, 202, 'there are no headers but those that must be');

$r = $curl->call($url, size => 1000);
is($r->{answer}, 'POST 1000 gzip', 'the next call is one of an engine');

$r = $curl->call($url, get => '/large');
is("$r->{result} $r->{length}", 'TOO_LARGE 0', '20 MB are cut off');

$r = $curl->call('http://nowhere.invalid:1/', get => '/',
                 to => "nowhere.invalid:1:127.0.0.1:$port");
is("$r->{result} $r->{status}", 'OK 200', 'it goes where it is sent');

$r = $curl->call($url);
is($r->{answer}, 'POST 2 gzip', 'and the next one where that is sent');

my @many = $curl->many(40, $url, get => '/');
is(scalar(grep { "$_->{result} $_->{status}" eq 'OK 200' } @many), 40,
   '40 at a time');

is_deeply([$curl->complaints], [], 'the log has no complaint');
ok($curl->stop, 'nginx ends in time');

done_testing;
