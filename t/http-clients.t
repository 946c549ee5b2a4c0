#!/usr/bin/env perl

# Guards against: what clients do with a connection while a page is held:
# requests behind each other on one connection (pipelining), a client that has
# closed its side, one that goes away, one that reads slowly, HTTP/1.0, HTTP/2
# with several pages at once.  An answer that overtakes another, a length that
# is wrong, or a request that is forgotten breaks all that follow on the
# connection.  Seen to fail with the length of the shop's page left in the
# header.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP;
use AIF::Nginx;
use Encode qw(encode);
use IO::Select;
use IO::Socket::INET;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(time);

sub t { encode('UTF-8', ScriptedEngine::rewrite($_[0])) }

sub page { join '', map "<p>Shirt of $_[0] " . 'x' x $_ . "</p>\n", 1 .. $_[1] }

sub want {
    join '', map '<p>' . t("Shirt of $_[0] " . 'x' x $_) . "</p>\n", 1 .. $_[1]
}

my %size = (big => 400);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};

    $client->answer(body => page($name, $size{$name} || 5), pieces => 100,
                    chunked => $request->{path} =~ /chunked/ ? 1 : 0,
                    headers => ['Cache-Control: max-age=60']);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'clients', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        queue 10000; batch 100;
    }
    ai_locales en es;
    ai_header X-Ai;
    log_format c '$uri $status $body_bytes_sent $ai_status';
    server {
        listen 127.0.0.1:%%PORT%% sndbuf=8k;
        listen 127.0.0.1:%%PORT_3%% http2;
        access_log %%DIR%%/logs/clients.log c;
        ai_locale uri;
        ai_translate scripted;
        ai_filter on;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /wait/ {
            ai_wait 5s;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /chunked/ {
            ai_wait 5s;
            proxy_http_version 1.1;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /plain/ {
            ai_filter off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /patient/ {
            proxy_ignore_client_abort on;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END

sub connection {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => AIF->port)
           || die "connect: $!\n";
}

sub say_to {
    my ($s, @requests) = @_;
    syswrite $s, join '', map { join "\r\n", $_, 'Host: localhost', '', '' }
                              @requests;
}

# $n answers from a connection that stays open

sub answers {
    my ($s, $n) = @_;
    my ($raw, @r) = ('');
    my $select = IO::Select->new($s);
    my $until = time + 10;

    while (@r < $n && time < $until) {
        $select->can_read($until - time) or last;
        sysread $s, $raw, 65536, length $raw or last;

        while ($raw =~ /\A(.*?\r\n\r\n)/s) {
            my $head = $1;
            my ($length) = $head =~ /^content-length: (\d+)/mi;
            my $rest = substr $raw, length $head;

            if (defined $length) {
                last if length $rest < $length;
                $raw = substr $rest, $length;
                push @r, AIF::HTTP::parse($head . substr $rest, 0, $length);

            } else {
                $rest =~ /\A(.*?0\r\n\r\n)(.*)\z/s or last;
                push @r, AIF::HTTP::parse($head . $1);
                $raw = $2;
            }
        }
    }

    return @r;
}

# pipelined: three that wait, one that doesn't, one in the source locale

my @ask = map "GET $_ HTTP/1.1", qw(/es/wait/a /es/chunked/b /plain/c /wait/d
                                    /es/wait/a /es/chunked/b);
my @want = (want('a', 5), want('b', 5), page('c', 5), page('d', 5), want('a', 5),
            want('b', 5));

my $s = connection();
say_to($s, @ask);
my @r = answers($s, 6);

is(scalar @r, 6, 'six requests at once on one connection');
is($r[$_]{body}, $want[$_], "... answer $_ is that of request $_") for 0 .. 5;
is_deeply([map $_->{headers}{'content-language'} || '', @r],
          ['es', 'es', '', '', 'es', 'es'], '... in their languages');

# one after the other, with an answer that has no body in between

my $etag = $r[4]{headers}{etag};
say_to($s, "GET /es/wait/a HTTP/1.1\r\nIf-None-Match: $etag", $ask[1]);
@r = answers_304($s);
is($r[0], 304, 'a confirmation on the same connection');
is($r[1], want('b', 5), '... and a page behind it');

sub answers_304 {
    my $s = shift;
    my $raw = '';
    my $select = IO::Select->new($s);

    while ($select->can_read(5)) {
        sysread $s, $raw, 65536, length $raw or last;
        last if length $raw > length(want('b', 5))
                && substr($raw, -length want('b', 5)) eq want('b', 5);
    }

    $raw =~ s/\A(HTTP.*?\r\n\r\n)//s or return;
    my $status = AIF::HTTP::parse($1)->{status};
    return ($status, AIF::HTTP::parse($raw)->{body});
}

say_to($s, 'HEAD /es/wait/a HTTP/1.1', 'GET /plain/c HTTP/1.1');
my $raw = '';
while (IO::Select->new($s)->can_read(3)) {
    sysread $s, $raw, 65536, length $raw or last;
    last if $raw =~ /\Q@{[page('c', 5)]}\E\z/;
}
like($raw, qr/\AHTTP\S+ 200.*?\r\n\r\nHTTP\S+ 200/s, 'HEAD, and a page behind it');
close $s;

# HTTP/1.0, with and without keep-alive

for my $keep (0, 1) {
    my $r = $nginx->request(raw => "GET /es/wait/a HTTP/1.0\r\n"
                            . ($keep ? "Connection: keep-alive\r\n" : '') . "\r\n",
                            timeout => 2);
    is($r->{body}, want('a', 5), "HTTP/1.0, keep-alive $keep");
    is($r->{headers}{'content-length'}, length want('a', 5), '... has its length');
    is($r->{closed}, 1 - $keep, '... and the connection is as was asked');
}

# A client that closes its side at once has gone away for nginx, unless it is
# told otherwise: what holds without the filter holds with it.

sub half_closed {
    my $path = shift;
    my $s = connection();
    my $raw = '';

    say_to($s, "GET $path HTTP/1.1\r\nConnection: close");
    shutdown $s, 1;

    while (IO::Select->new($s)->can_read(5)) {
        sysread $s, $raw, 65536, length $raw or last;
    }

    my $r = AIF::HTTP::parse($raw);
    return "$r->{status} $r->{body}";
}

is(half_closed('/plain/c'), '0 ', 'half-closed: the shop\'s own page');
is(half_closed('/es/wait/a'), '0 ', '... and a translated one');
is(half_closed('/patient/a'), '200 ' . page('a', 5),
   'half-closed, proxy_ignore_client_abort: the shop\'s own page');
is(half_closed('/es/patient/a'), '200 ' . want('a', 5),
   '... and a translated one');

# a client that goes away while the page is waited for: what was asked is there

$s = connection();
say_to($s, 'GET /es/wait/f HTTP/1.1');
close $s;
ok($nginx->wait_for(sub {
    $nginx->get('/es/wait/f')->{body} eq want('f', 5)
}), 'the next one gets the page');

# a client that reads slowly, of a page larger than what the kernel takes

$nginx->get('/es/wait/big');
$s = IO::Socket::INET->new(Proto => 'tcp') || die;
setsockopt $s, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(), 4096;
connect $s, Socket::pack_sockaddr_in(AIF->port, Socket::inet_aton('127.0.0.1'))
    or die "connect: $!";
say_to($s, "GET /es/wait/big HTTP/1.1\r\nConnection: close");
$raw = '';
my $pause = 0;
while (IO::Select->new($s)->can_read(5)) {
    sysread $s, $raw, 2000, length $raw or last;
    Time::HiRes::sleep(0.01) if $pause++ < 20;
}
my $r = AIF::HTTP::parse($raw);
ok($r->{body} eq want('big', 400), 'a slow reader gets a large page whole')
    or diag length($r->{body}), ' of ', length want('big', 400);

# HTTP/2 (RFC 9113): many pages at once on one connection, known and waited for

my @names = qw(h i j k a big l m n o);
my %h2 = http2(AIF->port(3), map "/es/wait/$_", @names);

is_deeply([grep { ($h2{"/es/wait/$_"} // '') ne want($_, $size{$_} || 5) } @names],
          [], 'HTTP/2: ten pages at once');

# path => body, of those that came to their end

sub http2 {
    my ($port, @paths) = @_;
    my (%path, %body, %done);
    my ($raw, $id) = ('', 1);
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
        or die "connect: $!\n";
    my $frame = sub {
        my ($type, $flags, $stream, $payload) = @_;
        return substr(pack('N', length $payload), 1)
               . pack('CCN', $type, $flags, $stream) . $payload;
    };

    # windows that are large enough for all

    my $out = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
              . $frame->(4, 0, 0, pack 'nN', 4, 10_000_000)
              . $frame->(8, 0, 0, pack 'N', 10_000_000);

    for my $path (@paths) {
        my $fields = join '', map pack('x C/a C/a', @$_),
                     [':method', 'GET'], [':scheme', 'http'],
                     [':authority', 'localhost'], [':path', $path];

        $out .= $frame->(1, 5, $id, $fields);
        $path{$id} = $path;
        $body{$id} = '';
        $id += 2;
    }

    syswrite $s, $out;

    my $until = time + 10;

    while (keys %done < @paths && IO::Select->new($s)->can_read($until - time)) {
        sysread $s, $raw, 65536, length $raw or last;

        while (length $raw >= 9) {
            my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $raw;
            my $size = $high << 16 | $low;

            last if length $raw < 9 + $size;

            my $payload = substr $raw, 9, $size;
            substr $raw, 0, 9 + $size, '';

            $body{$stream} .= $payload if $type == 0;
            $done{$stream} = 1 if $type < 2 && $flags & 1;
        }
    }

    return map { $path{$_} => $body{$_} } keys %done;
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
