# Guards against counters of two engines in one slot, more calls in flight than
# an engine may have, and leases that a dead worker keeps for ever.  Seen to
# fail with the slot's hash not compared and with the deadline not looked at.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;


# Slots.

my $first = $store->hash('state', t => 'apertium');
is($first->{slot}, 0, 'the first engine has a slot');
is($first->{name}, 'apertium', 'by its name');
is($store->hash('state', t => "engine$_")->{slot}, $_, "so has engine $_")
    for 1 .. 63;
is($store->hash('state', t => 'one-more')->{slot}, -1, 'one more has none');
is($store->hash('state', t => 'engine7')->{slot}, 7, 'others keep theirs');
is($store->hash('state', t => 'engine7')->{calls}, 6, 'and their counters');

like($store->op('state', t => 'apertium'),
     qr/ queue unknown PARTIAL UNKNOWN$/, 'names, also of what is none');


# Leases, in an nginx that has slots.

$store = undef;
$store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;

my $long = 'a-name-of-an-engine-that-is-' . 'longer-' x 10;
is($store->hash('state', t => $long)->{name}, substr($long, 0, 63),
   'a long name is cut');
is($store->hash('state', t => "$long-2")->{slot}, 1,
   'and compared as a whole');

is($store->op('lease', n => 3, size => 5), 3, 'three of five leases');
is($store->op('lease', n => 10, size => 5), 5, 'not more than five');
is($store->op('lease', n => 10, size => 5), 5, 'they were given back');
is($store->op('lease', n => 2, size => 5, hold => 1), 2, 'two are kept');
is($store->op('lease', n => 10, size => 5), 3, 'three are left');
is($store->op('lease', n => 10, size => 5, later => 6000), 5,
   'until the deadline has passed');
is($store->op('lease', n => 300, size => 300, later => 20_000), 256,
   'there is a limit to all of them');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
