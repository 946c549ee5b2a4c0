#!/usr/bin/env perl

# Guards against: a text of somebody's own page, or what somebody typed, that
# is sent to an engine.  The engine's log is the proof.  Seen to fail with the
# look at cookies left out, and with the look for echoes left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $q = $request->{args}{q};
    my $name = $request->{headers}{cookie} || $request->{headers}{authorization}
               || 'stranger';

    $q = '' unless defined $q;
    $q =~ tr/+/ /;
    $q =~ s/%(..)/chr hex $1/ge unless $request->{path} eq '/8';
    $q =~ s/&/&amp;/g;
    $name =~ s/[=<>]/ /g;

    $client->answer(type => 'text/html; charset=utf-8', body => <<END);
<h1>Welcome to our shop $request->{path}</h1>
<p>Dear $name</p>
<p>You asked for <b>$q</b> today</p>
END
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'private', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_self off;
    ai_header X-Ai;
    ai_wait 1s;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /cookie/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_private anonymous cookie=theme cookie=lang arg=q;
        }
        location /lookup/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_private lookup;
        }
        location /allow/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_private allow;
        }
        location /front/ {
            ai_filter on;
            try_files /nothing /index.php;
        }
        location = /index.php {
            proxy_pass http://127.0.0.1:%%PORT_2%%$request_uri;
            ai_filter on;
        }
    }
END

sub texts { join "\n", sort keys %{ $engine->log } }

my $r = $nginx->get('/es/1', 'Cookie: session=MariaRossi');
like($r->{headers}{'x-ai'}, qr{MISS; 0/3; personal}, 'a cookie is personal');
is(texts(), '', 'nothing was sent');

$nginx->get('/es/1', 'Authorization: Basic MariaRossi');
is(texts(), '', 'nor with Authorization');

$nginx->get('/es/1', 'cookie: theme=dark; session=MariaRossi');
is(texts(), '', 'nor in lower case');

$nginx->request(method => 'POST', path => '/es/1', body => 'a=MariaRossi');
is(texts(), '', 'nor from an answer to POST');

$nginx->get('/es/order?key=wc_order_MariaRossi');
is(texts(), '', 'nor what is seen by a link with a key');

$nginx->get('/es/lookup/1');
is(texts(), '', 'nor where only known texts are looked up');

$nginx->get('/es/1');
like(texts(), qr{shop /1}, 'an anonymous visitor teaches');
like(texts(), qr/Dear stranger/, 'all of the page');

$r = $nginx->get('/es/1', 'Cookie: session=MariaRossi');
like($r->{headers}{'x-ai'}, qr{PARTIAL; 2/3; personal},
     'and then a known visitor has it but for the name');

$nginx->get('/es/cookie/2', 'Cookie: theme=dark; session=MariaRossi');
unlike(texts(), qr{/cookie/2}, 'one cookie that is not listed is enough');
$nginx->get('/es/cookie/2', 'Cookie: theme=dark; lang=es');
like(texts(), qr{/cookie/2}, 'listed cookies are harmless');

$nginx->get('/es/3?q=Maria+Rossi,+Via+Roma+1');
$nginx->get('/es/3?q=MARIA%20%26%20ROSSI');
$nginx->get('/es/3?x=1&q=Maria%52ossi&y=2');
unlike(texts(), qr/maria/i, 'what a visitor typed is never sent');
like(texts(), qr{/3}, 'the rest of that page is');

$nginx->get('/es/cookie/4?q=Listed');
like(texts(), qr/Listed/, 'but for arguments that are listed');

$nginx->get('/es/front/7?q=Maria+Rossi');
like(texts(), qr{/front/7}, 'a front controller\'s page is sent');
unlike(texts(), qr/maria/i, 'without what was typed, which it still knows');

$nginx->get('/es/8?q=%254daria');
unlike(texts(), qr/4daria/i, 'nor as it stands in the address');

my $many = join '&', map "a$_=abc", 1 .. 40;
$nginx->get("/es/5?$many&q=MariaRossi");
unlike(texts(), qr{/5}, 'too many arguments: nothing is sent');

$nginx->get('/es/allow/6', 'Cookie: session=Everybody');
like(texts(), qr/Everybody/, 'unless all is allowed');

unlike(texts(), qr/maria/i, 'and never a name');
unlike($nginx->log, qr/maria/i, 'not in the log either') or diag $nginx->log;

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
