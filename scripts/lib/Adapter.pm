package Adapter;

# What the adapters of scripts/serve.d have in common: an HTTP server on
# 127.0.0.1, a process for each client, and a llama-server that does the work,
# started by a command, with a socket of its own, and ended.
#
#     use Adapter qw(call run);
#
#     run('name', $port, \@command, \&route, \&fault);
#
# route($method, $path, $body) returns a status and what is sent as JSON; or a
# function that is given another one, to send an event stream's pieces with.
# fault($status, $type, $text) makes the JSON of an error.
# call($method, $path, $data) asks the engine: { status, data } or nothing.
#
# Nothing is kept or logged of what is asked.

use strict;
use warnings;

use Exporter qw(import);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep);

our @EXPORT_OK = qw(call run);

use constant {
    MAX_BODY     => 2 * 1024 * 1024,
    MAX_HEADERS  => 100,
    MAX_LINE     => 16 * 1024,
    MAX_CLIENTS  => 64,
    KEEP_ALIVE   => 65,          # seconds for a request to come
    TIMEOUT      => 30,          # seconds for its answer
};

my %reason = (200 => 'OK', 400 => 'Bad Request', 404 => 'Not Found',
    405 => 'Method Not Allowed', 411 => 'Length Required',
    413 => 'Content Too Large', 422 => 'Unprocessable Content',
    424 => 'Failed Dependency', 429 => 'Too Many Requests',
    503 => 'Service Unavailable');

my $json = JSON::PP->new->utf8->canonical;
my $self = $$;
my ($name, $socket, $route, $fault, @command);
my ($llama, %clients) = (0);

END { stop() if $$ == $self }


sub run {
    ($name, my $port, my $command, $route, $fault) = @_;
    @command = @$command;

    my $dir = tempdir("aif-$name-XXXXXX", TMPDIR => 1, CLEANUP => 1);
    $socket = "$dir/llama.sock";

    $SIG{TERM} = $SIG{INT} = $SIG{HUP} = sub { exit 0 };
    $SIG{PIPE} = 'IGNORE';

    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
        LocalPort => $port, Listen => 64, ReuseAddr => 1)
        or die "$name: port $port: $!\n";

    start();

    while (1) {
        my $client = $server->accept;

        while ((my $pid = waitpid -1, WNOHANG) > 0) {
            die "$name: llama-server ended\n" if $pid == $llama;
            delete $clients{$pid};
        }

        $client or next;

        if (keys %clients >= MAX_CLIENTS) {
            refuse($client, 429, 'overloaded', 'too many clients');
            next;
        }

        my $pid = fork;

        if (defined $pid && $pid == 0) {
            close $server;
            $SIG{ALRM} = $SIG{TERM} = $SIG{INT} = $SIG{CHLD} = 'DEFAULT';
            serve($client);
            POSIX::_exit(0);
        }

        $clients{$pid} = 1 if $pid;
    }
}


# The engine.  It ends with this process, however that ends.

sub start {
    # accept() is to return when it dies
    $SIG{CHLD} = sub { };

    $llama = fork;
    defined $llama or die "$name: fork: $!\n";

    if ($llama == 0) {
        open STDIN, '<', '/dev/null';
        exec 'setpriv', '--pdeathsig', 'TERM', @command, '--host', $socket
            or POSIX::_exit(127);
    }

    for (1 .. 300) {
        my $reply = call('GET', '/health');
        return if $reply && $reply->{status} == 200;
        waitpid($llama, WNOHANG) == 0
            or ($llama = 0, die "$name: llama-server did not start\n");
        sleep 0.1;
    }

    die "$name: llama-server is not ready after 30 seconds\n";
}


sub stop {
    local $?;

    # connections that are kept would outlive it
    kill TERM => keys %clients;

    if ($llama) {
        kill TERM => $llama;
        for (1 .. 50) {
            return if waitpid($llama, WNOHANG) != 0;
            sleep 0.1;
        }
        kill KILL => $llama;
        waitpid $llama, 0;
    }
}


