#!/usr/bin/env perl

# Guards against: a visitor of /es/ whom a link, a form or a redirect takes out
# of his language; and a prefix where none belongs: in another host's address,
# a file's, what is excluded, what has a prefix already.  Seen to fail with
# links rewritten for a locale that came by Accept-Language, with the host not
# compared, with Location left alone, and with the memo's identity left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(encode);
use Origin;
use ScriptedEngine;
use Test::More;

my $port = AIF->port;

# {{x}} is the link x as it leaves with the prefix

my $page = <<END;
<html><head><title>Shirts</title>
<link rel="stylesheet" href="/style">
<link rel="next" href="{{/shirts/2}}">
<link rel="alternate" type="application/rss+xml" href="/feed">
<meta http-equiv="refresh" content="60; url={{/shirts}}">
</head><body>
<p>Our <a href="{{/soft}}">soft</a> <b>shirt</b></p>
<a href='{{/}}'>Home page</a> <a href={{/cart?a=1&amp;b=2}}>Cart</a>
<a href="{{http://localhost:$port/a}}">one</a> <a href="{{//LOCALHOST:$port/a}}">two</a>
<a href="{{http://localhost:$port}}">three</a>
<a href="http://localhost:1/a">four</a> <a href="http://other:$port/a">five</a>
<a href="//other/a">six</a> <a href="/\\other/a">seven</a>
<a href="mailto:a\@localhost">mail</a> <a href="#top">top</a> <a href="?p=2">more</a>
<a href="x/y">relative</a> <a href="javascript:go('/x')">go</a>
<a href="/leaf.pdf">leaf</a> <a href="/get" download>file</a>
<a href="/fr/x">French</a> <a href="{{/en/x}}">a path of the shop</a>
<a hreflang="de" href="/deutsch">German</a>
<div class="raw"><a href="/raw">raw</a></div> <code><a href="/c">c</a></code>
<a href="{{/brand}}" translate="no">Hill</a>
<map><area href="{{/area}}" alt="map"></map>
<form action="{{/search}}"><input name="q"><button formaction="{{/other}}">Go</button></form>
<form><input type="submit" formaction="{{/third}}"></form>
<img src="/img/x" alt="a picture"><script>var a = '<a href="/x">';</script>
</body></html>
END

sub plain { my $s = shift; $s =~ s/\{\{(.*?)\}\}/$1/g; $s }

