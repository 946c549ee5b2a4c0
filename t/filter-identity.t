#!/usr/bin/env perl

# Guards against: a page that is changed by one byte, or lost, when there is no
# translation for it.  With the engine down every real page must arrive as the
# origin sent it: whole, compressed, in one-byte pieces and in random ones, where
# only the filter is on, and where everything is ("ai_seo" leaves a page alone
# that stays the shop's).  Seen to fail with one byte of the held page dropped
# at a buffer's end.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

use constant SMALL => 40_000;       # bytes; one-byte pieces only up to here

my %page;

if (my $dir = AIF->data('pages')) {
    $page{ (split m{/}, $_)[-1] } = AIF->slurp($_) for glob "$dir/*.html";

} else {
    diag 'the real pages are not here, only those of this test are used';
}

$page{'empty.html'} = '';
$page{'blank.html'} = " \n";
$page{'nul.html'} = "<p>a\0b</p><p>Hello world";
$page{'cut-tag.html'} = '<p>Hello</p><a href="x';
$page{'latin1.html'} = "<meta charset=iso-8859-1><p>Caf\xe9</p>";
$page{'open.html'} = '<div>' x 2000 . 'Hello' . '<b>' x 2000;

my %gzip;

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};
    my $how = $request->{args}{how};
    my $body = $page{$name};
    my @headers;

    if ($how eq 'gzip') {
        require IO::Compress::Gzip;
        IO::Compress::Gzip::gzip(\$body, \my $packed, -Time => 0);
        $body = $packed;
        @headers = 'Content-Encoding: gzip';
    }

    srand length $body;

    $client->answer(
        body => $body, headers => \@headers,
        chunked => $how eq 'random',
        pieces => $how eq 'bytes' ? 1
                  : $how eq 'random'
                    ? [map { 1 + int rand 1 << int rand 15 } 1 .. 60]
                  : undef);
});

my $nginx = AIF::Nginx->new(name => 'identity', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
        queue 100000;
    }
    ai_locales en xx es;
    ai_buffer_size 4m;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_http_version 1.1;
        ai_translate down;
        ai_locale arg:lang;
        ai_header X-Ai;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }

        location /all/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_seo on;
            ai_json name description *.title var:eContext;
            ai_mask email phone card iban "C-\d{6}";
            ai_protect "\b[A-Z]{2,}-?\d+\b";
            ai_query arg=q engine=down;
            ai_private anonymous arg=how;
            ai_valid 30d;
        }
    }
END

require IO::Compress::Gzip;
IO::Compress::Gzip::gzip(\$page{$_}, \$gzip{$_}, -Time => 0) for keys %page;

for my $case (map { ("/$_", "/all/$_") } qw(whole gzip random bytes)) {
    my ($at, $how) = $case =~ m{(.*/)(.*)};
    my $with = $at eq '/' ? $how : "$how, with everything";
    my @wrong;
    my ($n, $looked) = (0, 0);

    for my $name (sort keys %page) {
        next if $how eq 'bytes' && length $page{$name} > SMALL;

        my $want = $how eq 'gzip' ? $gzip{$name} : $page{$name};
        my $r = $nginx->get("$at$name?how=$how&lang=es");

        $n++;
        $looked++ if ($r->{headers}{'x-ai'} || '') =~ m{/[1-9]};

        push @wrong, "$name: $r->{status}, "
                     . length($r->{body}) . ' bytes for ' . length $want
            unless $r->{status} == 200 && !$r->{cut} && $r->{body} eq $want;
    }

    is_deeply(\@wrong, [], "$n pages, $with, arrive as the origin sent them");
    cmp_ok($looked, '>=', 2, "$looked of them were looked at ($with)");
}

is($nginx->get('/nul.html?how=whole')->{status}, 200, 'and nginx goes on');
is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
