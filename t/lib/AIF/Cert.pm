package AIF::Cert;

# An authority of a test's own, and the certificates it issues: files in a
# folder, keys of 256 bits on P-256.
#
#     my $ca = AIF::Cert->authority("$dir/ca") or plan skip_all => 'no openssl';
#     $ca->issue("$dir/shop", 'DNS:shop.example');
#     $ca->issue("$dir/old", 'IP:127.0.0.1', days => -1);
#
# Each name stands for NAME.pem and NAME.key.

use strict;
use warnings;

use AIF ();
use File::Basename qw(dirname);
use POSIX ();

my @key = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes');


# undef if there is no openssl

sub authority {
    my ($class, $name) = @_;

    my $self = bless { name => $name, log => dirname($name) . '/openssl.log' },
                     $class;

    $self->openssl('version') or return;
    $self->openssl('req', '-x509', @key, '-days', 2, '-subj',
                   '/CN=an authority', '-keyout', "$name.key", '-out',
                   "$name.pem") or die AIF->slurp($self->{log});

    return $self;
}


sub issue {
    my ($self, $name, $for, %arg) = @_;

    AIF->spew("$name.ext", "subjectAltName=$for\n");
    $self->openssl('req', @key, '-subj', '/CN=a test', '-keyout',
                   "$name.key", '-out', "$name.csr")
        && $self->openssl('x509', '-req', '-in', "$name.csr", '-CA',
                          "$self->{name}.pem", '-CAkey', "$self->{name}.key",
                          '-CAcreateserial', '-days', $arg{days} || 2,
                          '-extfile', "$name.ext", '-out', "$name.pem")
        or die AIF->slurp($self->{log});

    return $name;
}


sub openssl {
    my ($self, @command) = @_;

    my $pid = fork;
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>>', $self->{log};
        open STDERR, '>&', \*STDOUT;
        { no warnings 'exec'; exec 'openssl', @command; }
        POSIX::_exit(127);
    }

    waitpid $pid, 0;
    return $? == 0;
}


1;
