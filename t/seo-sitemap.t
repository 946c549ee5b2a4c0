#!/usr/bin/env perl

# Guards against: a sitemap that names alternates which their pages don't, or
# that is no sitemap any more.  Every entry gets what its page says of itself.
# Seen to fail with locales that are not announced, with the memo kept over an
# announcement, and with entries of another host taken for ours.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Compress::Gzip qw(gzip);
use IO::Uncompress::Gunzip ();
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes ();

my $port = AIF->port;
my $base = "http://localhost:$port";
my @pages = ('/', '/one', '/two', '/three', '/four%20five');
my $open = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">';

sub entry { "<url>\n  <loc>$_[0]</loc>\n</url>\n" }

my $map = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n$open\n"
          . join('', map entry("$base$_"), @pages)
          . entry('http://other.example/one') . "</urlset>\n";
my $large = $open . join('', map entry("$base/page/$_"), 1 .. 12000)
            . '</urlset>';

my %answer = (
    '/sitemap.xml'       => [body => $map, headers => ['ETag: "m"', 'Last-Modified: '
                             . 'Mon, 12 Oct 2026 10:00:00 GMT']],
    '/sitemap-text'      => [body => $map, type => 'text/xml; charset=utf-8'],
    '/sitemap-pieces'    => [body => $map, pieces => 1],
    '/sitemap-html'      => [body => $map, type => 'text/plain'],
    '/sitemap-latin'     => [body => $map, type => 'text/xml; charset=iso-8859-1'],
    '/sitemap-cut.xml'   => [body => substr($map, 0, 300)],
    '/sitemap-gone.xml'  => [body => $map, status => 404],
    '/sitemap-large.xml' => [body => $large],
    '/sitemap-huge.xml'  => [body => $large . ' ' x 2_000_000],
    '/sitemap-index.xml' => [body => '<sitemapindex><sitemap><loc>' . "$base/sitemap.xml"
                             . '</loc></sitemap></sitemapindex>', headers => ['ETag: "i"']],
    '/feed.xml'          => [body => $map],
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $a = $answer{ $request->{path} };

    return $client->answer(body => '<html><head><title>A shirt</title></head>'
                           . '<body><p>Blue shirt</body></html>') unless $a;

    my %arg = (type => 'application/xml', @$a);
    if ($request->{headers}{'x-gzip'}) {
        gzip(\$arg{body}, \my $packed);
        @arg{qw(body headers)} = ($packed, ['Content-Encoding: gzip']);
    }
    $client->answer(%arg);
});

my $engine = ScriptedEngine->start(AIF->port(1));
my $nginx = AIF::Nginx->new(name => 'sitemap', workers => 2, http => <<'END')->start;
    ai_zone shop:32m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_locale uri accept-language;
    ai_wait 8s;
    ai_header X-Ai;
    proxy_set_header Host $http_host;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        ai_seo on;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /off/ { ai_seo off; proxy_pass http://127.0.0.1:%%PORT_2%%/; }
    }
END

