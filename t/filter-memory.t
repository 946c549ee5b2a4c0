#!/usr/bin/env perl

# Guards against: a page that is lost, cut, changed or half translated because
# there was no memory for it at some point of its way.  The first large
# allocation of a new worker fails, then the second, and so on until none is
# left to fail; for pages as they come, compressed, in another charset, with a
# state, and JSON.  Each is the origin's, whole, or the translation, whole; and
# the next page is well.  Seen to fail with a charset that was not opened for
# want of memory kept as one that nobody knows, and with the rest of a page
# that there was no room for left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use AIF::NoMemory;
use Compress::Zlib ();
use Encode qw(encode);
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;

my $memory = AIF::NoMemory->new
    or plan skip_all => 'no compiler, or a sanitizer with memory of its own';

my $text = 'A text of a page that needs memory';
my $style = '<style>' . 'a { color: red } ' x 6000 . '</style>';
my $page = "<html><head>$style</head><body><p>$text</p></body></html>";
my $state = qq(<div id="__next"><p>$text</p></div>$style)
            . qq(<script id="__NEXT_DATA__" type="application/json">)
            . qq({"props":{"text":"$text"}}</script>);
my $json = qq({"title":"$text","rest":") . 'x' x 100_000 . '"}';

my %type = map { $_ => 'text/html; charset=utf-8' } qw(plain gzip state);
$type{latin} = 'text/html; charset=iso-8859-2';
$type{json} = 'application/json';

my %body = (plain => $page, gzip => Compress::Zlib::memGzip($page),
            state => $state, latin => $page, json => $json);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{^/(\w+)};

    $client->answer(type => $type{$name}, body => $body{$name},
        headers => $name eq 'gzip' ? ['Content-Encoding: gzip'] : []);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'filter-memory', http => <<'END',
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_json title;
        }
        location = /counters { ai_status; }
    }
END
    env => { $memory->env })->start;

sub counted {
    JSON::PP->new->decode($nginx->get('/counters')->{body})->{reasons}{memory};
}

my @gzip = ('Accept-Encoding: gzip');
my $failed = 0;

for my $name (sort keys %body) {

    my $es = encode($name eq 'latin' ? 'iso-8859-2' : 'UTF-8',
                    $body{$name} =~ s/\Q$text\E/ScriptedEngine::rewrite($text)/ger,
                    sub { sprintf '&#x%x;', shift })
        if $name ne 'gzip';

    $es = encode('UTF-8', $page =~ s/\Q$text\E/ScriptedEngine::rewrite($text)/er)
        if $name eq 'gzip';

    ok($nginx->wait_for(sub { $nginx->get("/es/$name", @gzip)->{headers}{'x-ai'}
                              =~ /HIT/ }), "$name: translated");

    my ($n, @wrong);

    for ($n = 1; $n < 100; $n++) {
        $nginx->reload or die 'no reload';
        $memory->fail($n);

        my $r = $nginx->get("/es/$name", @gzip);

        # none was left to fail

        last if $memory->fail(0) < $n;

        my $body = $r->{body};
        my $zipped = ($r->{headers}{'content-encoding'} || '') eq 'gzip';
        my $origin = $body eq $body{$name};

        $body = Compress::Zlib::memGunzip($body) // 'broken' if $zipped;
        $failed += $origin;

        push @wrong, "$n: $r->{status}, " . substr($r->{raw}, 0, 300)
            if $r->{status} != 200 || $r->{cut} || !$origin && $body ne $es
               || ($origin ? 'no-cache' : '')
                  ne (($r->{headers}{'cache-control'} || '') =~ /no-cache/
                      ? 'no-cache' : '');

        $r = $nginx->get("/es/$name", @gzip);
        $body = $r->{headers}{'content-encoding'}
                ? Compress::Zlib::memGunzip($r->{body}) : $r->{body};
        push @wrong, "after $n" if $body ne $es;
    }

    cmp_ok($n, '>', 3, "$name: some allocations were wanted");
    is_deeply(\@wrong, [], "$name: each of them fails, and no page does");
}

cmp_ok($failed, '>=', 10, 'the origin came often');
is(counted(), $failed, 'and "memory" was counted each time');

is_deeply([$nginx->complaints(qr/malloc\(\d+\) failed \(12: /)], [],
          'the log has no complaint');

done_testing;
