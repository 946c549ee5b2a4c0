#!/usr/bin/env perl

# Guards against: a page that does not change its language on the second visit,
# headers that let a cache keep what is not finished, and translations that
# touch more than text.  Seen to fail with
# Cache-Control left as the origin's on the first visit.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(encode);
use Origin;
use ScriptedEngine;
use Test::More;

my $page = <<'END';
<!doctype html>
<html><head><meta charset="utf-8"><title>Blue shirt &amp; hat</title>
<meta name="description" content="A shirt &quot;made&quot; of cotton">
<script>var a = "Blue shirt <p>not this</p>";</script>
<style>p:before { content: "Blue shirt" }</style></head>
<body><h1>Blue shirt</h1>
<p class="x" title=plain>Our <b class=q>soft</b> cotton shirt costs $19.99.</p>
<ul><li><a href="/a">Home</a></li><li><a href='/b'>Contact us</a></li></ul>
<p translate="no">Acme</p><code>make all</code>
<img src="a.png" alt="A blue shirt">
<p>12.50</p></body></html>
END

my $want = $page;

{
    my $t = sub { encode('UTF-8', ScriptedEngine::rewrite($_[0])) };
    my $soft = encode('UTF-8', ScriptedEngine::rewrite(
                   'Our <g1>soft</g1> cotton shirt costs $19.99.'));

    $soft =~ s/<g1>/<b class=q>/;
    $soft =~ s/<\/g1>/<\/b>/;
    $want =~ s/Our <b.*?99\./$soft/;
    $want =~ s/(?<=>)Blue shirt &amp; hat/$t->('Blue shirt &amp; hat')/e;
    $want =~ s/(?<=h1>)Blue shirt/$t->('Blue shirt')/e;
    $want =~ s/A shirt &quot;made&quot; of cotton/
        my $s = $t->('A shirt "made" of cotton'); $s =~ s,",&quot;,g; $s/e;
    $want =~ s/title=plain/'title="' . $t->('plain') . '"'/e;
    $want =~ s/>Home</'>' . $t->('Home') . '<'/e;
    $want =~ s/>Contact us</'>' . $t->('Contact us') . '<'/e;
    $want =~ s/A blue shirt/$t->('A blue shirt')/e;
}

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $type = $request->{path} =~ /json/ ? 'application/json'
               : 'text/html; charset=utf-8';

    $client->answer(body => $request->{path} =~ /empty/ ? '' : $page,
                    type => $type,
                    status => $request->{path} =~ /(\d{3})/ ? $1 : 200,
                    headers => ['ETag: "origin"', 'Cache-Control: max-age=60',
                                'Expires: Thu, 01 Jan 2037 00:00:00 GMT',
                                'Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT',
                                'Accept-Ranges: bytes', 'X-Shop: yes']);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'translate', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_header X-Ai;
    log_format ai '$request_uri $ai_status $ai_reason $ai_locale '
                  '$ai_hits/$ai_fragments $ai_misses';
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        access_log %%DIR%%/logs/ai.log ai;
        ai_locale uri accept-language;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /off/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END
END {
    undef $nginx;
}

my $off = $nginx->get('/off/page');
my $r = $nginx->get('/es/page');

is($r->{body}, $page, 'the first visitor gets the page as it is');
is($r->{headers}{'cache-control'}, 'private, no-cache',
   'which nobody may keep');
ok(!grep(/^(?:etag|last-modified|expires|accept-ranges):/, @{ $r->{all} }),
   'nor confirm later');
like($r->{headers}{'x-ai'}, qr{^es; MISS; 0/8; pending$}, 'a miss');
is($r->{headers}{'x-shop'}, 'yes', "other headers are the shop's");

$engine->wait_for(texts => 8) or diag 'the engine was not asked';
$nginx->wait_for(sub { $nginx->get('/es/page')->{headers}{'x-ai'} =~ /HIT/ });

is($engine->count('max'), 1, 'no text was sent twice');

$r = $nginx->get('/es/page');

