#!/usr/bin/env perl

# Guards against: "/es/admin", which robots.txt of the shop says nothing of,
# in a search engine.  Seen to fail with conditional headers left to the origin
# (a crawler's 304 kept the old rules), with the file held in the source locale
# only, and with the limit left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Compress::Gzip qw(gzip);
use IO::Uncompress::Gunzip ();
use Origin;
use Test::More;

my $rules = <<'END';
# the shop's
User-agent: *
Disallow: /admin   # nobody's business
Allow: /admin/help
Disallow:
Crawl-delay: 5

Sitemap: http://shop.example/sitemap.xml
END

my $want = <<'END';
# the shop's
User-agent: *
Disallow: /admin   # nobody's business
Disallow: /es/admin
Disallow: /zh-Hant/admin
Allow: /admin/help
Allow: /es/admin/help
Allow: /zh-Hant/admin/help
Disallow:
Crawl-delay: 5

Sitemap: http://shop.example/sitemap.xml
END

my %answer = (
    plain    => [body => $rules, headers => ['ETag: "a"', 'Last-Modified: '
                 . 'Mon, 12 Oct 2026 10:00:00 GMT']],
    charset  => [body => $rules, type => 'text/plain; charset=utf-8'],
    latin    => [body => "# caf\xe9\n$rules", type => 'text/plain; charset=iso-8859-1'],
    pieces   => [body => $rules, pieces => 1, chunked => 1],
    html     => [body => "<p>$rules", type => 'text/html'],
    binary   => [body => $rules, type => 'application/octet-stream'],
    none     => [body => $rules, status => 404],
    empty    => [body => ''],
    large    => [body => "Disallow: /x\n" x 20000],
    huge     => [body => "Disallow: /x\n" x 60000],
    cut      => [body => $rules, cut => 60],
    norules  => [body => "Sitemap: /x\n"],
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my %arg = @{ $answer{ $request->{headers}{'x-case'} || 'plain' } };

    $arg{type} //= 'text/plain';

    if (($request->{headers}{'x-case'} || '') eq 'plain'
        && $request->{headers}{'if-none-match'})
    {
        return $client->answer(status => 304);
    }

    if ($request->{headers}{'x-gzip'}) {
        gzip(\$arg{body}, \my $packed);
        $arg{body} = $packed;
        $arg{headers} = ['Content-Encoding: gzip'];
    }

    $client->answer(%arg);
});

my $nginx = AIF::Nginx->new(name => 'robots', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model test;
    }
    ai_locales en es zh-Hant;
    ai_locale uri accept-language;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            ai_filter on;
            ai_translate down;
            ai_bypass $arg_bypass;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location = /front.php {
            ai_filter on;
            proxy_pass http://127.0.0.1:%%PORT_2%%/robots.txt;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_3%%;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_4%%;
        ai_filter on;
        location / {
            try_files /nowhere /front.php;
        }
        location = /front.php {
            proxy_pass http://127.0.0.1:%%PORT_2%%/robots.txt;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_5%%;
        ai_filter on;
        ai_locale cookie:lang;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_6%%;
        ai_locale uri=strict;
        ai_filter on;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location = /shadow/robots.txt {
            ai_filter shadow;
            proxy_pass http://127.0.0.1:%%PORT_2%%/robots.txt;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_7%%;
        ai_filter shadow;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END

sub get {
    my ($case, @headers) = @_;
    return $nginx->get('/robots.txt', "X-Case: $case", @headers);
}

my $r = get('plain');
is($r->{body}, $want, 'each rule is repeated, nothing else is changed');
is($r->{headers}{'content-length'}, length $want, '... its length');
is($r->{headers}{'content-language'}, undef, '... it is in no language');
is($r->{headers}{'cache-control'}, undef, '... anybody may keep it');
is($r->{headers}{'last-modified'}, undef, '... the old date is gone');
my $etag = $r->{headers}{etag};
like($etag, qr{^W/"}, '... an entity tag of what is sent');

for (1 .. 3) {
    is(get('plain', "If-None-Match: $etag")->{status}, 304, 'which holds');
    is(get('plain', 'If-None-Match: "a"')->{body}, $want,
       "the shop's own does not");
    is(get('plain', 'Accept-Language: es')->{body}, $want,
       'the same in every locale');
}

is(get($_)->{body}, $want, "the same: $_") for qw(charset pieces);
is(get('latin')->{body}, "# caf\xe9\n$want", 'in another charset');
$r = get('plain', 'X-Gzip: 1', 'Accept-Encoding: gzip');
is($r->{headers}{'content-encoding'}, 'gzip', 'compressed');
IO::Uncompress::Gunzip::gunzip(\$r->{body}, \my $unpacked);
is($unpacked, $want, '... it is the same');
is(get('plain', 'X-Gzip: 1')->{body}, $want, '... or not, if it is not taken');
is($nginx->get('/es/robots.txt', 'X-Case: pieces')->{body}, $want,
   'with a prefix');
is($nginx->get('/robots.txt?x', 'X-Case: pieces')->{body}, $want,
   'with arguments');

my $large = get('large');
is(length $large->{body}, length $answer{large}[1], 'too large when repeated');
is($large->{body}, $answer{large}[1], "... is the shop's own");
like($large->{headers}{'x-ai'}, qr/; size$/, '... and why');
is(get('huge')->{body}, $answer{huge}[1], 'too large as it is');

for my $case (qw(html binary none empty norules)) {
    is(get($case)->{body}, $answer{$case}[1], "not touched: $case");
}

is(get('norules', 'If-None-Match: "b"')->{status}, 200,
   'without a rule it is still there');

$r = $nginx->request(method => 'HEAD', path => '/robots.txt',
                     headers => ['X-Case: plain']);
is($r->{status}, 200, 'HEAD');
unlike($r->{raw}, qr/Content-Length|ETag/i, '... knows neither length nor tag');

$r = eval { get('cut') };
ok(!$r || length $r->{body} < length $rules, 'a file that is cut off is cut off');

is($nginx->get('/robots.txt?bypass=1')->{body}, $rules, 'bypass');
is($nginx->get('/x/robots.txt', 'X-Case: pieces')->{body}, $rules,
   'another file of that name');
is(AIF::HTTP::get(AIF->port(3), '/robots.txt')->{body}, $rules, 'no filter');
is(AIF::HTTP::get(AIF->port(4), '/robots.txt')->{body}, $want,
   'behind a front controller');
is(AIF::HTTP::get(AIF->port(5), '/robots.txt')->{body}, $rules, 'no prefixes');
like(AIF::HTTP::get(AIF->port(6), '/robots.txt')->{body},
     qr{Disallow: /en/admin\nDisallow: /es/admin\n}, "the source's too: strict");
is(AIF::HTTP::get(AIF->port(7), '/robots.txt')->{body}, $rules, 'shadow');

is_deeply([$nginx->complaints], [], 'nothing to complain about');
done_testing;
