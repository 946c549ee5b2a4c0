#!/usr/bin/env perl

# Guards against: a page that never ends or is cut, and becomes an empty reply,
# a complete-looking one, or none at all because its header is held.  Seen to
# fail with the look for a cut left out (the client got nothing), and with
# ai_hold's timer left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

my $page = join '', map "<p>Paragraph number $_ of the page</p>\n", 1 .. 2000;
my $half = length($page) / 2;

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $how = $request->{args}{how};

    my %answer = (
        slow => { pieces => [1000, 1000], delay => 1.5 },
        slow_chunked => { pieces => [1000, 1000], delay => 1.5, chunked => 1 },
        cut => { cut => $half },
        cut_chunked => { cut => $half, chunked => 1 },
        cut_bare => { cut => $half, length => undef },
        cut_small => { cut => 10, delay => 0.1, pieces => 5 },
        cut_header => { cut => 0 },
        unbuffered => { pieces => [1000], delay => 1.2,
                        headers => ['X-Accel-Buffering: no'] },
        whole => { },
        large => { body => $page x 10, length => undef },
        announced => { body => $page x 10 },
    );

    $client->answer(body => $page, headers => ['ETag: "1"'],
                    %{ $answer{$how} });
});

sub location {
    my ($path, $more) = @_;
    return "location $path { proxy_pass http://127.0.0.1:%%PORT_2%%;"
           . " proxy_http_version 1.1; $more }\n";
}

my $nginx = AIF::Nginx->new(name => 'hold', http => <<'END'
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es;
    ai_locale arg:lang;
    ai_header X-Ai;
    ai_hold 300ms;
    ai_buffer_size 256k;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate down;
END
    . location('/on/', 'ai_filter on;')
    . location('/direct/', 'ai_filter on; proxy_buffering off;')
    . location('/plain/', '')
    . '}')->start;

for my $where (qw(on direct)) {

    my $get = sub { $nginx->get("/$where/page?lang=es&how=$_[0]") };
    my $plain = sub { $nginx->get("/plain/page?lang=es&how=$_[0]") };

    for my $how (qw(cut cut_chunked cut_bare cut_small cut_header)) {
        my $r = $get->($how);
        my $p = $plain->($how);

        is($r->{status}, $p->{status}, "$where: $how has the same status");
        is($r->{body}, $p->{body}, '... the same bytes');
        is($r->{cut}, $p->{cut}, '... and is cut for the client as before');
        is($r->{headers}{'content-length'}, $p->{headers}{'content-length'},
           '... with the length that was announced');
        next if $how eq 'cut_bare';     # nobody can tell
        like($r->{headers}{'x-ai'}, qr{ORIGIN; 0/\d+; cut$}, '... as "cut"');
    }

    for my $how (qw(slow slow_chunked)) {
        my $r = $get->($how);
        is($r->{body}, $page, "$where: a slow page is whole ($how)");
        is($r->{cut}, 0, '... for the client');
        cmp_ok($r->{first}, '<', 1.3, '... its first bytes leave in time');
        like($r->{headers}{'x-ai'}, qr{ORIGIN; 0/\d+; slow$}, '... as "slow"');
        is($r->{headers}{'cache-control'}, 'private, no-cache',
           '... not to be kept');
    }

    my $r = $get->('unbuffered');
    is($r->{body}, $page, "$where: a page that asks not to be buffered");
    cmp_ok($r->{first}, '<', 1, '... is not held');
    like($r->{headers}{'x-ai'}, qr{BYPASS; 0/0; slow$}, '... as "slow"');

    for my $how (qw(large announced)) {
        $r = $get->($how);
        is($r->{body}, $page x 10, "$where: a page over ai_buffer_size ($how)");
        like($r->{headers}{'x-ai'}, qr{(?:ORIGIN|BYPASS); 0/\d+; size$},
             '... as "size"');
    }

    $r = $get->('whole');
    is($r->{body}, $page, "$where: the next page is fine");
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
