package AIF::NoMemory;

# Allocations that fail when a test says so: t/nomem/nomem.c, preloaded.
#
#     my $memory = AIF::NoMemory->new or plan skip_all => 'no compiler';
#     my $nginx = AIF::Nginx->new(env => { $memory->env }, ...);
#     $memory->fail(3);          # the third large one from now on
#     $memory->fail('all');
#     my $n = $memory->fail(0);  # none; returns how many were wanted meanwhile

use strict;
use warnings;

use AIF ();


# undef where there is no compiler, or a sanitizer has memory of its own.

sub new {
    my $class = shift;

    AIF->import;
    return if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

    my $dir = AIF->scratch('nomem');
    my $self = bless { library => "$dir/nomem.so", file => "$dir/which" },
                     $class;

    system('cc', '-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o',
           $self->{library}, "$AIF::top/t/nomem/nomem.c") == 0 or return;

    AIF->spew($self->{file}, pack 'LL', 0, 0);

    return $self;
}


sub env {
    my $self = shift;

    return (LD_PRELOAD => $self->{library}, AIF_NOMEM => $self->{file});
}


# In place: nginx has the file mapped.

sub fail {
    my ($self, $which) = @_;

    open my $fh, '+<:raw', $self->{file} or die "$self->{file}: $!\n";
    sysread $fh, my $was, 8;
    sysseek $fh, 0, 0;
    syswrite $fh, pack 'LL', $which eq 'all' ? 0xffffffff : $which, 0;

    return (unpack 'LL', $was)[1];
}


1;
