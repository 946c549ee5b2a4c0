# Guards against marks that take the place of other live ones, so that a text
# is fetched twice, and against a full table that stops the store.  Seen to
# fail with the oldest mark in flight given away.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;


# A small part of the table: none is refused.

is($store->op('grab', from => 0, n => 100, ms => 60_000),
   'claimed=100 pending=0 miss=0 hit=0 negative=0 inflight=100',
   'a page is claimed whole');


# More than there is room for.

my $first = $store->hash('grab', from => 1000, n => 3000, ms => 60_000);

cmp_ok($first->{claimed}, '>', 500, "$first->{claimed} of 3000 are claimed");
cmp_ok($first->{miss}, '>', 1500, 'the others are not to be fetched');
is($first->{claimed} + $first->{miss}, 3000, 'all have an answer');
is($first->{inflight}, $first->{claimed}, 'what is claimed is in flight');

my $usage = $store->usage;

is($usage->{full}, $first->{miss}, 'refusals are counted');
is($usage->{marks}, $first->{claimed} + 100, 'and marks');

my $again = $store->hash('grab', from => 1000, n => 3000, ms => 60_000);

is($again->{pending}, $first->{claimed}, 'no live mark was given away');
is($again->{claimed}, 0, 'and none made');
is($store->hash('grab', from => 0, n => 100)->{pending}, 100,
   'the first page is still in flight');


# Texts are stored all the same, with a mark and without.

is($store->op('fill', from => 0, n => 4000), 'stored=4000', 'texts are stored');
is($store->op('check', from => 3000, n => 1000), 'hit=1000 miss=0 wrong=0',
   'and found');
is($store->usage->{marks}, 0, 'which clears their marks');


# Negative ones give way, those that are in flight don't.

is($store->op('claim', t => 'in-flight', ms => 60_000), 'CLAIMED',
   'one in flight');
is($store->op('drop', from => 10_000, n => 3000, hold => 60_000), 'OK',
   'many that failed');

$usage = $store->usage;
cmp_ok($usage->{marks}, '>', 800, 'the table is full of negative ones');

my $third = $store->hash('grab', from => 20_000, n => 300, ms => 60_000);

cmp_ok($third->{claimed}, '>', 290, 'which give way');
is($store->op('get', t => 'in-flight'), 'PENDING', 'the one in flight stays');


# What has expired is free.

is($store->hash('grab', from => 50_000, n => 100, later => 70_000)->{claimed},
   100, 'later there is room again');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
