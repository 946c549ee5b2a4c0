#!/usr/bin/env perl

# "scripts/bench assistant": how long a word of an answer takes through the
# module, and what another location notices of 200 answers at a time.
#
# The engine writes the time into its first word, in letters, since numbers are
# held until they are checked; the client reads it there.  Both are on core 1,
# one worker is on core 0.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use AIF;
use AIF::Nginx;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep time);

my %option = (rounds => 5, seconds => 10, clients => 200);

while (@ARGV) {
    my $name = shift;
    $name =~ s/^--// && exists $option{$name}
        or die "bench: unknown option $name\n";
    $option{$name} = shift // die "bench: --$name needs a value\n";
}

my $pace = 0.1;                # seconds between two words of an answer
my $tokens = $option{seconds} / $pace;

my $engine = fork // die "fork: $!\n";
if ($engine == 0) { engine(); POSIX::_exit(0) }
END { kill TERM => $engine if $engine }

my $nginx = AIF::Nginx->new(name => 'bench-assistant', log_level => 'error',
    main => "worker_cpu_affinity 01; worker_rlimit_nofile 8192;\n",
    http => <<'END')->start;
    ai_zone shop:16m;
    ai_locales en;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        concurrency 256; timeout 60s;
    }
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        location / {
            default_type text/html; ai_filter on;
            return 200 "<p>You may return everything within 30 days.</p>";
        }
        location = /ask { ai_assistant engine=chat context=/returns; }
        location = /fast { return 200 "hello\n"; }
    }
END

system("taskset -cp 1 $$ >/dev/null 2>&1");

my (@first, @alone, @beside, @ratio);
my $answered = 0;

for my $round (1 .. $option{rounds}) {
    my $file = "$nginx->{dir}/first";
    my $alone = beside($file, $round, AIF->port(1));
    my $beside = beside($file, $round, $nginx->{port});
    my ($done, @times) = split ' ', AIF->slurp($file);
    $answered += $done;
    push @first, @times;
    push @alone, $alone;
    push @beside, $beside;
    push @ratio, $beside / $alone;
    printf STDERR "bench: round %d: first word p50 %.2f ms, /fast %.0f us, "
        . "beside them %.0f us\n", $round, median(@times), $alone, $beside;
}

my @sorted = sort { $a <=> $b } @first;

printf "%d answers at a time, of %d words each %.0f ms; %d of %d came whole\n",
    $option{clients}, $tokens, $pace * 1000, $answered,
    $option{clients} * $option{rounds};
printf "  first word after the engine's own: p50 %.2f ms, p95 %.2f ms\n",
    median(@first), $sorted[0.95 * @sorted];
printf "  another location, p50: %.0f us alone, %.0f us beside them (x %.2f)\n",
    median(@alone), median(@beside), median(@ratio);

exit 0;


# What wrk sees while clients get answers from a port: the engine's own, so that
# it has the same neighbours on its core, or nginx's.

sub beside {
    my ($file, $round, $port) = @_;
    my $client = fork // die "fork: $!\n";

    if ($client == 0) { client($file, $round, $port); POSIX::_exit(0) }

    sleep 2;
    my $p50 = wrk();
    waitpid $client, 0;

    return $p50;
}


sub median { my @s = sort { $a <=> $b } @_; $s[@s / 2] }


sub wrk {
    my $out = `taskset -c 1 wrk -t1 -c1 -d3s --latency http://127.0.0.1:$nginx->{port}/fast`;
    my ($p50, $unit) = $out =~ /50%\s+([\d.]+)(us|ms)/ or die "wrk: $out\n";
    return $unit eq 'ms' ? $p50 * 1000 : $p50;
}


# Tens of microseconds, as ten letters.

sub letters { (my $t = sprintf '%010d', time * 1e5 % 1e10) =~ tr/0-9/a-j/; $t }
sub number { (my $t = shift) =~ tr/a-j/0-9/; $t }


sub engine {
    system("taskset -cp 1 $$ >/dev/null 2>&1");

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
        LocalPort => AIF->port(1), Listen => 511, ReuseAddr => 1)
        or die "listen: $!\n";
    my $select = IO::Select->new($listen);
    my %peer;
    my $parent = getppid;

    while (getppid == $parent) {
        for my $s ($select->can_read(0.002)) {
            if ($s == $listen) {
                my $new = $listen->accept or next;
                $new->blocking(0);
                $select->add($new);
                $peer{$new} = { socket => $new, in => '' };
                next;
            }

            my $p = $peer{$s};
            my $n = sysread $s, $p->{in}, 65536, length $p->{in};

            if (!$n) {
                $select->remove($s);
                delete $peer{$s};
                next;
            }

            next unless $p->{in} =~ /\r\n\r\n/
                && $p->{in} =~ /Content-Length: (\d+)/i
                && length($p->{in}) - index($p->{in}, "\r\n\r\n") - 4 >= $1;

            @$p{qw(in left at)} = ('', $tokens + 1, time + rand);
            syswrite $s, "HTTP/1.1 200 OK\r\nContent-Type: "
                . "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        }

        my $now = time;

        for my $p (grep { $_->{left} && $_->{at} <= $now } values %peer) {
            my $word = $p->{left}-- > $tokens ? letters() : ' word';
            my $data = qq(data: {"choices":[{"index":0,"delta":{"content":)
                . qq("$word"},"finish_reason":)
                . ($p->{left} ? 'null' : '"stop"') . "}]}\n\n";
            $data .= "data: [DONE]\n\n" unless $p->{left};

            syswrite $p->{socket}, sprintf("%x\r\n", length $data) . $data
                . "\r\n" . ($p->{left} ? '' : "0\r\n\r\n");
            $p->{at} += $pace;
        }
    }
}


# Writes how many answers came whole, and when the first words did.

sub client {
    my ($file, $round, $port) = @_;
    my $select = IO::Select->new;
    my (%in, @times);
    my $done = 0;

    for my $i (1 .. $option{clients}) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
            PeerPort => $port) or die "connect: $!\n";
        my $body = JSON::PP::encode_json({ question => "round $round, $i?" });

        syswrite $s, "POST /ask HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n"
            . "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
            . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
        $s->blocking(0);
        $select->add($s);
        $in{$s} = '';
    }

    while ($select->count) {
        for my $s ($select->can_read(30)) {
            my $n = sysread $s, $in{$s}, 65536, length $in{$s};

            if ($in{$s} !~ /^seen/
                && $in{$s} =~ /"(?:text|content)":"([a-j]{10})"/)
            {
                push @times, (time * 1e5 % 1e10 - number($1)) / 100;
                $in{$s} = 'seen';
            }

            $done++ if $in{$s} =~ s/"answered":true//;

            if (!$n || $in{$s} =~ /\[DONE\]/) {
                $select->remove($s);
                delete $in{$s};
            }
        }
    }

    AIF->spew($file, join ' ', $done, @times);
}
