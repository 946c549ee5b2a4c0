package AIF::HTTP;

# A small HTTP/1.1 client for tests that need to see the bytes: what came, in
# which order, whether it was cut, and when the first byte was there.

use strict;
use warnings;

use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

our @EXPORT_OK = qw(get request parse);


# get($port, '/path', 'Accept-Language: es', ...)

sub get {
    my ($port, $path, @headers) = @_;

    return request($port, method => 'GET', path => $path,
                   headers => \@headers);
}


# request($port, method =>, path =>, headers => [], body =>, timeout =>,
# raw => "whole request"): a hash of status, reason, headers (lower case, the
# last one wins), all (a list of "name: value" as they came), body (chunks
# joined), raw, cut (the body ended before it should), closed, first and total
# (seconds).

sub request {
    my ($port, %arg) = @_;

    my $timeout = $arg{timeout} || 10;
    my $method = $arg{method} || 'GET';
    my $begin = time;
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port,
                                  Timeout => $timeout)
        or return { status => 0, error => "connect: $!", body => '',
                    headers => {}, all => [], raw => '', total => 0 };

    my $out = $arg{raw};

    if (!defined $out) {
        my @headers = @{ $arg{headers} || [] };

        unshift @headers, 'Host: localhost' unless grep /^host:/i, @headers;
        push @headers, 'Connection: close'
            unless grep /^connection:/i, @headers;
        push @headers, 'Content-Length: ' . length $arg{body}
            if defined $arg{body};

        $out = join "\r\n", "$method $arg{path} HTTP/1.1", @headers, '', '';
        $out .= $arg{body} if defined $arg{body};
    }

    local $SIG{PIPE} = 'IGNORE';
    print {$s} $out;
    $s->flush;

    my ($raw, $first, $closed, $select) = ('', undef, 0, IO::Select->new($s));
    my $deadline = $begin + $timeout;

    while (time < $deadline) {
        $select->can_read($deadline - time) or last;
        my $n = sysread $s, $raw, 65536, length $raw;
        $first = time - $begin unless defined $first;

        if (!$n) {
            $closed = 1;
            last;
        }
    }

    return { %{ parse($raw, $method) }, raw => $raw, closed => $closed,
             first => $first, total => time - $begin };
}


sub parse {
    my ($raw, $method) = @_;

    my %r = (status => 0, reason => '', headers => {}, all => [], body => '',
             cut => 1);

    $raw =~ s/\A(?:HTTP\/1\.1 100 [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)+//;
    $raw =~ s/\AHTTP\/1\.[01] (\d{3}) ?([^\r\n]*)\r\n// or return \%r;
    @r{qw(status reason)} = ($1, $2);

    while ($raw =~ s/\A([^:\r\n]+):[ \t]*([^\r\n]*)\r\n//) {
        $r{headers}{lc $1} = $2;
        push @{ $r{all} }, lc($1) . ": $2";
    }

    $raw =~ s/\A\r\n// or return \%r;

    my $length = $r{headers}{'content-length'};

    if (($method || '') eq 'HEAD' || $r{status} == 304 || $r{status} == 204) {
        $r{body} = $raw;
        $r{cut} = 0;

    } elsif (($r{headers}{'transfer-encoding'} || '') =~ /chunked/i) {
        while ($raw =~ s/\A([0-9a-fA-F]+)[^\r\n]*\r\n//) {
            my $size = hex $1;

            if ($size == 0) {
                $r{cut} = 0;
                last;
            }

            $r{body} .= substr $raw, 0, $size;
            last if length($raw) < $size + 2;
            substr $raw, 0, $size + 2, '';
        }

    } else {
        $r{body} = $raw;
        $r{cut} = defined $length && length $raw < $length ? 1 : 0;
    }

    return \%r;
}


1;