sub get { $nginx->get($_[0], "Host: localhost:$port", @_[1 .. $#_]) }

# what a page says of itself, and what the sitemap does

sub of_page {
    my $r = get($_[0]);
    my %a;
    $a{$1} = $2 while $r->{body}
        =~ m{<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">}g;
    return join ' ', map "$_=$a{$_}", sort keys %a;
}

sub of_map {
    my ($path, $body) = @_;
    my ($entry) = $body =~ m{<loc>\Q$base$path\E</loc>(.*?)</url>}s;
    my %a;
    $a{$1} = $2 while $entry
        =~ m{<xhtml:link rel="alternate" hreflang="([^"]+)" href="([^"]+)"/>}g;
    return join ' ', map "$_=$a{$_}", sort keys %a;
}

sub bare {
    my $s = shift;
    $s =~ s{<xhtml:link [^>]*/>\n}{}g;
    $s =~ s{ xmlns:xhtml="http://www.w3.org/1999/xhtml"}{};
    return $s;
}

is(get('/sitemap.xml')->{body}, $map, 'nothing is announced: as it was')
    for 1 .. 3;
is(get('/sitemap.xml')->{headers}{etag}, '"m"', '... with its own tag');
is(get('/sitemap.xml', 'If-None-Match: "m"')->{status}, 304, '... which holds');

like(get("/es$_")->{headers}{'x-ai'}, qr/HIT/, "es$_ is there")
    for @pages[0, 1, 4];
like(get("/fr/one")->{headers}{'x-ai'}, qr/HIT/, 'fr/one is there');

my $r = get('/sitemap.xml');
is(bare($r->{body}), $map, 'alternates, and no other byte');
like($r->{body}, qr{<urlset xmlns:xhtml=}, '... with their namespace');
is($r->{headers}{'content-length'}, length $r->{body}, '... its length');
is($r->{headers}{'content-language'}, undef, '... in no language');
is($r->{headers}{'cache-control'}, undef, '... for anybody');

is(of_map($_, $r->{body}), of_page($_), "$_ says the same") for @pages;
is(of_map('/two', $r->{body}), '', '... nothing of what is not there');
like(of_map('/one', $r->{body}), qr{^en=\S+ es=\S+/es/one fr=\S+ x-default=},
     '... all of what is');

my $etag = $r->{headers}{etag};
is(get('/sitemap.xml', "If-None-Match: $etag")->{status}, 304, 'its tag holds');
is(get('/sitemap.xml', 'If-None-Match: "m"',
       'If-Modified-Since: Mon, 12 Oct 2026 10:00:00 GMT')->{status}, 200,
   "the shop's doesn't");

my $same = $r->{body};
is(get('/sitemap.xml', 'Accept-Language: es')->{body}, $same,
   'the same for everybody') for 1 .. 3;
is(get($_)->{body}, $same, "the same: $_") for qw(/sitemap-text /sitemap-pieces);
is(get('/es/sitemap.xml')->{body}, $same, 'with a prefix');

$r = get('/sitemap.xml', 'X-Gzip: 1', 'Accept-Encoding: gzip');
is($r->{headers}{'content-encoding'}, 'gzip', 'compressed');
IO::Uncompress::Gunzip::gunzip(\$r->{body}, \my $unpacked);
is($unpacked, $same, '... the same');
is(get('/sitemap.xml', 'X-Gzip: 1')->{body}, $same, '... and inflated');

get('/fr/two');
like(of_map('/two', get('/sitemap.xml')->{body}), qr/fr=/,
     'one more is seen at once') for 1 .. 4;

for my $path (qw(/sitemap-html /sitemap-latin /sitemap-cut.xml
                 /sitemap-gone.xml /sitemap-huge.xml /sitemap-index.xml
                 /feed.xml)) {
    is(get($path)->{body}, { @{ $answer{$path} } }->{body}, "not touched: $path");
}
like(get('/sitemap-cut.xml')->{headers}{'x-ai'}, qr/; markup$/, 'no sitemap');
like(get('/sitemap-huge.xml')->{headers}{'x-ai'}, qr/; size$/, 'too large');
is(get('/sitemap-index.xml', 'If-None-Match: "i"')->{status}, 304,
   'an index keeps its tag');
is(get('/off/sitemap.xml')->{body}, $map, 'ai_seo off');

$r = $nginx->request(method => 'HEAD', path => '/sitemap.xml',
                     headers => ["Host: localhost:$port"]);
unlike($r->{raw}, qr/Content-Length|ETag/i, 'HEAD knows neither length nor tag');

# 12,000 entries, two locales: no file that keeps a worker for long

get("/es/page/$_") for 1 .. 20;
my ($first, $n) = (0, 0);

for my $i (1 .. 3) {
    my $t = Time::HiRes::time;
    $r = get('/sitemap-large.xml');
    $t = Time::HiRes::time - $t;
    $first = $t if $i == 1;
    $n = () = $r->{body} =~ /<xhtml:link/g;
    is($n, 60, '20 of 12,000 entries have alternates');
}

is(bare($r->{body}), $large, '... and no other byte is changed');
diag(sprintf '12,000 entries took %.0f ms', $first * 1000);

is_deeply([$nginx->complaints], [], 'nothing to complain about');
done_testing;
