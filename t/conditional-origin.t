#!/usr/bin/env perl

# Guards against: "304 Not Modified" from a shop that speaks of its own page,
# and parts of that page, where the client asked for a translated one; and
# against taking these headers from requests that are none of our business.
# Seen to fail with r->headers_in's pointers set to NULL only, with HEAD left
# out, and with shadow mode taken for the filter.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;

my $date = 'Mon, 01 Jan 2024 00:00:00 GMT';
my @conditional = ('If-None-Match: "a"', "If-Modified-Since: $date",
                   'Range: bytes=0-4');
my @other = ('If-Match: "a"', "If-Unmodified-Since: $date", 'If-Range: "a"');

# answers as a shop does that knows these headers, and tells what it saw

my $body = "<p>Blue shirt</p>\n";
my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};
    my @seen = grep /^(?:if-|range)/, sort keys %$h;
    my %arg = (body => $body);

    $arg{status} = 304, $arg{body} = '' if $h->{'if-none-match'};
    $arg{headers} = ['ETag: "a"', 'X-Seen: ' . join ' ', @seen];

    $client->answer(%arg);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'conditional', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_locale arg:lang;
        ai_translate scripted;
        ai_header X-Ai;
        location / {
            ai_filter on;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /off {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /shadow {
            ai_filter shadow;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /bypass {
            ai_filter on;
            ai_bypass $arg_bypass;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /file {
            ai_filter on;
            root %%DIR%%/html;
            types { text/html html; }
        }
        location /return {
            ai_filter on;
            default_type text/html;
            return 200 "<p>Blue shirt</p>\n";
        }
    }
END
END {
    undef $nginx;
}

AIF->spew("$nginx->{dir}/html/file.html", $body);
utime 1704067200, 1704067200, "$nginx->{dir}/html/file.html";


sub seen {
    my ($method, $path) = @_;
    my $r = $nginx->request(method => $method, path => $path,
                            headers => [@conditional, @other],
                            body => $method eq 'POST' ? 'a=b' : undef);

    return $r->{headers}{'x-seen'};
}


my $every = 'if-match if-modified-since if-none-match if-range '
            . 'if-unmodified-since range';

is(seen(GET => '/?lang=es'), '', 'a page to be translated: the shop sees none');
is(seen(HEAD => '/?lang=es'), '', 'nor with HEAD');
is(seen(POST => '/?lang=es'), $every, 'with POST they are for the shop');
is(seen(GET => '/'), $every, 'in the source locale too');
is(seen(GET => '/off?lang=es'), $every, 'and where the filter is off');
is(seen(GET => '/shadow?lang=es'), $every, 'or only watches');
is(seen(GET => '/bypass?lang=es&bypass=1'), $every, 'or is bypassed');
is(seen(GET => '/bypass?lang=es&bypass=0'), '', 'but not if it is not');

my $r;

$nginx->wait_for(sub {
    $r = $nginx->get('/?lang=es');
    $r->{headers}{'x-ai'} =~ /HIT/;
}) or BAIL_OUT('the page is not translated');

my $page = $r->{body};
my $etag = $r->{headers}{etag};

isnt($page, $body, 'the page is translated');

$r = $nginx->get('/?lang=es', @conditional);
is($r->{status}, 200, "the shop's entity tag confirms no page of ours");
is($r->{body}, $page, 'and the page comes whole');
is($nginx->get('/', @conditional)->{status}, 304, 'as it does a page of its own');

$r = $nginx->get('/file.html?lang=es', "If-Modified-Since: $date",
                 'Range: bytes=0-4');
is($r->{status}, 200, "nginx's own files: no date confirms a page of ours");
is($r->{body}, $page, 'nor is a range of it sent');
ok(!exists $r->{headers}{'last-modified'}, 'it has no date');
$r = $nginx->get('/file.html', "If-Modified-Since: $date");
is($r->{status}, 304, 'that of the source has');
$r = $nginx->get('/file.html', 'Range: bytes=0-4');
is("$r->{status} $r->{body}", '206 <p>Bl', 'and can be had in parts');

like($etag, qr{^W/"[^"]+"$}, 'the entity tag of a page is ours, and weak');

my ($strong) = $etag =~ m{W/(.*)};

for my $case (
    ["If-None-Match: $etag", 304, 'the same'],
    ["If-None-Match: $strong", 304, 'weakly the same'],
    ["If-None-Match: \"x\",W/\"y\" , $etag", 304, 'the last of a list'],
    ["If-None-Match: $etag,\"x\"", 304, 'the first'],
    ["If-None-Match: \"a,b\", garbage, $etag", 304, 'behind a comma in a tag'],
    ["If-None-Match:  * ", 304, 'any'],
    ['If-None-Match: "x"', 200, 'another'],
    ["If-None-Match: \"x, $strong", 200, 'one in the tail of a broken one'],
    ["If-None-Match: " . substr($strong, 0, -1), 200, 'one that is cut'],
    ['If-None-Match: ,,', 200, 'none'],
    ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", 200, 'a date'],
    ["If-Match: $etag", 412, 'If-Match: weakly the same is not enough'],
    ['If-Match: *', 200, 'If-Match: any'],
    ['If-Match: "x"', 412, 'If-Match: another'],
    ["If-Match: *\r\nIf-None-Match: $etag", 304, 'If-Match first'],
    ["Range: bytes=0-4\r\nIf-Range: $strong", 200, 'If-Range'],
) {
    my ($header, $status, $name) = @$case;

    $r = $nginx->get('/?lang=es', $header);
    is($r->{status}, $status, $name);
    is($r->{body}, $page, '... with the whole page') if $status == 200;
    is($r->{body}, '', '... without a body') if $status == 304;
}

$etag = $nginx->get('/return?lang=es')->{headers}{etag};
is($nginx->get('/return?lang=es', "If-None-Match: $etag")->{status}, 304,
   'a page made by "return", too');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
