#!/usr/bin/env perl

# Guards against texts and keys that reach somebody else than the engine that
# was meant: a server whose certificate is old, another's, or of an authority
# that nobody knows; a proxy that nobody configured; and the log.  The servers'
# own access log shows what they were sent.  Seen to fail with SSL_VERIFYPEER 0,
# with SSL_VERIFYHOST 0, without PROXY "", without NOPROXY "", with HEADEROPT
# CURLHEADER_UNIFIED, and without the client's certificate.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Cert;
use AIF::HTTP;
use AIF::Nginx;
use IO::Select;
use IO::Socket::INET;
use Origin;
use ScriptedEngine;
use Test::More;

my $dir = AIF->scratch('engine-tls-keys');
my $ca = AIF::Cert->authority("$dir/ca")
    or plan skip_all => 'openssl is not there';
my $nobody = AIF::Cert->authority("$dir/nobody");

$ca->issue("$dir/good", 'IP:127.0.0.1');
$ca->issue("$dir/expired", 'IP:127.0.0.1', days => -1);
$ca->issue("$dir/host", 'IP:192.0.2.1,DNS:localhost.example');
$nobody->issue("$dir/unknown", 'IP:127.0.0.1');
$ca->issue("$dir/shop", 'DNS:shop.example');
$nobody->issue("$dir/stranger", 'DNS:shop.example');

my $secret = 'sk-first-0123456789-abcdefghij';
my $second = 'sk-other-9876543210-jihgfedcba';

sub key {
    AIF->spew("$dir/key", "$_[0]\n");
    chmod 0600, "$dir/key";
}

key($secret);
chmod 0600, glob "$dir/*.key";

my $engine = ScriptedEngine->start(AIF->port(1));

# --- the engines: a front with TLS, and an access log of its own

my %port = (good => 5, expired => 6, host => 7, unknown => 8, client => 9);

