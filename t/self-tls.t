#!/usr/bin/env perl

# Guards against an anonymous fetch of a shop with TLS that goes to whoever
# answers, or that never comes because the address has no certificate.  Seen to
# fail with the name not checked, and with the name resolved like any other.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Cert;
use AIF::Nginx;
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;

my $dir = AIF->scratch('self-tls-keys');

plan skip_all => 'curl is not there'
    unless grep { -x "$_/curl" } split /:/, $ENV{PATH};

my $ca = AIF::Cert->authority("$dir/ca")
    or plan skip_all => 'openssl is not there';

$ca->issue("$dir/shop", 'DNS:shop.example');

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    $client->answer(type => 'text/html; charset=utf-8',
                    body => "<p>The page $request->{path} of "
                            . "$request->{headers}{host}</p>");
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $conf = <<END;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ssl_certificate $dir/shop.pem;
    ssl_certificate_key $dir/shop.key;
    proxy_set_header Host \$http_host;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /status { ai_status; }
    }
    server {
        listen 127.0.0.1:%%PORT_3%% ssl http2;
        server_name shop.example;
        ai_self https://127.0.0.1:%%PORT_3%% trusted_certificate=$dir/ca.pem;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_5%% ssl;
        server_name shop.example;
        ssl_verify_client optional_no_ca;
        ai_self off;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_4%% ssl;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'self-tls', http => $conf)->start;

sub status {
    JSON::PP->new->decode($nginx->get('/status')->{body})->{anonymous};
}

sub visit {
    my ($host, $port, $path, $who) = @_;
    $port += AIF->port;
    $who = "-H 'Cookie: a=b'" unless defined $who;
    return `curl -s -k --noproxy '*' --connect-to ::127.0.0.1:$port \\
            $who -o /dev/null -w '%{http_code} %{http_version}' \\
            https://$host:$port$path`;
}

is(visit('shop.example', 3, '/es/one'), '200 2', 'a visitor');
ok($engine->wait_for(texts => 1), 'his page is fetched');
like(join('', keys %{ $engine->log }),
     qr{The page /one of shop\.example}, 'from the same host');

is(visit('other.example', 3, '/es/two'), '200 2', 'another name');
ok($nginx->wait_for(sub { status()->{failed} == 1 }),
   'for which the certificate is not good');

is(visit('shop.example', 4, '/es/three'), '200 1.1', 'without "ai_self"');
ok($nginx->wait_for(sub { status()->{failed} == 2 }),
   'a certificate that nobody knows is not taken');
is($engine->count('texts'), 1, 'nothing more was taught');

is(visit('sh_op.example', 4, '/es/four'), '200 1.1', 'a name that is none');
is(status()->{withheld}, 1, 'is not asked');

# who shows a certificate is known by it, cookies or not

is(visit('shop.example', 5, '/es/mine',
         "--cert $dir/shop.pem --key $dir/shop.key"), '200 1.1',
   'a visitor with a certificate');
visit('shop.example', 5, '/es/ours', '');
ok($engine->wait_for(texts => 2), 'one without teaches');
unlike(join('', keys %{ $engine->log }), qr{/mine}, 'and the other did not');

is_deeply([$nginx->complaints], [], 'the log has no complaint');
ok($nginx->stop, 'nginx ends in time');

for my $bad (["http://a trusted_certificate=$dir/ca.pem", 'after an address'],
             ["https://a trusted_certificate=$dir/none", 'names no file with certificates'],
             ['https://a ca=1', 'it must be "trusted_certificate=file"'])
{
    my ($ok, $said) = $nginx->test(http => $conf =~ s/ai_self .*/ai_self $bad->[0];/r);
    ok(!$ok && $said =~ /\Q$bad->[1]/, "refused: $bad->[0]") or diag $said;
}

done_testing;
