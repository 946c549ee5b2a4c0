# Guards against zones that fail at the first page instead of at nginx -t.
# Seen to fail with the smallest size not looked at and with a zone that is
# declared twice let through.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m');
my $nginx = $store->nginx;


sub refused {
    my ($zone, $more, $message, $name) = @_;
    my ($passed, $said) = $nginx->test(http => $store->conf($zone, $more));

    ok(!$passed, $name);
    like($said, $message, 'and says why');
}


my ($passed, $said) = $nginx->test(http => $store->conf('texts 1m'));
ok($passed, 'the smallest zone is taken') or diag $said;

refused('texts 1023k', '', qr/\[emerg\] zone "texts" is too small in /,
        'a smaller one is refused');
refused('texts 40000m', '', qr/\[emerg\] zone "texts" is too large in /,
        'one that places can\'t be counted in too');
refused('texts 1m', 'ai_store_test_zone texts 1m;',
        qr/\[emerg\] zone "texts" is already declared in /,
        'a name twice');
refused('texts 1m', 'ai_store_test_zone texts 2m;',
        qr/\[emerg\] the size 2097152 of shared memory zone "texts" conflicts/,
        'with another size');
refused('texts 1m',
        'limit_req_zone $binary_remote_addr zone=texts:1m rate=1r/s;',
        qr/"texts" is already declared for a different use/,
        'another module\'s');
refused('texts 1m',
        'limit_req_zone $binary_remote_addr zone=texts.state:1m rate=1r/s;',
        qr/"texts.state" is already declared for a different use/,
        'the state\'s too');

done_testing();
