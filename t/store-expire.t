# Guards against texts that are renewed too early, too late or never, and
# against people's texts that are paid for again.  The clock is set ahead for
# single calls, nothing sleeps.  Seen to fail with the age not looked at, with
# 0 seconds taken for "at once", and with a young text stale to a worker whose
# clock is behind.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;


sub said {
    my ($want, $op, %arg) = @_;
    my $name = delete $arg{is};

    is($store->op($op, %arg), $want, $name);
}


said('OK', 'put', t => 'one', v => 'uno', is => 'stored');
said('HIT uno', 'get', t => 'one', valid => 10, is => 'fresh');
said('HIT uno', 'get', t => 'one', valid => 10, later => 9900,
     is => 'just before its age');
said('STALE uno', 'get', t => 'one', valid => 10, later => 12_100,
     is => 'stale after it, and served');
said('HIT uno', 'get', t => 'one', later => 400_000_000,
     is => 'without an age it is fresh for ever');
said('HIT', 'claim', t => 'one', valid => 10, is => 'not to be fetched yet');
said('CLAIMED', 'claim', t => 'one', valid => 10, later => 12_100,
     is => 'then it is');
said('OK', 'put', t => 'one', v => 'UNO', valid => 10, later => 12_100,
     is => 'renewed');
said('HIT UNO', 'get', t => 'one', valid => 10, later => 12_100,
     is => 'is fresh');
said('HIT UNO', 'get', t => 'one', valid => 10, later => 22_000,
     is => 'from then on');
said('STALE UNO', 'get', t => 'one', valid => 10, later => 24_200,
     is => 'for its age');
said('HIT UNO', 'get', t => 'one', valid => 10,
     is => 'a clock that is behind makes nothing stale');


# A negative one.

said('OK', 'fail', t => 'two', hold => 10_000, is => 'failed');
said('NEGATIVE', 'get', t => 'two', later => 9900, is => 'negative');
said('MISS', 'get', t => 'two', later => 10_100, is => 'for its time');
said('CLAIMED', 'claim', t => 'two', later => 10_100, is => 'then asked');


# A long one, renewed by a longer and by a shorter value.

said('OK', 'put', t => 'three', v => 'v' x $_, later => 1000 * $_,
     is => "renewed by $_ bytes") for 100, 3000, 2;
said('STALE vv', 'get', t => 'three', valid => 1, later => 3_000_000,
     is => 'the last one counts');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
