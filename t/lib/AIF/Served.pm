package AIF::Served;

# A small model of scripts/models, served as scripts/serve does it, by a real
# llama-server; what is started is ended.

use strict;
use warnings;

use AIF;
use AIF::HTTP qw(request);
use Exporter 'import';
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(asked finish post serve);

my $json = JSON::PP->new->utf8->canonical;
my @served;


# serve('writer', $port), serve('writer', $port, 'model.gguf').  The test is
# skipped where there is no llama-server.

sub serve {
    my ($what, $port, $model) = @_;

    system('bash', '-c', '. "$0/scripts/lib.sh" && llama_server', $AIF::top)
        == 0 or plan skip_all => 'there is no llama-server: scripts/setup'
                                 . ' --llm';

    my $log = AIF->scratch("served-$what") . '/log';
    my $pid = fork;

    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec "$AIF::top/scripts/serve", $what, '--port', $port,
             $model ? ('--model', $model) : () or POSIX::_exit(127);
    }

    push @served, $pid;
    my $deadline = time + 60;

    until (request($port, path => '/health')->{status} == 200) {
        time < $deadline or BAIL_OUT("$what: not ready: " . AIF->slurp($log));
        sleep 0.2;
    }
}


sub asked {
    my ($port, $path, $body) = @_;

    return request($port, method => 'POST', path => $path, timeout => 60,
                   headers => ['Content-Type: application/json'],
                   body => ref $body ? $json->encode($body) : $body);
}


sub post {
    my $r = asked(@_);

    return eval { $json->decode($r->{body}) } || { error => $r->{raw} };
}


# What was started is ended, and so is what it started itself.

sub finish {
    for my $pid (splice @served) {
        my @family = ($pid, split ' ', `pgrep -P $pid` // '');

        kill TERM => $pid;
        waitpid $pid, 0;

        my $deadline = time + 10;
        sleep 0.1 while time < $deadline && grep { kill 0, $_ } @family;
        is(join(' ', grep { kill 0, $_ } @family), '',
           'nothing is left running');
    }
}


END {
    local $?;
    kill TERM => @served if @served;
}


1;