sub prefixed {
    my ($s, $prefix) = @_;
    $s =~ s{\{\{(.*?)\}\}}{
        my $l = $1;
        $l =~ s{^((?:http:)?//[^/]*|)}{$1$prefix};
        $l
    }ge;
    return $s;
}

my %redirect = (
    '/r/root'   => ['302', 'Location: /next?x=1', '/es/next?x=1'],
    '/r/abs'    => ['301', "Location: http://localhost:$port/next",
                    "http://localhost:$port/es/next"],
    '/r/other'  => ['302', 'Location: http://other/next', 'http://other/next'],
    '/r/slash'  => ['302', 'Location: //other/next', '//other/next'],
    '/r/file'   => ['302', 'Location: /leaf.pdf', '/leaf.pdf'],
    '/r/fr'     => ['302', 'Location: /fr/next', '/fr/next'],
    '/r/made'   => ['201', 'Location: /thing/1', '/es/thing/1'],
    '/r/ok'     => ['200', 'Location: /thing/1', '/thing/1'],
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $r = $redirect{ $request->{path} };

    return $client->answer(status => $r->[0], headers => [$r->[1]], body => 'x')
        if $r;
    return $client->answer(headers => ["Refresh: 5; url=/late"],
                           body => '<p>shirt</p>')
        if $request->{path} eq '/late';
    return $client->answer(body => qq{<base href="http://other/"><a href="/x">}
                                   . qq{shirt</a><a href="//localhost:$port/y">shirt</a>})
        if $request->{path} eq '/foreign';
    return $client->answer(body => qq{<base href="/deep/"><a href="/x">}
                                   . 'shirt</a><a href="y">shirt</a>')
        if $request->{path} eq '/base';

    $client->answer(body => plain($page));
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'links', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_locale uri accept-language;
    ai_wait 3s;
    ai_exclude ".raw";
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_set_header Host $http_host;
        proxy_redirect off;
        absolute_redirect off;
        ai_seo on;
        ai_translate scripted;
        location / { ai_filter on; proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /off/ { ai_filter on; ai_seo off; proxy_pass http://127.0.0.1:%%PORT_2%%/; }
        location /var/ { ai_filter on; ai_seo $arg_seo; proxy_pass http://127.0.0.1:%%PORT_2%%/; }
        location /dir/ { ai_filter on; return 301 /there/; }
    }
    server {
        listen 127.0.0.1:%%PORT_3%%;
        ai_locale uri=strict;
        ai_seo on;
        ai_translate scripted;
        ai_filter on;
        proxy_set_header Host $http_host;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
    }
END

my @host = ("Host: localhost:$port");
my $r = $nginx->get('/es/shirts', @host);
like($r->{headers}{'x-ai'}, qr/^es; HIT/, 'the page is whole');

# what is between tags is the engine's: only tags are compared

sub tags { join "\n", $_[0] =~ /(<[a-z\/][^>]*>)/g }
sub same {
    my ($got, $want, $name) = @_;
    s/\b(?:alt|title|aria-label|lang)="[^"]*"//g for $got, $want;
    s/<html[^>]*>/<html>/ for $got, $want;
    $got =~ s/<link rel="alternate" hreflang.*?>\n//g;
    is(tags($got), tags($want), $name);
}

same($r->{body}, prefixed($page, '/es'), 'links, forms and redirects of a page');

for (1 .. 3) {
    $r = $nginx->get('/es/shirts', @host);
    same($r->{body}, prefixed($page, '/es'), '... once more, from the memo');
    $r = $nginx->get('/shirts', @host, 'Accept-Language: es');
    same($r->{body}, plain($page), 'no links without a prefix in the address');
}

$r = $nginx->get('/fr/shirts', @host);
(my $french = prefixed($page, '/fr')) =~ s{/fr(/fr/x)}{$1};
same($r->{body}, $french, 'another locale');

$r = $nginx->get('/ES/shirts', @host);
same($r->{body}, prefixed($page, '/es'), 'as the locale is listed');

$r = $nginx->get('/es/off/shirts', @host);
same($r->{body}, plain($page), 'ai_seo off');
like($r->{body}, qr/<html>/, '... altogether');
$r = $nginx->get('/es/var/?seo=0', @host);
unlike($r->{body}, qr{/es/soft}, 'a variable that is 0');
$r = $nginx->get('/es/var/?seo=on', @host);
like($r->{body}, qr{/es/soft}, '... and on');
$r = $nginx->get('/es/var/?seo=maybe', @host);
unlike($r->{body}, qr{/es/soft}, '... and nonsense');
like($nginx->log, qr/"ai_seo" is off: its value "maybe" is none/, '... is told');

for my $path (sort keys %redirect) {
    my (undef, undef, $want) = @{ $redirect{$path} };
    $r = $nginx->get("/es$path", @host);
    is($r->{headers}{location}, $want, "Location of $path");
}

is($nginx->get('/r/root', @host, 'Accept-Language: es')->{headers}{location},
   '/next?x=1', 'Location without a prefix in the address');
is($nginx->get('/es/dir/', @host)->{headers}{location}, '/es/there/',
   'a redirect of nginx');
is($nginx->get('/es/late', @host)->{headers}{refresh}, '5; url=/es/late',
   'Refresh');

$r = $nginx->get('/es/foreign', @host);
like($r->{body}, qr{href="http://other/"><a href="/x">}, 'a foreign base');
like($r->{body}, qr{<a href="//localhost:$port/es/y">}, '... and our host');
$r = $nginx->get('/es/base', @host);
like($r->{body}, qr{<base href="/es/deep/"><a href="/es/x">}, 'a base of ours');
like($r->{body}, qr{<a href="y">}, '... relative links stand on it');

# the source has a prefix of its own

my $strict = sub { AIF::HTTP::get(AIF->port(3), $_[0], @host) };
$r = $strict->('/en/shirts');
(my $english = prefixed($page, '/en')) =~ s{/en(/en/x)}{$1};
same($r->{body}, $english, 'uri=strict: links of the source');
is($r->{headers}{'content-language'}, 'en', '... its language');
my $etag = $r->{headers}{etag};
like($etag, qr{^W/}, '... an entity tag of what is sent');
is(AIF::HTTP::get(AIF->port(3), '/en/shirts', @host,
                  "If-None-Match: $etag")->{status}, 304, '... which holds');
$r = $strict->('/elsewhere');
is($r->{body}, plain($page), '... and without it not a byte is changed');

my $bad = AIF::Nginx->new(name => 'bad');
my ($ok, $said) = $bad->test(http => 'ai_seo maybe;');
ok(!$ok && $said =~ /invalid value "maybe" in "ai_seo" directive/, 'nginx -t');

is_deeply([$nginx->complaints], [], 'nothing to complain about');

done_testing;