is($r->{body}, $want, 'the next one gets it translated, and only its text');
is($r->{headers}{'x-ai'}, 'es; HIT; 8/8', 'a hit');
is($r->{headers}{'content-language'}, 'es', 'Content-Language');
is($r->{headers}{'content-length'}, length $want, 'Content-Length');
is($r->{headers}{'cache-control'}, 'max-age=60', "the shop's Cache-Control");
like($r->{headers}{etag}, qr{^W/"[0-9a-f]{16}"$}, 'a weak entity tag of ours');
ok(!exists $r->{headers}{'last-modified'}, 'no Last-Modified');
ok(!exists $r->{headers}{'accept-ranges'}, 'no Accept-Ranges');
ok(!exists $r->{headers}{vary}, 'the address alone decides: no Vary');

my $etag = $r->{headers}{etag};

$r = $nginx->get('/es/page', "If-None-Match: \"a\", $etag");
is($r->{status}, 304, 'our entity tag is confirmed');
is($r->{body}, '', 'without a body');
is($r->{headers}{etag}, $etag, 'and named');
is($r->{headers}{'content-language'}, 'es', 'in its language');

$r = $nginx->get('/es/page', 'If-None-Match: "origin"');
is($r->{status}, 200, "the origin's is not");
$r = $nginx->get('/es/page', 'If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT');
is($r->{status}, 200, 'nor its date');
is($r->{body}, $want, 'the page is whole');

$r = $nginx->get('/es/page', 'Range: bytes=0-4');
is($r->{status}, 200, 'no ranges of translated pages');
is($r->{body}, $want, 'the whole page instead');

$r = $nginx->request(method => 'HEAD', path => '/es/page');
is($r->{status}, 200, 'HEAD');
is($r->{body}, '', 'has no body');
is($r->{headers}{'content-language'}, 'es', 'but the language');
ok(!exists $r->{headers}{'content-length'}, 'and no length');

$r = $nginx->request(method => 'POST', path => '/es/page', body => 'a=b');
is($r->{body}, $want, 'an answer to POST is translated');

for my $status (404, 410) {
    $r = $nginx->get("/es/$status");
    is($r->{status}, $status, "$status stays");
    is($r->{body}, $want, 'with its page translated');
}

$r = $nginx->get('/es/500');
is($r->{body}, $page, "an error page is the shop's");
like($r->{headers}{'x-ai'}, qr{BYPASS; 0/0; status}, 'for its status');

$r = $nginx->get('/es/json');
is($r->{body}, $page, 'other types are left alone');
is($r->{headers}{etag}, '"origin"', 'with their entity tag');

$r = $nginx->get('/page', 'Accept-Language: es-MX,en;q=0.5');
is($r->{body}, $want, 'Accept-Language chooses');
is($r->{headers}{vary}, 'Accept-Language', 'which caches are told');

$r = $nginx->get('/page');
is($r->{body}, $page, 'the source locale is left alone');
is($r->{headers}{etag}, '"origin"', 'with its entity tag');
is($r->{headers}{vary}, 'Accept-Language', 'and has its Vary');
$r = $nginx->get('/page', 'Range: bytes=0-4');
is($r->{status}, 200, "ranges are the origin's business there");

$r = $nginx->get('/off/page', 'Accept-Language: es');
is_deeply([grep !/^date:/, @{ $r->{all} }], [grep !/^date:/, @{ $off->{all} }],
          'where the filter is off no header changes');
is($r->{body}, $page, 'and no byte');

$r = $nginx->request(raw => "GET /es/page HTTP/1.0\r\n\r\n");
is($r->{body}, $want, 'HTTP/1.0');

my $two = $nginx->request(raw => "GET /es/page HTTP/1.1\r\nHost: a\r\n\r\n"
                          . "GET /es/page HTTP/1.1\r\nHost: a\r\n"
                          . "Connection: close\r\n\r\n");
is(() = $two->{raw} =~ /HTTP\/1\.1 200/g, 2, 'two requests in one go');

my $log = AIF->slurp("$nginx->{dir}/logs/ai.log");
like($log, qr{^/page MISS pending es 0/8 8$}m, 'variables: a miss');
like($log, qr{^/page HIT - es 8/8 0$}m, 'variables: a hit');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
