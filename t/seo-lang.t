#!/usr/bin/env perl

# Guards against: a page in one language that says it is in another, or runs in
# the wrong direction.  Seen to fail with dir left out, with lang set on a page
# that is mostly in the shop's language, and with og:locale left alone.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;

my $port = AIF->port;

my %page = (
    '/plain' => '<html lang="en"><title>A shirt</title><p>Blue shirt',
    '/none'  => '<html><title>A shirt</title><p>Blue shirt',
    '/empty' => '<html lang dir><title>A shirt</title><p>Blue shirt',
    '/bare'  => '<HTML DIR=ltr LANG=en-GB><title>A shirt</title><p>Blue shirt',
    '/rtl'   => '<html dir="rtl" lang="ar" xml:lang="ar"><title>A shirt</title><p>Blue shirt',
    '/auto'  => '<html dir="auto"><title>A shirt</title><p>Blue shirt',
    '/doc'   => '<title>A shirt</title><p>Blue shirt',
    '/twice' => '<html lang="en"><title>A shirt</title><body><html lang="de"><p>Blue shirt',
    '/meta'  => <<END,
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Language" content="en">
<meta property="og:locale" content="en_US">
<meta property="og:url" content="http://localhost:$port/meta">
<link rel="canonical" href="http://localhost:$port/meta">
<title>A shirt</title></head><body><p>Blue shirt</body></html>
END
    '/far'   => '<html lang="en"><head><link rel=canonical href="http://other/far">'
                . '<title>A shirt</title></head>',
    '/mixed' => '<html lang="en"><title>A shirt</title><p>Blue shirt<p>'
                . 'FAIL this is a much longer text that no engine can do',
    '/notext' => '<html lang="en"><body><a href="/x">1234</a>',
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    $client->answer(body => $page{ $request->{path} } || 'nothing',
                    headers => $request->{args}{de} ?
                               ['Content-Language: de'] : []);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'lang', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_engine none {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model test;
    }
    ai_locales en es ar he fa-IR ur az-Arab zh-TW sr-Latn;
    ai_locale uri;
    ai_wait 3s;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_seo on;
        ai_filter on;
        ai_translate scripted;
        proxy_set_header Host $http_host;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /mixed { ai_translate none; ai_wait 0; ai_incomplete mixed=0;
                          proxy_pass http://127.0.0.1:%%PORT_2%%; }
    }
END

my @host = ("Host: localhost:$port");

sub html {
    my ($path) = @_;
    my $r = $nginx->get($path, @host);
    return $r->{body} =~ /^(<html[^>]*>)/i ? $1 : substr $r->{body}, 0, 40;
}

is(html('/es/plain'), '<html lang="es">', 'lang');
is(html('/es/none'), '<html lang="es">', 'there was none');
is(html('/es/empty'), '<html lang="es" dir>', 'one without a value');
is(html('/es/bare'), '<HTML DIR=ltr LANG=es>', 'without quotes');
is(html('/es/rtl'), '<html dir="ltr" lang="es" xml:lang="es">',
   'a shop that is written from right to left');
is(html('/es/auto'), '<html lang="es" dir="auto">', 'dir=auto stays');
like(html('/es/doc'), qr/^<title>/, 'no <html>, nothing is made up');
is(html('/ar/plain'), '<html dir="rtl" lang="ar">', "dir of $_")
    for 'Arabic';
is(html('/he/none'), '<html lang="he" dir="rtl">', 'Hebrew');
is(html('/fa-IR/empty'), '<html lang="fa-IR" dir="rtl">', 'Persian');
is(html('/ur/bare'), '<HTML DIR=rtl LANG=ur>', 'Urdu');
is(html('/az-Arab/auto'), '<html lang="az-Arab" dir="rtl">', 'a script');
like(html('/zh-TW/plain'), qr/<html lang="zh-TW">/, 'Chinese');

my $r = $nginx->get('/es/twice', @host);
like($r->{body}, qr/<body><html lang="de">/, 'a second <html> has no effect');
is($r->{headers}{'content-language'}, 'es', 'Content-Language');
is($nginx->get('/es/plain?de=1', @host)->{headers}{'content-language'}, 'es',
   "instead of the shop's");

$r = $nginx->get('/es/meta', @host);
like($r->{body}, qr{"Content-Language" content="es">}, 'its meta');
like($r->{body}, qr{"og:locale" content="es_ES">}, 'og:locale');
like($r->{body}, qr{"og:url" content="http://localhost:$port/es/meta">}, 'og:url');
like($r->{body}, qr{canonical" href="http://localhost:$port/es/meta">}, 'canonical');
like($r->{body}, qr{"es" href="http://localhost:$port/es/meta">},
     'the page itself among the alternates');

like($nginx->get('/zh-TW/meta', @host)->{body}, qr/content="zh_TW">/,
     'og:locale of a tag with a region');
like($nginx->get('/sr-Latn/meta', @host)->{body}, qr/content="sr_RS">/,
     '... with a script');

$r = $nginx->get('/es/far', @host);
like($r->{body}, qr{href="http://other/far">}, 'a canonical page elsewhere');
unlike($r->{body}, qr{hreflang}, '... has its alternates there');

# half of the words of /mixed are known from /plain, not half of the letters

$r = $nginx->get('/es/mixed', @host);
like($r->{headers}{'x-ai'}, qr/PARTIAL/, 'a mixed page');
like($r->{body}, qr/<html lang="en">/, '... mostly in English says so');

is(html('/plain'), '<html lang="en">', "the shop's own page");
$r = $nginx->get('/notext', @host);
is($r->{body}, $page{'/notext'}, '... without anything to insert is not held');
$r = $nginx->get('/es/notext', @host);
like($r->{body}, qr{<html lang="es"><body><a href="/es/x">1234},
     'a page without a word');

is_deeply([$nginx->complaints], [], 'nothing to complain about');
done_testing;
