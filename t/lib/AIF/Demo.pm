package AIF::Demo;

# A run of scripts/demo, everything installed and built.
#
#     my $demo = AIF::Demo->start(AIF->port, '--once');
#     my ($status, $said) = $demo->finish;
#     is($demo->left, '');
#
# said() is what it printed so far, wait_for($pattern, $seconds) waits for a
# part of that; interrupt() is Ctrl-C.  It ends with the object, or the test.

use strict;
use warnings;

use AIF ();
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

my $runs = 0;
my %running;


sub start {
    my ($class, $port, @more) = @_;
    my @command = ("$AIF::top/scripts/demo", '-q', '--port', $port, @more);
    my $out = AIF->scratch('demo-' . ++$runs) . '/out';

    AIF->spew($out, '');

    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    # Ctrl-C comes from a terminal, where the signal is not ignored

    if ($pid == 0) {
        delete @ENV{ grep /^(?:TEST_NGINX|AIF_SLOT)/, keys %ENV };
        $SIG{INT} = 'DEFAULT';
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }

    $running{$pid} = $$;

    return bless { pid => $pid, out => $out, port => $port }, $class;
}


# Why there is nothing to show, or undef.

sub lacks {
    my ($class, @what) = @_;

    return 'the demo is of the packaged nginx'
        if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

    for my $what (@what) {
        return 'Apertium is not installed: scripts/setup --demo'
            if $what eq 'apertium'
               && !-f '/usr/share/apertium/modes/eng-spa.mode';

        return 'there is no llama-server: scripts/setup --llm'
            if $what eq 'models' && system('bash', '-c',
                '. "$0/scripts/lib.sh" && llama_server', $AIF::top) != 0;
    }

    return;
}


sub said { AIF->slurp($_[0]{out}) }


sub wait_for {
    my ($self, $pattern, $seconds) = @_;
    my $until = time + $seconds;

    until ($self->said =~ $pattern) {
        return 0 if time > $until;
        sleep 0.2;
    }

    return 1;
}


sub interrupt { kill INT => $_[0]{pid} }


# Its status, and all that it said.

sub finish {
    my $self = shift;

    waitpid $self->{pid}, 0;
    delete $running{ delete $self->{pid} };

    return ($?, $self->said);
}


# Ports of the demo that still answer.

sub left {
    my $port = $_[0]{port};

    return join ' ', grep {
        IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_)
    } $port .. $port + 5;
}


END {
    local $?;

    for my $pid (grep { $running{$_} == $$ } keys %running) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}


1;
