# Guards against a zone that holds fewer texts than it is said to: 120,000 of
# 100 bytes with values as long in 64m.  Seen to fail with a place in the ring
# rounded up to 512 bytes.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

use constant PAGE => 5000;      # texts of one request

my $store = AIF::Store->new(zone => 'texts 64m', workers => 2)->start;


sub fill {
    my ($from, $n) = @_;
    my $stored = 0;

    for (my $i = $from; $i < $from + $n; $i += PAGE) {
        $stored += $store->hash('fill', from => $i, n => PAGE)->{stored} || 0;
    }

    return $stored;
}


is(fill(0, 120_000), 120_000, '120,000 texts are stored');
is($store->op('check', from => 0, n => 120_000), 'hit=120000 miss=0 wrong=0',
   'and found');

my $usage = $store->usage;

is($usage->{texts}, 120_000, 'counted');
is($usage->{evicted}, 0, 'none evicted');
cmp_ok($usage->{free}, '>', 30_000_000, 'and half of the zone is free');

fill(120_000, 200_000);
$usage = $store->usage;

cmp_ok($usage->{texts}, '>=', 240_000, 'it holds twice as many');
is($usage->{texts} + $usage->{evicted}, 320_000, 'what went is counted');
is($store->op('check', from => 0, n => 320_000),
   "hit=$usage->{texts} miss=$usage->{evicted} wrong=0",
   'the others are found');

note("$usage->{texts} texts in 64m");
note('200 look-ups among 100,000, ns: '
     . $store->op('bench', n => 100_000))
    if fill(0, 100_000);

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
