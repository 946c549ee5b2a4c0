#!/usr/bin/env perl

# Guards against: one who asks on a connection that others ask on, too, and that
# goes with all of them while they are being told.  Seen to fail with asks that
# stay linked when their request ends.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep time);

my $asked = "$AIF::build/http2-asked.$$";

sub chunk { 'data: ' . JSON::PP::encode_json({ choices => [{ index => 0,
            delta => { content => $_[0] }, finish_reason => $_[1] }] })
            . "\n\n" }

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;

    open my $fh, '>>', $asked or die "$asked: $!\n";
    syswrite $fh, 'x';

    $client->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                   . "Connection: close\r\n\r\n");

    for ('You ', 'can ', 'have ', '30 ', 'days ', 'now.') {
        $client->write(chunk($_)) or return;
        sleep 0.15;
    }

    $client->write(chunk('', 'stop') . "data: [DONE]\n\n");
});

my $shop = Origin->start(AIF->port(2), sub {
    $_[1]->answer(body => '<p>Return it within 30 days.</p>');
});

my $nginx = AIF::Nginx->new(name => 'assistant-http2', http => <<'END');
    ai_zone shop:8m;
    ai_locales en es;
    ai_self http://127.0.0.1:%%PORT_4%%;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    server {
        listen 127.0.0.1:%%PORT%% http2;
        location = /ask { ai_assistant engine=chat context=/returns; }
    }
    server {
        listen 127.0.0.1:%%PORT_4%%;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; ai_filter on; }
    }
END

AIF->spew($asked, '');
$nginx->start;

# How many of 20 streams of one connection have a whole answer in so many
# seconds.

sub crowd {
    my ($question, $seconds) = @_;
    my (%body, %done);
    my $raw = '';
    my $json = JSON::PP::encode_json({ question => $question });
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => AIF->port(0)) or die "$!\n";
    my $frame = sub {
        my ($type, $flags, $stream, $payload) = @_;
        return substr(pack('N', length $payload), 1)
               . pack('CCN', $type, $flags, $stream) . $payload;
    };

    my $fields = join '', map pack('x C/a C/a', @$_),
                 [':method', 'POST'], [':scheme', 'http'],
                 [':authority', 'localhost'], [':path', '/ask'],
                 ['accept', 'text/event-stream'],
                 ['content-type', 'application/json'],
                 ['content-length', length $json];

    my $out = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
              . $frame->(4, 0, 0, pack 'nN', 4, 1_000_000)
              . $frame->(8, 0, 0, pack 'N', 1_000_000);

    $out .= $frame->(1, 4, 2 * $_ + 1, $fields)
            . $frame->(0, 1, 2 * $_ + 1, $json) for 0 .. 19;

    syswrite $s, $out;

    my $until = time + $seconds;

    while (keys %done < 20 && IO::Select->new($s)->can_read($until - time)) {
        sysread $s, $raw, 65536, length $raw or last;

        while (length $raw >= 9) {
            my ($high, $low, $type, $flags, $id) = unpack 'CnCCN', $raw;
            my $len = $high << 16 | $low;
            last if length $raw < 9 + $len;

            my $payload = substr $raw, 9, $len;
            substr($raw, 0, 9 + $len) = '';
            $body{$id} .= $payload if $type == 0;
            $done{$id} = 1 if $id && $type <= 1 && $flags & 1;
        }
    }

    close $s;

    return scalar grep { $body{$_} =~ /event: done\ndata: \{"answered":true/
        && join('', $body{$_} =~ /"text":"(.*?)"/g)
           eq 'You can have 30 days now.' } keys %done;
}

is(crowd('How long?', 20), 20, '20 streams of a connection have the answer');
is(crowd('What else?', 0.5), 0, 'a connection goes with all of them');
is(crowd('What else?', 20), 20, 'the next one has the answer');
cmp_ok(length AIF->slurp($asked), '<=', 3, 'of one call for each question, and '
       . 'one for the one that was left');

is_deeply([$nginx->complaints], [], 'no complaint');
ok($nginx->stop, 'nginx ends in time');
unlink $asked;
done_testing();
