package AIF::Clock;

# A clock that goes forward when a test says so: t/lib/clock.c, preloaded.
#
#     my $clock = AIF::Clock->new or plan skip_all => 'no compiler';
#     my $nginx = AIF::Nginx->new(env => { $clock->env }, ...);
#     $clock->forward(60);       # seconds
#     $clock->at(3600);          # to the next full hour

use strict;
use warnings;

use AIF ();
use Time::HiRes ();


# undef where there is no compiler, or a sanitizer wants to be loaded first.

sub new {
    my $class = shift;

    AIF->import;
    return if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

    my $dir = AIF->scratch('clock');
    my $self = bless { library => "$dir/clock.so", file => "$dir/ahead",
                       ahead => 0 }, $class;

    system('cc', '-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o',
           $self->{library}, "$AIF::top/t/lib/clock.c", '-ldl') == 0 or return;

    AIF->spew($self->{file}, pack 'q', 0);

    return $self;
}


sub env {
    my $self = shift;

    return (LD_PRELOAD => $self->{library}, AIF_CLOCK => $self->{file});
}


# Its time, in seconds.

sub now { Time::HiRes::time() + $_[0]{ahead} / 1000 }


# In place: nginx has the file mapped.

sub forward {
    my ($self, $seconds) = @_;

    $self->{ahead} += int 1000 * $seconds;

    open my $fh, '+<:raw', $self->{file} or die "$self->{file}: $!\n";
    syswrite $fh, pack 'q', $self->{ahead};
}


# To the beginning of the next period of so many seconds.

sub at {
    my ($self, $period) = @_;
    my $now = $self->now;

    $self->forward($period - ($now - $period * int($now / $period)) + 0.01);
}


1;