my $servers = join '', map {
    my $cert = $_ eq 'client' ? 'good' : $_;
    my $verify = $_ eq 'client' ? "ssl_verify_client on;"
                                  . " ssl_client_certificate $dir/ca.pem;" : '';
    <<END } sort keys %port;
    server {
        listen 127.0.0.1:@{[AIF->port($port{$_})]} ssl http2;
        ssl_certificate $dir/$cert.pem;
        ssl_certificate_key $dir/$cert.key;
        $verify
        access_log %%DIR%%/logs/$_.log sent;
        location / { proxy_pass http://127.0.0.1:@{[AIF->port(1)]}; }
    }
END

my $front = AIF::Nginx->new(name => 'engine-tls-front', port => AIF->port(5),
    http => <<'END' . $servers)->start;
    log_format sent '$request_length $status $ssl_client_s_dn $request';
END

sub sent {
    my $file = "$front->{dir}/logs/$_[0].log";
    return -f $file ? AIF->slurp($file) : '';
}

# --- a proxy that connects, or forwards, and notes what it was asked

my $noted = "$dir/proxy.log";

my $proxy = Origin->start(AIF->port(3), sub {
    my ($request, $client) = @_;

    open my $log, '>>', $noted or die;
    print {$log} "$request->{method} $request->{uri} ",
        join(' ', map { "$_=$request->{headers}{$_}" }
                  sort keys %{ $request->{headers} }), "\n";
    close $log;

    my ($port) = $request->{uri} =~ /:(\d+)/;
    my ($path) = $request->{uri} =~ m{//[^/]+(.*)};

    return tunnel($client, $port) if $request->{method} eq 'CONNECT';

    my ($status, $body) = $engine->ask('POST', $path, $request->{body},
                                       $request->{headers}{'content-type'});
    $client->answer(status => $status, body => $body,
                    type => 'application/json');
});

sub tunnel {
    my ($client, $port) = @_;
    my $to = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
        or return $client->answer(status => 502);
    my %other = ($client->{socket} => $to, $to => $client->{socket});
    my $select = IO::Select->new(values %other);

    $client->write("HTTP/1.1 200 Connected\r\n\r\n");

    while (my @ready = $select->can_read(10)) {
        for my $from (@ready) {
            sysread $from, my $bytes, 65536 or return;
            syswrite $other{$from}, $bytes;
        }
    }
}

sub proxied { -f $noted ? AIF->slurp($noted) : '' }

# --- nginx, with an environment that names a proxy where nobody is

my %engines = (
    plain    => [1, ''],
    (map { $_ => [$port{$_}, "trusted_certificate $dir/ca.pem;"] }
         qw(good expired host unknown)),
    system   => [5, ''],
    client   => [9, "trusted_certificate $dir/ca.pem; certificate $dir/shop.pem;"
                    . " certificate_key $dir/shop.key;"],
    none     => [9, "trusted_certificate $dir/ca.pem;"],
    stranger => [9, "trusted_certificate $dir/ca.pem;"
                    . " certificate $dir/stranger.pem;"
                    . " certificate_key $dir/stranger.key;"],
    tunnel   => [5, "trusted_certificate $dir/ca.pem;"
                    . " proxy http://127.0.0.1:%%PORT_3%%;"],
    forward  => [1, 'proxy http://127.0.0.1:%%PORT_3%%;'],
);

my ($conf, $locations) = ('', '');

for my $name (sort keys %engines) {
    my ($port, $more) = @{ $engines{$name} };
    my $scheme = $port == 1 ? 'http' : 'https';

    $conf .= "ai_engine $name { protocol openai; model test; timeout 2s;"
             . " url $scheme://127.0.0.1:%%PORT_$port%%/v1;"
             . " key_file $dir/key; header X-Team shop; $more }\n";
    $locations .= "location /$name/ { ai_filter on; ai_wait 3s;"
                  . " ai_translate $name; alias %%DIR%%/html/; }\n";
}

my @env = qw(http_proxy https_proxy ALL_PROXY no_proxy);
my $http = <<END;
    ai_zone shop:1m;
    $conf
    types { text/html html; }
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_locales en es;
        ai_locale uri;
        $locations
        location = /status { ai_status; }
    }
END

my $nginx = AIF::Nginx->new(name => 'engine-tls', log_level => 'debug',
    main => join('', map { "env $_;\n" } @env), http => $http,
    env => { no_proxy => '127.0.0.1', NO_PROXY => '127.0.0.1',
             map { $_ => 'http://127.0.0.1:1' } @env[0 .. 2] });

my $pages = 0;

sub spell { join '', map { chr(ord('a') + $_) } split //, $_[0] }

AIF->spew("$nginx->{dir}/html/$_.html", '<p>The page ' . spell($_) . ' here</p>')
    for 100 .. 130;

$nginx->start;

sub visit {
    my $name = shift;
    my $r = $nginx->get("/es/$name/" . (100 + $pages++) . '.html');

    return $r->{status} == 200 && $r->{body} =~ /Th\xc3\xa9/ ? 'translated'
         : $r->{status} == 200 && $r->{body} =~ /The page/ ? 'origin'
         : "$r->{status} $r->{body}";
}

# --- whom the engine is

is(visit('plain'), 'translated', 'without TLS');
is(visit('good'), 'translated', 'a good certificate');
like(sent('good'), qr{^\d{3,} 200 - POST /v1/chat/completions HTTP/2.0$},
     'whose server was sent the call');

my %words = (expired => 'certificate has expired',
             host => 'subject name|does not match|no alternative',
             unknown => 'unable to get local issuer|self.signed');

for my $name (qw(expired host unknown)) {
    my $before = $engine->count('requests');

    is(visit($name), 'origin', "$name: the page is the shop's");
    like($nginx->log, qr/ai engine "$name" call failed: .*(?:$words{$name})/,
         'the log says why');
    is(sent($name), '', 'the server was sent nothing');
    is($engine->count('requests'), $before, 'nor was the engine');

    # of a wrong host it learns no more than that the client left

    my $server = '127.0.0.1:' . AIF->port($port{$name});
    ok($front->wait_for(sub {
        $front->log =~ /SSL_do_handshake.*server: \Q$server\E$/m
    }), 'which did answer') if $name ne 'host';
}

is(visit('system'), 'origin', "the system's authorities don't know ours");
is(() = sent('good') =~ /^/mg, 1, 'nothing more was sent');

# --- who we are

is(visit('client'), 'translated', 'a certificate of ours');
like(sent('client'), qr/^\d+ 200 CN=a test POST/m, 'is shown');
is(visit('none'), 'origin', 'an engine that wants one and gets none');
is(visit('stranger'), 'origin', "or another authority's");

# --- which way

is(proxied(), '', 'no proxy was asked so far');
is(visit('forward'), 'translated', 'through a proxy');
like(proxied(), qr{^POST http://127\.0\.0\.1:\d+/v1/chat/completions}m,
     'that forwards');
is(visit('tunnel'), 'translated', 'through a proxy, with TLS');

my ($connect) = proxied() =~ /^(CONNECT .*)$/m;
like($connect, qr/^CONNECT 127\.0\.0\.1:\d+ host=/, 'that only connects');
unlike($connect, qr/authorization|x-team|content/i, 'and is told no key');

# --- keys

my ($request) = grep { $_->{headers}{authorization} } @{ $engine->requests };
is($request->{headers}{authorization}, "Bearer $secret", 'the key is sent');

key($second);
$ca->issue("$dir/shop", 'DNS:shop.example', days => 3);
ok($nginx->reload, 'a reload, with another key in the file');
is(visit('plain'), 'translated', 'another page');
is($engine->requests->[-1]{headers}{authorization}, "Bearer $second",
   'has the other key');
is(visit('client'), 'translated', 'and another certificate');

$engine->mode('tell');
is(visit('plain'), 'origin', 'an engine that quotes the key');
like($nginx->log, qr/ai engine "plain" call failed: .*the key is wrong/,
     'has its words logged');

my ($ok, $dump) = do {
    my @command = ($nginx->command('-T'), '2>&1');
    my $said = `@command`;
    ($? == 0, $said);
};
ok($ok, 'nginx -T') or diag $dump;

for (['the log' => $nginx->log], ['nginx -T' => $dump],
     ['the status' => $nginx->get('/status')->{body}])
{
    my ($what, $text) = @$_;
    unlike($text, qr/0123456789|abcdefghij|9876543210|jihgfedcba|PRIVATE KEY/,
           "$what has no key");
    like($text, qr/client/, 'but the engines');
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');
ok($nginx->stop, 'nginx ends in time');

done_testing;
