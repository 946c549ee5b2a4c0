#!/usr/bin/env perl

# Guards against: images, scripts and films under a location with the filter on
# that lose their 304 and their ranges, because conditions are taken off
# requests for pages.  Seen to fail with the conditions taken off everything.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

my $etag = '"shop-1"';
my $date = 'Mon, 01 Jan 2024 00:00:00 GMT';
my $body = 'abcdefghij' x 1000;

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};
    my $same = ($h->{'if-none-match'} || '') eq $etag;

    if ($same) {
        $client->answer(status => 304, type => undef, length => undef,
                        headers => ["ETag: $etag", 'X-Origin: 304']);

    } elsif (($h->{range} || '') eq 'bytes=0-3') {
        $client->answer(status => 206, type => 'video/mp4', body => 'abcd',
                        headers => ["ETag: $etag",
                                    'Content-Range: bytes 0-3/10000']);

    } else {
        $client->answer(body => $body, type => $request->{args}{type},
                        headers => ["ETag: $etag", "Last-Modified: $date"]);
    }
});

my $nginx = AIF::Nginx->new(name => 'assets', http => <<'END')->start;
    ai_zone shop:1m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es;
    ai_locale accept-language;
    ai_header X-Ai;
    types { text/css css; }
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate down;
        ai_filter on;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /files/ {
            alias %%DIR%%/html/;
        }
    }
END

AIF->spew("$nginx->{dir}/html/a.css", $body);

my @spanish = ('Accept-Language: es');
my $if = "If-None-Match: $etag";

sub get { $nginx->get($_[0], @spanish, @_[1 .. $#_]) }

for my $case (
    ['an image', 'image/png', 'Accept: image/avif,image/webp,*/*;q=0.8'],
    ['a style sheet', 'text/css', 'Accept: text/css,*/*;q=0.1'],
    ['a script by Sec-Fetch-Dest', 'text/javascript', 'Accept: */*',
     'Sec-Fetch-Dest: script'])
{
    my ($name, $type, @headers) = @$case;
    my $r = get("/x?type=$type", $if, @headers);

    is($r->{status}, 304, "$name: 304");
    is($r->{headers}{'x-origin'}, '304', "... the origin's");
}

my $r = get('/x?type=text/javascript', $if, 'Accept: */*');
is($r->{status}, 304, 'a script that may have been a page: 304 all the same');
is($r->{body}, '', '... without a body');
ok(!exists $r->{headers}{'x-origin'}, '... from us');
is($r->{headers}{etag}, $etag, "... with the origin's entity tag");

$r = get('/x?type=text/javascript', 'If-None-Match: "other"', 'Accept: */*');
is($r->{status}, 200, 'another entity tag: 200');
is($r->{body}, $body, '... and all of it');

$r = get('/x?type=text/javascript', "If-Modified-Since: $date", 'Accept: */*');
is($r->{status}, 304, 'If-Modified-Since');
$r = get('/x?type=text/javascript', 'Accept: */*',
         'If-Modified-Since: Mon, 01 Jan 2023 00:00:00 GMT');
is($r->{status}, 200, '... another one');

$r = get('/x.mp4?type=video/mp4', 'Range: bytes=0-3', 'Accept: */*');
is($r->{status}, 206, 'a player gets its range');
is($r->{body}, 'abcd', '... of the origin');
$r = get('/x?type=video/mp4', 'Range: bytes=0-3', 'Accept: */*',
         'Sec-Fetch-Dest: video');
is($r->{status}, 206, '... at any address, if it says what it is');

for my $path ('/x', '/x.html', '/x.php') {
    $r = get("$path?type=text/html", 'Range: bytes=0-3', 'Accept: */*');
    is($r->{status}, 200, "no range of a page: $path");
    is($r->{body}, $body, '... it comes whole');
}

$r = get('/x?type=text/html', $if, 'Accept: text/html,*/*;q=0.8');
is($r->{status}, 200, 'a page is never confirmed by the origin');

$r = $nginx->get('/files/a.css');
my $own = $r->{headers}{etag};
is(get('/files/a.css', "If-None-Match: $own", 'Accept: */*')->{status}, 304,
   'a file: 304');
$r = get('/files/a.css', 'Range: bytes=0-4', 'Accept: */*');
is($r->{body}, 'abcde', '... and ranges');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
