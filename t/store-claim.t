# Guards against texts that are fetched twice, never, or for ever: marks that
# two workers can have, that outlive their deadline, or that a call which came
# too late takes from another.  Seen to fail with the deadline not looked at,
# with fail() clearing any mark, and with a stale text claimed while it is held.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m')->start;


sub said {
    my ($want, $op, %arg) = @_;
    my $name = delete $arg{is};

    is($store->op($op, %arg), $want, $name);
}


# Fetched and stored.

said('0', 'poll', t => 'one', is => 'nobody fetches it');
said('CLAIMED', 'claim', t => 'one', ms => 5000, is => 'the first one does');
said('PENDING', 'claim', t => 'one', ms => 5000, is => 'the second waits');
said('PENDING', 'get', t => 'one', is => 'pages see it');
said('1', 'poll', t => 'one', is => 'waiters too');
said('CLAIMED', 'claim', t => 'one', k0 => 2, is => 'of its space only');
is($store->usage->{marks}, 2, 'two marks');
is($store->usage->{texts}, 0, 'no text');
said('OK', 'put', t => 'one', v => 'uno', is => 'stored');
said('0', 'poll', t => 'one', is => 'no longer in flight');
said('HIT uno', 'get', t => 'one', is => 'but there');
said('HIT', 'claim', t => 'one', is => 'not to be fetched');
said('PENDING', 'get', t => 'one', k0 => 2, is => 'the other one still is');


# Its deadline.

said('CLAIMED', 'claim', t => 'two', ms => 5000, is => 'in flight');
said('PENDING', 'get', t => 'two', later => 4900, is => 'until its deadline');
said('MISS', 'get', t => 'two', later => 5100, is => 'and not after');
said('0', 'poll', t => 'two', later => 5100, is => 'for waiters neither');
said('CLAIMED', 'claim', t => 'two', later => 5100, ms => 9000,
     is => 'then it is anybody\'s');
said('PENDING', 'claim', t => 'two', later => 13000, is => 'for a time');
said('OK', 'put', t => 'two', v => 'dos', is => 'a late answer is stored');
said('HIT dos', 'get', t => 'two', is => 'all the same');


# Failures.

said('CLAIMED', 'claim', t => 'three', is => 'in flight');
said('OK', 'fail', t => 'three', is => 'failed, to be asked again at once');
said('MISS', 'get', t => 'three', is => 'unknown as before');
said('CLAIMED', 'claim', t => 'three', is => 'in flight again');
said('OK', 'fail', t => 'three', hold => 3000, is => 'failed, held');
said('NEGATIVE', 'get', t => 'three', is => 'negative to pages');
said('NEGATIVE', 'claim', t => 'three', is => 'and to who would fetch it');
said('0', 'poll', t => 'three', is => 'but not in flight');
said('NEGATIVE', 'get', t => 'three', later => 2900, is => 'for its time');
said('MISS', 'get', t => 'three', later => 3100, is => 'and no longer');
said('CLAIMED', 'claim', t => 'three', later => 3100, is => 'it is asked');
said('OK', 'put', t => 'three', v => 'tres', is => 'answered');
said('HIT tres', 'get', t => 'three', is => 'and there');


# A stale text.

said('STALE tres', 'get', t => 'three', recipe => 2, is => 'another recipe');
said('CLAIMED', 'claim', t => 'three', recipe => 2, ms => 5000,
     is => 'is renewed');
said('STALE renewing tres', 'get', t => 'three', recipe => 2,
     is => 'served meanwhile');
said('PENDING', 'claim', t => 'three', recipe => 2, is => 'by one');
said('HIT tres', 'get', t => 'three', is => 'for its own recipe it is fresh');
said('OK', 'fail', t => 'three', recipe => 2, hold => 3000, is => 'failed');
said('STALE tres', 'get', t => 'three', recipe => 2, is => 'it stays');
said('NEGATIVE', 'claim', t => 'three', recipe => 2,
     is => 'and is not asked for again at once');
said('CLAIMED', 'claim', t => 'three', recipe => 2, later => 3100, ms => 5000,
     is => 'but later');
said('OK', 'put', t => 'three', recipe => 2, v => 'drei', is => 'renewed');
said('HIT drei', 'get', t => 'three', recipe => 2, is => 'fresh');
said('STALE drei', 'get', t => 'three', is => 'the old recipe is the other');


# Purge leaves what is in flight.

said('CLAIMED', 'claim', t => 'four', is => 'in flight');
said('CLAIMED', 'claim', t => 'five', is => 'in flight');
said('OK', 'fail', t => 'five', hold => 60000, is => 'held');
said('OK', 'purge', is => 'purged');
said('PENDING', 'get', t => 'four', is => 'its answer is still to come');
said('MISS', 'get', t => 'five', is => 'nothing is held any more');
said('MISS', 'get', t => 'three', is => 'nor known');


# A call whose mark has expired comes too late to touch another worker's: ask
# until it was another one.

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');
undef $store;

$store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;

my %seen;

for my $i (1 .. 500) {
    my $t = "text$i";

    $store->op('claim', t => $t, ms => 60_000);
    my $claimant = $store->worker;

    $store->op('fail', t => $t, hold => 5000);
    my $who = $store->worker == $claimant ? 'own' : 'other';

    $seen{$who}{ $store->op('get', t => $t) }++;
    last if keys %seen == 2;
}

is_deeply([keys %{ $seen{own} }], ['NEGATIVE'], 'a worker ends its own mark');
is_deeply([keys %{ $seen{other} }], ['PENDING'], 'and no other\'s');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
