package AIF::Nginx;

# An nginx of a test's own, for what Test::Nginx can't: several workers that
# are killed, reloads, hundreds of clients, benches.
#
#     my $nginx = AIF::Nginx->new(
#         workers => 2,
#         main    => '...',             # outside http
#         http    => 'ai_zone z:1m; server { listen 127.0.0.1:%%PORT%%; ... }',
#         env     => { ... },
#     );
#     $nginx->start;
#     my $r = $nginx->get('/es/', 'Cookie: a=b');
#     is_deeply([$nginx->complaints], []);
#
# %%PORT%% is the slot's first port, %%PORT_1%% the next, %%DIR%% the prefix.
# It ends with its object, or with the test, and ends nothing else.

use strict;
use warnings;

use AIF ();
use AIF::HTTP ();
use IO::Socket::INET;
use POSIX ':sys_wait_h';
use Time::HiRes qw(sleep time);

our %alive;


sub new {
    my ($class, %arg) = @_;

    AIF->import;

    my $self = bless { workers => 1, log_level => 'info', name => 'nginx',
                       port => AIF->port, main => '', events => '',
                       env => {}, %arg }, $class;

    $self->{dir} ||= AIF->scratch($self->{name});
    mkdir "$self->{dir}/$_" for qw(logs html tmp);

    return $self;
}


sub expand {
    my ($self, $text) = @_;

    $text =~ s/%%PORT%%/$self->{port}/g;
    $text =~ s/%%PORT_(\d+)%%/$self->{port} + $1/ge;
    $text =~ s/%%DIR%%/$self->{dir}/g;

    return $text;
}


sub write_conf {
    my ($self, %arg) = @_;

    @$self{keys %arg} = values %arg;

    my $dir = $self->{dir};
    my $user = $> == 0 ? "user root;\n" : '';
    my $load = AIF->load_module;
    my $temp = join '', map { "    ${_}_temp_path $dir/tmp/$_;\n" }
                        qw(client_body proxy fastcgi scgi uwsgi);

    # what ai_label adds has a test of its own, t/label.t: to all others a page
    # is what the shop sent, and what they are about

    my $label = $load !~ /ngx_http_ai_filter_module/
                || $self->{http} =~ /ai_label/ ? '' : 'ai_label off;';

    AIF->spew("$dir/nginx.conf", $self->expand(<<END));
${user}${load}daemon off;
master_process on;
worker_processes $self->{workers};
pid $dir/logs/nginx.pid;
error_log $dir/logs/error.log $self->{log_level};
$self->{main}
events {
    worker_connections 1024;
    $self->{events}
}
http {
$temp
    access_log off;
    default_type text/plain;
    $label
$self->{http}
}
END
}


sub command {
    my $self = shift;
    my $dir = $self->{dir};

    return ($ENV{TEST_NGINX_BINARY}, '-p', "$dir/", '-c', "$dir/nginx.conf",
            '-e', "$dir/logs/error.log", @_);
}


# nginx -t: (true or false, what it said)

sub test {
    my ($self, %arg) = @_;

    $self->write_conf(%arg);

    my $pid = open(my $fh, '-|');
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec $self->command('-t') or exit 127;
    }

    local $/;
    my $said = <$fh>;
    close $fh;

    return ($? == 0, $said);
}


sub start {
    my ($self, %arg) = @_;

    $self->write_conf(%arg);

    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        # a group of its own: a worker that hangs ends with its master
        setpgrp;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/logs/output.log";
        open STDERR, '>&', \*STDOUT;
        $ENV{$_} = $self->{env}{$_} for keys %{ $self->{env} };
        my @under = @{ $self->{under} || [] };
        exec @under, $self->command or POSIX::_exit(127);
    }

    $self->{pid} = $pid;
    $alive{$pid} = $$;

    $self->wait_for(sub {
        if (waitpid($pid, WNOHANG) != 0) {
            delete $alive{$pid};
            delete $self->{pid};
            die "nginx did not start:\n" . $self->output . $self->log;
        }
        $self->workers == $self->{workers}
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $self->{port})
    }, 20) or die "nginx does not listen on $self->{port}\n" . $self->log;

    return $self;
}


