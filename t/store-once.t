#!/usr/bin/env perl

# Guards against what is to be done once a day and is done twice, or never
# again; and against a table that is full and takes nothing any more.  Seen to
# fail with the time not compared and with a full set that gives no place.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;

sub once { $store->op('once', @_) }

is(once(hash => 12345, min => 1440), 1, 'a key is claimed');
is(once(hash => 12345, min => 1440), 0, 'once');
is(once(hash => 12345, now => 1439), 0, 'in a day');
is(once(hash => 12345, now => 1440), 1, 'and again the next day');
is(once(hash => 54321), 1, 'another key is another');

is(once(hash => 777, now => 100, settle => 0), 1, 'a claim is given back');
is(once(hash => 777, now => 100, settle => 1440), 1, 'is there again');
is(once(hash => 777, now => 1539), 0, 'and is kept for another time');
is(once(hash => 777, now => 200, shorten => 5), 1, 'and is shortened');
is(once(hash => 777, now => 204), 0, 'for so long');
is(once(hash => 777, now => 205), 1, 'to less');
is(once(hash => 777, now => 205, shorten => 100), 0, 'no more');
is(once(hash => 777, now => 215), 1, 'never to more');

is(once(hash => 778, now => 100, min => 15, between => 10, settle => 1440), 1,
   'shortened while it is claimed');
is(once(hash => 778, now => 109), 0, 'it is there');
is(once(hash => 778, now => 110), 1, 'and who claimed it made it no longer');

# the clock's 20 bits

is(once(hash => 99, now => 1048575, min => 10), 1, 'where the clock wraps');
is(once(hash => 99, now => 1048584), 0, 'it is still there');
is(once(hash => 99, now => 1048585), 1, 'until its time is over');

# many

is(once(hash => 1, n => 20000, now => 5000), 20000, 'many keys');
cmp_ok(once(hash => 1, n => 20000, now => 5001), '<', 500,
       'nearly all are remembered');
is(once(hash => 5, n => 500000, now => 5002), 500000,
   'and none is refused when the table is full');

my @answers = map { once(hash => 31, n => 1000, now => 9000) } 1 .. 20;
is(eval { my $sum = 0; $sum += $_ for @answers; $sum }, 1000,
   'two workers have one table');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing;
