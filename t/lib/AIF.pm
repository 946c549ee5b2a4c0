package AIF;

# What every .t needs before Test::Nginx is loaded: "use AIF;" comes first.
#
# It takes a free slot of 20 ports and a server root of its own, so that tests
# run side by side, names the nginx and the module to test, and makes
# Test::Nginx listen on 127.0.0.1 only.  A variable that is set already is
# left alone: TEST_NGINX_BINARY, TEST_NGINX_LOAD_MODULES (empty if the module
# is linked into nginx), TEST_NGINX_PORT, TEST_NGINX_SERVROOT.
#
# In Test::Nginx sections $TEST_NGINX_PORT_1 .. _9 are further free ports.
# Nothing here needs more than Perl itself.

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Path ();
use IO::Socket::INET;
use IO::Socket::UNIX;

use constant {
    FIRST_PORT => 20000,
    SLOTS      => 100,
    SLOT_PORTS => 20,
};

our $top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
our $build = $ENV{AIF_BUILD} || "$top/build";

# close-on-exec, as Perl opens it: the slot is free when this process is gone
our ($slot, $slot_lock);


sub import {
    return if defined $slot || $ENV{AIF_SLOT_OF};

    $ENV{PATH} .= ':/usr/sbin:/usr/local/sbin';
    $ENV{TEST_NGINX_BINARY} ||= nginx_in_path();
    $ENV{TEST_NGINX_LOAD_MODULES} = "$build/ngx_http_ai_filter_module.so"
        unless defined $ENV{TEST_NGINX_LOAD_MODULES};

    unless ($ENV{TEST_NGINX_PORT}) {
        take_slot();
        $ENV{TEST_NGINX_PORT} = FIRST_PORT + $slot * SLOT_PORTS;
    }

    $slot = 'given' unless defined $slot;

    my $port = $ENV{TEST_NGINX_PORT};

    $ENV{AIF_SLOT_OF} = $$;
    $ENV{TEST_NGINX_SERVROOT} ||= "$build/servroot/$port";
    $ENV{"TEST_NGINX_PORT_$_"} = $port + $_ for 1 .. 9;

    # Test::Nginx would listen on every address and expand the numbers itself

    $ENV{TEST_NGINX_SERVER_PORT} = $port;
    $ENV{TEST_NGINX_STREAM_PORT} = $port + 10;
    File::Path::make_path(File::Basename::dirname($ENV{TEST_NGINX_SERVROOT}));

    if (!$ENV{TEST_NGINX_USE_HUP} && eval { require Test::Nginx::Util; 1 }) {
        no warnings 'once';
        $Test::Nginx::Util::ServerPort = "127.0.0.1:$port";
        $Test::Nginx::Util::ServerPortForClient = $port;
        $Test::Nginx::Util::ServerAddr = '127.0.0.1';
    }
}


# A slot is taken by an abstract socket's name, which the whole machine knows,
# whatever clone a test is of; it goes with the process.

sub take_slot {
    for my $n (0 .. SLOTS - 1) {
        my $lock = IO::Socket::UNIX->new(Local => "\0aif-test-slot-$n",
                                         Listen => 1) or next;

        if (ports_free(FIRST_PORT + $n * SLOT_PORTS)) {
            ($slot, $slot_lock) = ($n, $lock);
            return;
        }
    }

    die "no free slot of ports for a test\n";
}


sub ports_free {
    my $first = shift;

    for my $port ($first .. $first + 11) {
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1,
                                      LocalPort => $port, ReuseAddr => 1);
        return 0 unless $s;
    }

    return 1;
}


sub nginx_in_path {
    for my $dir (split /:/, $ENV{PATH}) {
        return "$dir/nginx" if -x "$dir/nginx";
    }

    die "there is no nginx: run scripts/setup\n";
}


# AIF->port, AIF->port(3): the slot's ports.

sub port { $ENV{TEST_NGINX_PORT} + ($_[1] || 0) }


# The lines that load the module, for a configuration of one's own.

sub load_module {
    return join '', map {
        -f $_ or die "$_ is missing: run scripts/build\n";
        "load_module $_;\n"
    } split ' ', $ENV{TEST_NGINX_LOAD_MODULES};
}


# AIF->data('pages') is the path of test data, or undef if it is not there.

sub data {
    my $path = ($ENV{AIF_DATA} || "$top/../shared/data") . "/$_[1]";

    return -e $path ? $path : undef;
}


# A folder for a test's own files, gone and made anew.

sub scratch {
    my $dir = "$ENV{TEST_NGINX_SERVROOT}-$_[1]";

    File::Path::remove_tree($dir);
    File::Path::make_path($dir);

    return $dir;
}


sub slurp {
    open my $fh, '<:raw', $_[-1] or die "$_[-1]: $!\n";
    local $/;
    return scalar <$fh>;
}


sub spew {
    my $body = pop;
    open my $fh, '>:raw', $_[-1] or die "$_[-1]: $!\n";
    print {$fh} $body or die "$_[-1]: $!\n";
    close $fh or die "$_[-1]: $!\n";
}


1;
