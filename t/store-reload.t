# Guards against a reload that empties the store, loses its counters or changes
# the secret of the keys (all texts of the durable tiers would be lost to
# look-ups), and against a changed size that does not work.  Seen to fail with
# the state zone made anew, and with an inherited zone initialised.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;
my $nginx = $store->nginx;


$store->op('fill', from => 0, n => 1000);
$store->op('claim', t => 'in-flight', ms => 60_000);

my $state = $store->hash('state', t => 'apertium');
is($state->{pages}, 1, 'a counter');
is($store->hash('state', t => 'deepl')->{slot}, 1, 'another engine\'s slot');
like($state->{secret}, qr/^[0-9a-f]{32}$/, 'a secret');
unlike($state->{secret}, qr/0{8}/, 'and not an empty one');


# The same size.

ok($nginx->reload, 'reloaded');
is($store->op('check', from => 0, n => 1000), 'hit=1000 miss=0 wrong=0',
   'texts are there');
is($store->op('get', t => 'in-flight'), 'PENDING', 'and what is in flight');

my $again = $store->hash('state', t => 'apertium');
is($again->{pages}, 3, 'counters go on');
is($again->{calls}, 4, 'of engines too');
is($again->{slot}, 0, 'in the same slot');
is($again->{secret}, $state->{secret}, 'the secret is the same');
is($store->op('fill', from => 5000, n => 9000), 'stored=9000',
   'it can still be filled');
is($store->op('check', from => 13_000, n => 1000), 'hit=1000 miss=0 wrong=0',
   'and evict');


# Another size.

ok($nginx->reload(http => $store->conf('texts 2m')), 'reloaded, larger');

my $usage = $store->usage;
is($usage->{size}, 2 * 1024 * 1024, 'its size is another');
is($usage->{texts}, 0, 'it is empty');

my $third = $store->hash('state', t => 'apertium');
is($third->{pages}, 4, 'counters go on');
is($third->{secret}, $state->{secret}, 'the secret is the same');
is($store->op('fill', from => 0, n => 6000), 'stored=6000', 'it works');
is($store->op('check', from => 0, n => 6000), 'hit=6000 miss=0 wrong=0',
   'and has its new size');

ok($nginx->reload(http => $store->conf('texts 1m')), 'reloaded, smaller');
is($store->op('fill', from => 0, n => 6000), 'stored=6000', 'it works');
cmp_ok($store->usage->{texts}, '<', 4500, 'and has its old size');
is($store->hash('state', t => 'apertium')->{secret}, $state->{secret},
   'the secret is the same');


# A configuration that is refused changes nothing.

my $n = $store->usage->{texts};
$nginx->write_conf(http => $store->conf('texts 1m', 'nonsense;'));
kill HUP => $nginx->{pid};
ok($nginx->wait_for(sub { $nginx->log =~ /unknown directive "nonsense"/ }),
   'a broken configuration is refused');
is($store->usage->{texts}, $n, 'all texts are there');


# Another name is another zone, and other counters.

ok($nginx->reload(http => $store->conf('other 1m')), 'reloaded, renamed');
is($store->usage->{name}, 'other', 'by its name');
is($store->usage->{texts}, 0, 'it is empty');

my $other = $store->hash('state', t => 'apertium');
is($other->{pages}, 1, 'so are its counters');
isnt($other->{secret}, $state->{secret}, 'the secret is another');

is_deeply([$nginx->complaints(qr/unknown directive "nonsense"/)], [],
          'nothing to complain of');

done_testing();
