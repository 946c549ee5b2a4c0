#!/usr/bin/env perl

# Guards against: a worker that keeps the memory of a rush of large pages for
# ever, and one that gives it back between two of them.  Seen to fail with the
# timer never set, and with a ceiling of nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Socket::INET;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

# a sanitizer keeps what is freed

plan skip_all => 'memory is measured with the packaged nginx'
    if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

my $clients = 12;
my $page = '<h1>Blue shirt</h1><script>'
           . ('var pad = "0123456789";' x 70_000) . '</script>';
my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'buffers', http => <<'END');
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ai_wait 3s;
    server {
        listen 127.0.0.1:%%PORT%% sndbuf=32k;
        root %%DIR%%/html;
        default_type text/html;
        ai_translate scripted;
        ai_filter on;
    }
END

AIF->spew("$nginx->{dir}/html/page.html", $page);
$nginx->start;

my ($worker) = $nginx->workers;

like($nginx->get('/es/page.html')->{headers}{'x-ai'}, qr/HIT/, 'it is known');

my $before = anonymous();

# All of them are made before one is read: as many buffers at once.

rush();
my $rushed = anonymous();
cmp_ok($rushed - $before, '>', 2 * length($page) * $clients / 3 / 1024,
       'a rush takes memory, and it is kept for the next');

my $end = time + 30;
sleep 0.2 while time < $end && anonymous() - $before > 14 * 1024;

cmp_ok(anonymous() - $before, '<=', 14 * 1024,
       'what nobody needed for some seconds goes back');

like($nginx->get('/es/page.html')->{headers}{'x-ai'}, qr/HIT/,
     'and the next page is well');

is_deeply([$nginx->complaints], [], 'nothing to complain of');

done_testing();


sub rush {
    my @sockets = map {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $nginx->{port})
            or die "connect: $!";
        print {$s} "GET /es/page.html?$_ HTTP/1.0\r\n\r\n";
        $s
    } 1 .. $clients;

    # the first bytes are there when the page is made

    for my $s (@sockets) {
        sysread $s, my $head, 1024 or die "no answer";
        like($head, qr/X-Ai: es; HIT/, 'one of the rush');
    }

    for my $s (@sockets) {
        1 while sysread $s, my $rest, 262144;
    }
}


# kB of the worker's own memory

sub anonymous {
    my ($kb) = AIF->slurp("/proc/$worker/status") =~ /^RssAnon:\s+(\d+)/m;
    return $kb;
}
