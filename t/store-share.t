#!/usr/bin/env perl

# Guards against a share that is each worker's, that never comes back or comes
# back at once, and that one visitor takes from another; and against places of
# dead workers that nobody gets again.  Seen to fail with the time not looked
# at, with the keys not compared, and with the deadline not looked at.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;

sub share { $store->op('share', @_) }
sub seat { $store->op('seat', @_) }

# shares

is(share(hash => 4242, n => 25), 10, 'a burst');
is(share(hash => 4242, n => 25), 0, 'and no more');
is(share(hash => 4242, n => 25, now => 1), 1, 'until one comes back');
is(share(hash => 4242, n => 25, now => 4), 3, 'or three');
is(share(hash => 4242, n => 25, now => 400), 10, 'and never more than all');
is(share(hash => 777, n => 25, now => 400), 10, 'another has his own');

is(share(hash => 99, n => 25, now => 1048570), 10, 'where the clock wraps');
is(share(hash => 99, n => 25, now => 1048573), 3, 'it comes back');
is(share(hash => 99, n => 25, now => 1048578), 5, 'all the same');

my $sum = 0;
$sum += share(hash => 31, n => 5, now => 9000) for 1 .. 20;
is($sum, 10, 'two workers have one share');

is(share(hash => 0, n => 25, now => 1048576 * 3 - 10), 10,
   'a key of nothing but zeros is one');
is(share(hash => 0, n => 25, now => 1048576 * 3 - 10), 0, 'as any other');

is(share(hash => 5, n => 3000, keys => 300, now => 20000), 3000,
   'three hundred have all of theirs');
is(share(hash => 5, n => 3000, keys => 300, now => 20000), 0,
   'and no more');
is(share(hash => 5, n => 200000, keys => 100000, now => 20100), 200000,
   'more than there is room for: none is refused');

# seats

is(seat(n => 9, size => 4), 4, 'four seats are four');
is(seat(n => 9, size => 4), 4, 'and are given back');
is(seat(n => 2, size => 4, hold => 1, ms => 700), 2, 'two do not leave');
is(seat(n => 9, size => 4), 2, 'two are left, for both workers') for 1 .. 8;
is(seat(n => 2, size => 4, hold => 1, ms => 100000), 2, 'nor do two more');
is(seat(n => 9, size => 4), 0, 'none is left');
ok($store->nginx->wait_for(sub { seat(n => 9, size => 4) == 2 }, 3),
   'but when their time is over two are');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing;
