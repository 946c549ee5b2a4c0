#!/usr/bin/env perl

# Guards against an engine that is not who it says it is, and against HTTP/2
# calls that fail on a connection used before.  Seen to fail with
# SSL_VERIFYPEER 0, with SSL_VERIFYHOST 0, with handles that keep the CA file of
# another engine, and with what libcurl leaves in OpenSSL's queue of errors,
# which nginx then logs as an alert of another connection.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Cert;
use AIF::Curl;
use Test::More;

my $dir = AIF->scratch('tls');

my $ca = AIF::Cert->authority("$dir/ca")
    or plan skip_all => 'openssl is not there';

$ca->issue("$dir/$_", "IP:$_") for '127.0.0.1', '192.0.2.1';

my $curl = AIF::Curl->new(http => <<END)->start;
    client_max_body_size 0;
    server {
        listen 127.0.0.1:%%PORT_1%% ssl http2;
        ssl_certificate $dir/127.0.0.1.pem;
        ssl_certificate_key $dir/127.0.0.1.key;
        location / {
            client_body_buffer_size 1m;
            proxy_pass http://127.0.0.1:%%PORT_3%%/\$server_protocol;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_2%% ssl;
        ssl_certificate $dir/192.0.2.1.pem;
        ssl_certificate_key $dir/192.0.2.1.key;
        return 200 "wrong host";
    }
    server {
        listen 127.0.0.1:%%PORT_3%%;
        location / { return 200 "\$uri \$http_content_length"; }
    }
END

my $url = 'https://127.0.0.1:' . AIF->port(1) . '/';
my $other = 'https://127.0.0.1:' . AIF->port(2) . '/';
my @trust = (ca => "$dir/ca.pem");

my $r = $curl->call($url);
is($r->{result}, 'CONNECT', "an unknown authority: $r->{error}");

for my $size (2, 400_000) {
    $r = $curl->call($url, @trust, size => $size);
    is("$r->{result} $r->{answer}", "OK /HTTP/2.0 $size",
       "a known one, over HTTP/2, $size bytes");
}

$r = $curl->call($other, @trust);
is($r->{result}, 'CONNECT', "another host's certificate: $r->{error}");

# the connection that is open was verified against our authority, for whom ours
# is good; other engines' connections must not profit by it

is($curl->call($url, @trust)->{result}, 'OK', 'a good call');
$r = $curl->call($url);
is($r->{result}, 'CONNECT', 'of which the next one has no authority');

is(scalar(grep { $_->{result} eq 'OK' } map { $curl->call($url, @trust) } 1 .. 20),
   20, 'connections are used again');
is(scalar(grep { $_->{result} eq 'OK' } $curl->many(50, $url, @trust)), 50,
   '50 at a time');

is_deeply([$curl->complaints], [], 'the log has no complaint');
ok($curl->stop, 'nginx ends in time');

done_testing;