# $nginx->wait_for(sub { ... }, seconds): true as soon as the code is.

sub wait_for {
    my ($self, $code, $seconds) = @_;
    my $deadline = time + ($seconds || 5);

    while (1) {
        my $value = $code->();
        return $value if $value;
        return if time > $deadline;
        sleep 0.01;
    }
}


sub workers {
    my $self = shift;
    my @found;

    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $fh, '<', $stat or next;
        my $line = <$fh>;
        next unless defined $line;
        my ($pid, $rest) = $line =~ /^(\d+) \(.*\) (.*)/s or next;
        my ($state, $parent) = split ' ', $rest;
        next unless $parent == $self->{pid} && $state ne 'Z';
        open my $cmd, '<', "/proc/$pid/cmdline" or next;
        local $/;
        my $title = <$cmd>;
        push @found, $pid if defined $title && $title =~ /worker process/
                             && $title !~ /shutting down/;
    }

    @found = sort { $a <=> $b } @found;

    return @found;
}


# A reload, with another configuration if one is given; returns when all
# workers are new ones.

sub reload {
    my ($self, %arg) = @_;
    my %old = map { $_ => 1 } $self->workers;

    $self->write_conf(%arg);
    kill HUP => $self->{pid};

    return $self->wait_for(sub {
        my @now = $self->workers;
        @now == $self->{workers} && !grep { $old{$_} } @now
    }, $arg{seconds} || 10);
}


sub get {
    my ($self, @arg) = @_;
    return AIF::HTTP::get($self->{port}, @arg);
}


sub request {
    my ($self, @arg) = @_;
    return AIF::HTTP::request($self->{port}, @arg);
}


sub log {
    my $file = "$_[0]{dir}/logs/error.log";
    return -f $file ? AIF->slurp($file) : '';
}


sub output {
    my $file = "$_[0]{dir}/logs/output.log";
    return -f $file ? AIF->slurp($file) : '';
}


# What must not be in a log: the lines that the test has to explain.

sub complaints {
    my ($self, @allowed) = @_;
    my @lines = grep { /\[(?:alert|emerg|crit)\]|Sanitizer|runtime error:/ }
                split /\n/, $self->log . $self->output;

    for my $allowed (@allowed) {
        @lines = grep { $_ !~ $allowed } @lines;
    }

    return @lines;
}


# stop() asks politely, stop('TERM') less so; true if it ended in time.

sub stop {
    my ($self, $signal, $seconds) = @_;
    my $pid = delete $self->{pid} or return 1;

    kill $signal || 'QUIT', $pid;

    my $ended = $self->wait_for(sub { waitpid($pid, WNOHANG) != 0 },
                                $seconds || 5);
    $self->{exit} = $? if $ended;

    if (!$ended) {
        kill TERM => $pid;
        $self->wait_for(sub { waitpid($pid, WNOHANG) != 0 }, 3)
            or do { kill KILL => -$pid; waitpid $pid, 0 };
    }

    # whoever is left of the group has no master any more
    kill KILL => -$pid;

    delete $alive{$pid};

    return $ended ? 1 : 0;
}


sub DESTROY {
    my $self = shift;
    local ($?, $@, $!);
    $self->stop('TERM', 3)
        if $self->{pid} && ($alive{ $self->{pid} } || 0) == $$;
}


$SIG{$_} ||= sub { exit 1 } for qw(INT TERM HUP);

END {
    my $status = $?;

    for my $pid (grep { $alive{$_} == $$ } keys %alive) {
        kill TERM => $pid;
        for (1 .. 300) {
            last if waitpid($pid, WNOHANG) != 0;
            sleep 0.01;
        }
        kill KILL => -$pid;
    }

    $? = $status;
}


1;
