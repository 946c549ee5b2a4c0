package AIF::Names;

# What names mean in a test: t/lib/names.c, preloaded, and a name server.
#
#     my $nginx = AIF::Nginx->new(env => { AIF::Names->env($file) }, ...);
#
# undef without a compiler, or with sanitizers, which want to be loaded first.

use strict;
use warnings;

use AIF ();
use IO::Socket::INET;
use POSIX ();


sub env {
    my ($class, $file) = @_;

    my $so = "$AIF::build/names.so";
    my $c = "$AIF::top/t/lib/names.c";

    return if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();
    return if system("gcc -shared -fPIC -O1 -Wall -Wextra -Werror -o $so.$$ $c"
                     . " -ldl >/dev/null 2>&1") != 0;
    rename "$so.$$", $so or die "$so: $!\n";

    return (LD_PRELOAD => $so, AIF_NAMES => $file);
}


# A name server on 127.0.0.1 that answers A queries with what its file says
# ("127.0.0.2", or nothing: it never answers), for one second each; AAAA with
# nothing.  "$file.asked" has a line for each query.  It ends with the test.

sub server {
    my ($class, $port, $file) = @_;

    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp',
                                       LocalPort => $port)
        or die "can't listen on 127.0.0.1:$port: $!\n";
    my $owner = $$;
    my $pid = fork;
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        eval { serve($socket, $file, $owner) };
        print STDERR $@ if $@;
        POSIX::_exit(0);
    }

    return bless { pid => $pid, owner => $owner }, $class;
}


sub serve {
    my ($socket, $file, $owner) = @_;

    while (getppid == $owner) {
        my $ready = '';
        vec($ready, fileno $socket, 1) = 1;
        next unless select($ready, undef, undef, 1) > 0;

        my $from = $socket->recv(my $query, 512) or next;
        my ($id, $name) = (substr($query, 0, 2), '');
        my $at = 12;

        while (my $n = ord substr $query, $at, 1) {
            $name .= '.' . substr $query, $at + 1, $n;
            $at += 1 + $n;
        }

        my $question = substr $query, 12, $at + 5 - 12;
        my $type = unpack 'n', substr $query, $at + 1, 2;
        my $says = -f $file ? AIF->slurp($file) : '';

        open my $log, '>>', "$file.asked" or die;
        print {$log} substr($name, 1), " $type\n";
        close $log;

        next if $says eq '';

        my $answer = $type == 1 ? "\xc0\x0c" . pack('nnNn', 1, 1, 1, 4)
                                  . pack 'C4', split /\./, $says : '';

        $socket->send($id . pack('n5', 0x8180, 1, $answer ne '' ? 1 : 0, 0, 0)
                      . $question . $answer, 0, $from);
    }
}


sub DESTROY {
    my $self = shift;
    local ($?, $@, $!);

    return unless $self->{owner} == $$;
    kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;
}


1;
