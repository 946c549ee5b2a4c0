package AIF::Browser;

# A visitor with Chromium, and the shops that only work in a browser.
#
#     use AIF;
#     use AIF::Browser;
#
#     my $lacks = AIF::Browser->lacks('next15');
#     plan skip_all => $lacks if $lacks;
#
#     my $shop = AIF::Browser->next('next15', AIF->port(2));
#     my $seen = AIF::Browser->drive({ open => $shop->{url} },
#                                    { read => ['h1', 'title'] });
#     is_deeply($seen->{complaints}, []);
#     is($seen->{steps}[1]{h1}, 'Hello');
#
# What scripts/setup --browser made is under build/browser; the steps are
# described in t/browser/driver/drive.  next() starts one of our Next.js shops,
# demo() the shop of scripts/demo, evershop() a real one, which is reached by a
# socket of the file system.  A shop ends with its object, or with the test.

use strict;
use warnings;

use AIF ();
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ':sys_wait_h';
use ScriptedEngine ();
use Time::HiRes qw(sleep time);

my %running;


sub made { ($ENV{AIF_BROWSER_BUILD} || "$AIF::build/browser") . "/$_[0]" }


sub program {
    for my $dir (split /:/, $ENV{PATH}) {
        return "$dir/$_[0]" if -x "$dir/$_[0]";
    }

    return;
}


# Why there is nothing to test with, or undef.

sub lacks {
    my ($class, @shops) = @_;

    for my $name (qw(chromium node)) {
        return "there is no $name: scripts/setup --browser" unless program($name);
    }

    for my $part ('driver', @shops) {
        return "$part is not built: scripts/setup --browser"
            unless -f made($part) . '/.ready';
    }

    return;
}


sub drive {
    my ($class, @steps) = @_;

    return $class->node('drive', \@steps, 'driver',
                        "$AIF::top/t/browser/driver/drive", program('chromium'));
}


# judge({ name => { file => ..., charset => ..., html => ... } }): what
# t/browser/serve/judge says.

sub judge {
    my ($class, $pages) = @_;

    return $class->node('judge', $pages, 'judges',
                        "$AIF::top/t/browser/serve/judge", made('judges'));
}


# What a program says, which reads JSON and writes some.

sub node {
    my ($class, $name, $input, $modules, @command) = @_;

    my $dir = AIF->scratch($name);
    my $json = JSON::PP->new->utf8;

    AIF->spew("$dir/input.json", $json->encode($input));

    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        # Chromium writes into its home
        $ENV{HOME} = $ENV{TMPDIR} = $dir;
        $ENV{NODE_PATH} = made($modules) . '/node_modules';
        open STDIN, '<', "$dir/input.json";
        open STDOUT, '>', "$dir/result.json";
        open STDERR, '>', "$dir/errors";
        exec program('node'), @command or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    die "$name failed:\n" . AIF->slurp("$dir/errors") if $?;

    return $json->decode(AIF->slurp("$dir/result.json"));
}


sub next {
    my ($class, $name, $port) = @_;

    return $class->serve($port, made($name), program('node'),
                         'node_modules/next/dist/bin/next', 'start',
                         '-H', '127.0.0.1', '-p', $port);
}


sub demo {
    my ($class, $port) = @_;

    return $class->serve($port, $AIF::top, $^X, 'scripts/demo.d/shop', $port);
}


# evershop($url): behind an nginx with that address

sub evershop {
    my ($class, $url) = @_;
    my $socket = AIF->scratch('evershop') . '/http';

    return $class->serve($socket, $AIF::top, 't/browser/serve/evershop',
                         made('evershop'), $socket, $url);
}


# serve($port, $folder, @command): when it is back the port, or the socket of
# that name, answers.  A real shop takes its time.

sub serve {
    my ($class, $port, $folder, @command) = @_;
    my $by_name = $port =~ m{/};
    my $log = $by_name ? "$port.log" : AIF->scratch("shop-$port") . '/log';
    my $url = $by_name ? "http://unix:$port:" : "http://127.0.0.1:$port";
    my $self = bless { url => $url, owner => $$ }, $class;
    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        setpgrp;
        chdir $folder or POSIX::_exit(126);
        $ENV{NEXT_TELEMETRY_DISABLED} = 1;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }

    $running{$pid} = $$;
    $self->{pid} = $pid;

    for (my $until = time + ($by_name ? 180 : 60); time < $until; sleep 0.1) {
        return $self if $by_name
            ? IO::Socket::UNIX->new(Peer => $port)
            : IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
        last if waitpid($pid, WNOHANG) == $pid;
    }

    $self->stop;
    die "@command did not start:\n" . AIF->slurp($log);
}


# warm($nginx, @paths): asks for pages until they are known whole; the paths
# of those that aren't after ten seconds.  Headers ("RSC: 1") may stand among
# the paths, and go with all of them.  Needs "ai_header X-Ai".

sub warm {
    my ($class, $nginx, @paths) = @_;
    my @headers = grep !m{^/}, @paths;

    return grep {
        my $path = $_;
        !$nginx->wait_for(sub {
            return 1 if ($nginx->get($path, @headers)->{headers}{'x-ai'} || '')
                        =~ /HIT/;
            sleep 0.1;             # a shop may count who asks how often
            return 0;
        }, 10)
    } grep m{^/}, @paths;
}


# untranslated($english, $seen): the words of $english that the scripted engine
# would have changed and that $seen has as they were, or otherwise.  A word
# with a number in it or before it may stay: it can be a unit.

sub untranslated {
    my ($class, $english, $seen) = @_;
    my @from = split ' ', $english;
    my @to = split ' ', defined $seen ? $seen : '';
    my $before = '';

    return "$seen (other words)" unless @from == @to;

    return grep {
        my ($from, $to, $number) = ($_, shift @to, "$before$_" =~ /\d/);
        $before = $from;
        $to ne ScriptedEngine::rewrite($from)
            && !($number && original($to) eq $from)
    } @from;
}


# What the scripted engine was given, if that had no accents of its own.

sub original {
    my $text = shift;

    $text =~ tr/\xe1\xe9\xed\xf3\xfa\xc1\xc9\xcd\xd3\xda\x{2bc}/aeiouAEIOU/d;

    return $text;
}


sub stop {
    my $self = shift;
    my $pid = delete $self->{pid} or return;

    return unless $self->{owner} == $$;

    delete $running{$pid};
    kill TERM => -$pid;
    waitpid $pid, 0;
}


sub DESTROY { local ($?, $@, $!); $_[0]->stop }


END {
    my $status = $?;

    for my $pid (grep { $running{$_} == $$ } keys %running) {
        kill TERM => -$pid;
        waitpid $pid, 0;
    }

    $? = $status;
}


1;
