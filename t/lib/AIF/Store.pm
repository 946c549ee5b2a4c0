package AIF::Store;

# The store alone, in an nginx of its own: t/store's test module, built when a
# test wants it.
#
#     my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;
#     is($store->op('put', t => 'one', v => 'uno'), 'OK');
#     $store->conf('texts 2m');         # the configuration's http part
#     $store->nginx->reload(http => $store->conf('texts 2m'));
#
# op() returns the answer without its newline, undef if none came; worker() is
# the pid of who gave it.  hash() and usage() take an answer name=value apart.
# Operations are in t/store's .c file.

use strict;
use warnings;

use AIF ();
use AIF::HTTP ();
use AIF::Nginx ();


sub build {
    my $nginx = $ENV{TEST_NGINX_BINARY};
    my $out = "$AIF::build/store-test";

    # another nginx than the one in PATH has another build

    $out .= '-' . unpack('%32C*', $nginx) if $nginx ne AIF::nginx_in_path();

    # a sanitizer's options are for nginx, not for configure's small programs

    local $ENV{ASAN_OPTIONS} = 'detect_leaks=0';

    my $said = `$AIF::top/scripts/build --addon $AIF::top/t/store --out $out \\
                --nginx $nginx --cc-opt -DNGX_AI_FAULTS 2>&1`;
    die $said if $?;

    return "$out/ngx_http_ai_store_test_module.so";
}


sub new {
    my ($class, %arg) = @_;

    AIF->import;
    $ENV{TEST_NGINX_LOAD_MODULES} = build();

    my $self = bless {}, $class;
    my $http = $self->conf(delete $arg{zone}, delete $arg{more});

    $self->{nginx} = AIF::Nginx->new(workers => 1, http => $http, %arg);

    return $self;
}


sub conf {
    my ($self, $zone, $more) = @_;

    $more = '' unless defined $more;

    return <<END;
    ai_store_test_zone $zone;
    $more
    server {
        listen 127.0.0.1:%%PORT%%;

        location /page {
            return 200 "a page\\n";
        }

        location / {
            ai_store_test;
        }
    }
END
}


sub nginx { $_[0]{nginx} }
sub worker { $_[0]{worker} }
sub start { $_[0]{nginx}->start; $_[0] }


sub op {
    my ($self, $op, %arg) = @_;
    my $query = join '&', "op=$op", map { "$_=$arg{$_}" } sort keys %arg;
    my $r = $self->{nginx}->get("/?$query");

    $self->{worker} = $r->{headers}{worker};
    return unless $r && $r->{status} && $r->{status} == 200;

    my $body = $r->{body};
    $body =~ s/\n\z//;

    return $body;
}


sub hash {
    my ($self, @arg) = @_;
    my $said = $self->op(@arg);

    return defined $said ? { $said =~ /(\w+)=(\S*)/g } : {};
}

sub usage { $_[0]->hash('usage') }


1;