sub call {
    my ($method, $path, $body) = @_;
    my $data = defined $body ? $json->encode($body) : '';
    my $s = IO::Socket::UNIX->new(Peer => $socket) or return;

    print {$s} "$method $path HTTP/1.1\r\nHost: localhost\r\n"
             . "Content-Type: application/json\r\nConnection: close\r\n"
             . 'Content-Length: ' . length($data) . "\r\n\r\n$data";

    my $reply = do { local $/; <$s> };
    defined $reply or return;
    my ($head, $text) = split /\r\n\r\n/, $reply, 2;
    my ($status) = $head =~ m{^HTTP/1\.\d (\d+)} or return;

    # llama-server sends a length or, if told to close, until the end
    if ($head =~ /^Transfer-Encoding: *chunked/mi) {
        my $whole = '';
        while ($text =~ s/^([0-9a-fA-F]+)[^\r]*\r\n//) {
            my $n = hex $1 or last;
            $whole .= substr $text, 0, $n + 2, '';
            substr $whole, -2, 2, '';
        }
        $text = $whole;
    }

    return { status => $status, data => eval { $json->decode($text) } };
}


# One client, one request after the other.

sub serve {
    my $client = shift;

    while (1) {
        alarm KEEP_ALIVE;
        my $line = line($client);
        defined $line or return;
        my ($method, $path, $minor)
            = $line =~ m{^([A-Z]+) (\S+) HTTP/1\.([01])\r?$}
            or return refuse($client, 400, 'validation', 'bad request');
        my %header;

        while (defined($line = line($client)) && $line =~ /\S/) {
            $header{lc $1} = $2 if $line =~ /^([\w-]+):\s*(.*?)\s*$/;
            keys %header < MAX_HEADERS or return;
        }

        my $keep = $minor && ($header{connection} || '') !~ /close/i;
        my $length = $header{'content-length'} || 0;

        if ($header{'transfer-encoding'}) {
            return refuse($client, 411, 'validation', 'a length is needed');
        }

        if ($length !~ /^\d{1,9}$/ || $length > MAX_BODY) {
            return refuse($client, 413, 'validation',
                          'the body is too large');
        }

        print {$client} "HTTP/1.1 100 Continue\r\n\r\n"
            if ($header{expect} || '') =~ /100-continue/i;

        (read $client, my $body, $length) == $length or return;

        alarm TIMEOUT;
        my ($status, $data) = $route->($method, $path, $body);

        if (ref $data eq 'CODE') {
            stream($client, $minor, $data);
            return;
        }

        answer($client, $status, $data, $keep);
        $keep or return;
    }
}


sub line {
    my ($client) = @_;

    local $/ = \1;
    my $line = '';

    while (length $line < MAX_LINE) {
        my $byte = <$client>;
        defined $byte or return length $line ? $line : undef;
        $line .= $byte;
        return $line if $byte eq "\n";
    }

    return;
}


sub answer {
    my ($client, $status, $data, $keep) = @_;
    my $body = $json->encode($data);

    print {$client} join "\r\n", "HTTP/1.1 $status $reason{$status}",
        'Content-Type: application/json', 'Content-Length: ' . length $body,
        'Connection: ' . ($keep ? 'keep-alive' : 'close'), '', $body;
    $client->flush;

    return;
}


sub refuse {
    my ($client, $status, $type, $text) = @_;
    return answer($client, $status, $fault->($status, $type, $text), 0);
}


# An event stream; a client that is gone ends it.

sub stream {
    my ($client, $minor, $write) = @_;

    print {$client} join "\r\n", 'HTTP/1.1 200 OK',
        'Content-Type: text/event-stream', 'Cache-Control: no-cache',
        $minor ? 'Transfer-Encoding: chunked' : (), 'Connection: close',
        '', '';

    $write->(sub {
        my $piece = shift;

        print {$client} $minor
            ? sprintf("%x\r\n%s\r\n", length $piece, $piece) : $piece
            or POSIX::_exit(0);
        $client->flush or POSIX::_exit(0);
    });

    print {$client} "0\r\n\r\n" if $minor;
    $client->flush;

    return;
}


1;
