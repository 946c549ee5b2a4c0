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
use AIF::Curl;
use Test::More;

my $dir = AIF->scratch('tls');

plan skip_all => 'openssl is not there' unless openssl('version');

openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
        '-nodes', '-days', 2, '-subj', '/CN=test authority', '-keyout',
        "$dir/ca.key", '-out', "$dir/ca.pem") or die;

for my $name ('127.0.0.1', '192.0.2.1') {
    AIF->spew("$dir/ext", "subjectAltName=IP:$name\n");
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
            '-nodes', '-subj', "/CN=$name", '-keyout', "$dir/$name.key",
            '-out', "$dir/$name.csr") or die;
    openssl('x509', '-req', '-in', "$dir/$name.csr", '-CA', "$dir/ca.pem",
            '-CAkey', "$dir/ca.key", '-CAcreateserial', '-days', 2, '-extfile',
            "$dir/ext", '-out', "$dir/$name.pem") or die;
}

sub openssl {
    my $pid = fork;
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>>', "$dir/openssl.log";
        open STDERR, '>&', \*STDOUT;
        exec 'openssl', @_ or POSIX::_exit(127);
    }

    waitpid $pid, 0;
    return $? == 0;
}

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
my @ca = (ca => "$dir/ca.pem");

my $r = $curl->call($url);
is($r->{result}, 'CONNECT', "an unknown authority: $r->{error}");

for my $size (2, 400_000) {
    $r = $curl->call($url, @ca, size => $size);
    is("$r->{result} $r->{answer}", "OK /HTTP/2.0 $size",
       "a known one, over HTTP/2, $size bytes");
}

$r = $curl->call($other, @ca);
is($r->{result}, 'CONNECT', "another host's certificate: $r->{error}");

# the connection that is open was verified against our authority, for whom ours
# is good; other engines' connections must not profit by it

is($curl->call($url, @ca)->{result}, 'OK', 'a good call');
$r = $curl->call($url);
is($r->{result}, 'CONNECT', 'of which the next one has no authority');

is(scalar(grep { $_->{result} eq 'OK' } map { $curl->call($url, @ca) } 1 .. 20),
   20, 'connections are used again');
is(scalar(grep { $_->{result} eq 'OK' } $curl->many(50, $url, @ca)), 50,
   '50 at a time');

is_deeply([$curl->complaints], [], 'the log has no complaint');
ok($curl->stop, 'nginx ends in time');

done_testing;
