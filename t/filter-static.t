#!/usr/bin/env perl

# Guards against: a module linked into nginx that stands elsewhere in the chain
# of filters than one that is loaded, for a static build doesn't know
# ngx_module_order.  Builds an nginx with the module in it, and runs the test of
# the position with that.  Seen to fail without the change of the list in
# "config".

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use Test::More;

plan skip_all => 'another nginx is being tested'
    if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

my $out = "$AIF::build/static";

# flags of a sanitizer or of a caller's make are not for this nginx

my $said = do {
    local $ENV{MAKEFLAGS} = '';
    `$AIF::top/scripts/build --static --out $out 2>&1`;
};

is($?, 0, 'an nginx with the module in it is built') or BAIL_OUT($said);

$ENV{TEST_NGINX_BINARY} = "$out/nginx";
$ENV{TEST_NGINX_LOAD_MODULES} = '';

open my $tap, '-|', $^X, "$FindBin::Bin/filter-position.t" or die "perl: $!";
my ($checks, $bad) = (0, 0);

while (<$tap>) {
    $checks++ if /^(?:not )?ok /;
    $bad++ if /^not ok /;
    print "    $_";
}

ok(close($tap) && !$bad && $checks >= 9,
   'it sees assembled pages, before they are compressed');

done_testing();
