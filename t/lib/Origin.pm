package Origin;

# A shop's back end that does what a test says, to the byte: a forked server
# whose answers are written by the test's own code.
#
#     my $origin = Origin->start(AIF->port(2), sub {
#         my ($request, $client) = @_;     # method, path, args, headers, body
#         $client->answer(body => '<p>Hello</p>', type => 'text/html',
#                         headers => ['ETag: "1"'], pieces => 7);
#     });
#
# answer(): status, type (none if undef), headers, body, pieces (bytes per
# write, or a list of sizes; the rest follows whole), delay (seconds between
# pieces), chunked, length (announced; undef: none, the connection's end tells),
# cut (bytes of the body after which the connection is closed).  Each connection
# has one request and a process of its own.  The server ends with the test.

use strict;
use warnings;

use IO::Handle;
use IO::Socket::INET;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes ();

my %running;


sub start {
    my ($class, $port, $code) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 511,
                                       LocalPort => $port, ReuseAddr => 1)
        or die "can't listen on 127.0.0.1:$port: $!\n";

    my $pid = fork;
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        $SIG{CHLD} = 'IGNORE';
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        eval { serve($listen, $code) };
        print STDERR "origin: $@" if $@;
        POSIX::_exit(0);
    }

    $running{$pid} = $$;

    return bless { pid => $pid, port => $port, owner => $$ }, $class;
}


sub serve {
    my ($listen, $code) = @_;
    my $parent = getppid;

    while (getppid == $parent) {
        my $vec = '';
        vec($vec, fileno $listen, 1) = 1;
        next unless select($vec, undef, undef, 1) > 0;

        my $s = $listen->accept or next;
        my $pid = fork;

        if (defined $pid && $pid == 0) {
            eval { one($s, $code) };
            print STDERR "origin: $@" if $@;
            POSIX::_exit(0);
        }

        close $s;
    }
}


sub one {
    my ($s, $code) = @_;

    local $SIG{PIPE} = 'DEFAULT';
    setsockopt $s, IPPROTO_TCP, TCP_NODELAY, 1;

    my $line = <$s>;
    return unless defined $line;

    my ($method, $uri) = $line =~ /^(\S+) (\S+)/ or return;
    my ($path, $query) = split /\?/, $uri, 2;
    my %request = (method => $method, uri => $uri, path => $path,
                   args => {}, headers => {}, body => '');

    for my $pair (split /&/, defined $query ? $query : '') {
        my ($name, $value) = split /=/, $pair, 2;
        $request{args}{$name} = defined $value ? $value : '';
    }

    while (defined(my $field = <$s>)) {
        last if $field =~ /^\r?\n/;
        $request{headers}{lc $1} = $2 if $field =~ /^([^:]+):\s*(.*?)\r?\n/;
    }

    read $s, $request{body}, $request{headers}{'content-length'} || 0;

    $code->(\%request, bless { socket => $s, request => \%request },
            'Origin::Client');
    $s->shutdown(1);

    # what is unread would turn the end into a reset
    sysread $s, my $rest, 65536;
    close $s;
}


sub stop {
    my $self = shift;
    my $pid = delete $self->{pid} or return;

    return unless $self->{owner} == $$;

    delete $running{$pid};
    kill TERM => $pid;
    waitpid $pid, 0;
}


sub DESTROY { local ($?, $@, $!); $_[0]->stop }


END {
    my $status = $?;

    for my $pid (grep { $running{$_} == $$ } keys %running) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }

    $? = $status;
}


package Origin::Client;

my %reason = (200 => 'OK', 206 => 'Partial Content', 301 => 'Moved Permanently',
              302 => 'Found', 304 => 'Not Modified', 404 => 'Not Found',
              410 => 'Gone', 500 => 'Internal Server Error');


sub write {
    my ($self, $bytes) = @_;

    while (length $bytes) {
        my $n = syswrite $self->{socket}, $bytes;
        return 0 unless $n;
        substr $bytes, 0, $n, '';
    }

    return 1;
}


sub answer {
    my ($self, %arg) = @_;

    my $status = $arg{status} || 200;
    my $body = defined $arg{body} ? $arg{body} : '';
    my $length = exists $arg{length} ? $arg{length} : length $body;
    my $type = exists $arg{type} ? $arg{type} : 'text/html';
    my @head = ("HTTP/1.1 $status " . ($reason{$status} || 'Status'));

    push @head, "Content-Type: $type" if defined $type;
    push @head, "Content-Length: $length" if defined $length && !$arg{chunked};
    push @head, 'Transfer-Encoding: chunked' if $arg{chunked};
    push @head, 'Connection: close', @{ $arg{headers} || [] };

    $self->write(join "\r\n", @head, '', '') or return;
    return if $self->{request}{method} eq 'HEAD';

    $body = substr $body, 0, $arg{cut} if defined $arg{cut};

    my @sizes = ref $arg{pieces} ? @{ $arg{pieces} } : ();

    while (length $body) {
        my $size = @sizes ? shift @sizes
                   : $arg{pieces} && !ref $arg{pieces} ? $arg{pieces}
                   : length $body;
        my $piece = substr $body, 0, $size, '';

        $piece = sprintf("%x\r\n", length $piece) . $piece . "\r\n"
            if $arg{chunked};
        $self->write($piece) or return;
        Time::HiRes::sleep($arg{delay}) if $arg{delay} && length $body;
    }

    $self->write("0\r\n\r\n") if $arg{chunked} && !defined $arg{cut};
}


1;
