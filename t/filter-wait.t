#!/usr/bin/env perl

# Guards against: a visitor who waits longer than ai_wait, or gets half a page;
# send_timeout that ends a connection which waits for the engine; a worker that
# crashes when a waiting client goes away.  Seen to fail with the wake-up left
# out (pages come at the deadline) and with the write timer left armed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP;
use AIF::Nginx;
use Encode qw(encode);
use IO::Socket::INET;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

sub html { "<h1>Shirt $_[0]</h1><p>Made of <b>cotton</b> in house $_[0]</p>" }

sub translated {
    my $n = shift;
    my $h = encode('UTF-8', ScriptedEngine::rewrite("Shirt $n"));
    my $p = encode('UTF-8', ScriptedEngine::rewrite(
                "Made of <g1>cotton</g1> in house $n"));
    $p =~ s/g1>/b>/g;
    return "<h1>$h</h1><p>$p</p>";
}

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($n) = $request->{path} =~ /(\d+)$/;
    my $body = html($n);
    $body .= '<!-- ' . 'x' x 1_000_000 . ' -->' if $request->{path} =~ /big/;
    $client->answer(body => $body);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'wait', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 5s;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    log_format wait '$uri $ai_wait_time $status';
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        access_log %%DIR%%/logs/wait.log wait;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_wait 3s;
        }
        location /short/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_wait 200ms;
        }
        location /timeout/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_wait 4s;
            send_timeout 500ms;
        }
    }
END

$engine->mode('delay=300');
my $r = $nginx->get('/es/1');
is($r->{body}, translated(1), 'with ai_wait the first visitor has it all');
cmp_ok($r->{total}, '>=', 0.28, 'after the engine answered');
cmp_ok($r->{total}, '<', 2, 'and at once then');
is($r->{headers}{'x-ai'}, 'es; HIT; 2/2', 'as a hit');

$engine->mode('delay=1500');
$r = $nginx->get('/es/short/2');
is($r->{body}, html(2), 'at the deadline the page leaves as it is');
cmp_ok($r->{total}, '<', 1.2, 'not later');
is($r->{headers}{'cache-control'}, 'private, no-cache', 'not to be kept');
ok($nginx->wait_for(sub { $nginx->get('/es/short/2')->{body} eq translated(2) },
                    6), 'and the answer is there for the next one');
is($engine->count('max'), 1, 'which was asked once');

$r = $nginx->get('/es/timeout/3');
is($r->{body}, translated(3), 'send_timeout does not end a wait');
cmp_ok($r->{total}, '>=', 1.4, 'of more than its length');

# 20 clients wait for the same, and half of them leave

$engine->mode('delay=600');
my @s = map {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => AIF->port);
    print {$s} "GET /es/4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    $s->flush;
    $s
} 1 .. 20;
sleep 0.3;
close $s[$_] for grep $_ % 2, 0 .. 19;

my $good = 0;
for my $i (grep !($_ % 2), 0 .. 19) {
    my $raw = do { local $/; readline $s[$i] };
    my $answer = AIF::HTTP::parse($raw);
    $good++ if $answer->{body} eq translated(4);
}
is($good, 10, 'those who stay get the page');
is($engine->count('max'), 1, 'for which the engine was asked once');

# everybody leaves: the paid answer is stored all the same

my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => AIF->port);
print {$s} "GET /es/5 HTTP/1.1\r\nHost: a\r\n\r\n";
$s->flush;
sleep 0.02 until $engine->log->{'Shirt 5'} || time - $^T > 60;
close $s;
$engine->mode('nothing');

my ($told, $until) = ('', time + 5);
while ($told ne translated(5) && time < $until) {
    $told = $nginx->get('/es/5')->{body};
    sleep 0.1;
}
is($told, translated(5),
   'an answer outlives the visitor who caused it');

$engine->mode('delay=100');
$r = $nginx->get('/es/big6');
is($r->{body}, translated(6) . '<!-- ' . 'x' x 1_000_000 . ' -->',
   'a page of 1 MB can wait');

$engine->mode('status=500');
my $before = time;
$r = $nginx->get('/es/7');
is($r->{body}, html(7), 'an engine that fails gives the origin');
like($r->{headers}{'x-ai'}, qr{MISS; 0/2; engine$}, '... and says so at once');

like(AIF->slurp("$nginx->{dir}/logs/wait.log"), qr{^/1 0\.[3-9]\d\d 200$}m,
     '$ai_wait_time tells how long');

is_deeply([$nginx->complaints], [], 'the log has no complaint');
ok($nginx->stop, 'nginx ends in time');

done_testing;
