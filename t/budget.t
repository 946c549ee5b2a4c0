#!/usr/bin/env perl

# Guards against a bill without a bound: a budget that many workers overdraw
# together, what was reserved and not spent and is lost, a shop that answers
# with errors when the money is used up, and figures that a reload forgets.
# Seen to fail with the reserve taken without an exchange, with nothing settled,
# and with texts asked although the account is shut.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $engine = ScriptedEngine->start(AIF->port(1));

sub account { my ($shop, $scope) = @_; $shop->engine->{scopes}{ $scope || '' } }

# The day must not end in the middle of this test.

sleep 1 while time % 86400 > 86400 - 60;


# Characters are counted exactly.  Each text of a page has as many.

my $shop = AIF::Shop->new(protocol => 'libretranslate', workers => 2,
                          listen => 'reuseport', wait => '4s', engine => <<'END');
        batch 1; concurrency 4; price input=20; budget day=1000;
END
$shop->page("p$_" => 1) for 10 .. 99;
$shop->page(new => 1)->start;

my $length = length 'Shirt of p10 and b';
my $most = int 1000 / $length;

my @good;
for my $n (10 .. 99) {
    my $r = $shop->get("/es/wait/p$n.html");
    push @good, $n if $r->{body} eq $shop->translated("p$n");
    $r->{status} == 200 or fail("a page is answered with $r->{status}");
    $r->{body} eq $shop->translated("p$n")
        || $r->{body} eq $shop->original("p$n") or fail("page p$n");
}

is(scalar @good, $most, "$most texts of $length characters of 1000");
is($engine->count('requests'), $most, 'in as many calls');
is($shop->reason('/es/wait/p99.html'), 'budget', 'then pages say why');
is($shop->get('/es/wait/p10.html')->{body}, $shop->translated('p10'),
   'what is there is served');

my $account = account($shop);
is($account->{input}, $most * $length, 'characters are counted');
is($account->{day}{used}, $most * $length, 'and used');
is($account->{day}{budget}, 1000, 'of what there is');
is($account->{minute}{budget}, 0, 'without a limit for minutes');
cmp_ok(abs($account->{cost} - $most * $length * 20 / 1e6), '<', 1e-8,
       'and priced');
cmp_ok($account->{refused}, '>=', 90 - $most, 'what was not asked is counted');

my @warned = $shop->log =~ /\[warn\].* (ai engine "scripted" has used .*)/g;
is_deeply(\@warned,
          ['ai engine "scripted" has used 80% of its budget of 1000 characters'
           . ' a day',
           'ai engine "scripted" has used all of its budget of 1000 characters'
           . ' a day, it is not asked until that is over'],
          'one warning at 80%, one at 100%');

# a reload, another size of the zone, and one that a worker left dirty

ok($shop->reload, 'a reload');
is_deeply(account($shop), $account, 'changes none of the figures');
(my $http = $shop->{http}) =~ s/ai_zone shop:8m/ai_zone shop:4m/;
ok($shop->reload(http => $http), 'another size of the zone');
is($shop->status->{zone}{size} < 5e6, 1, 'is there');
is_deeply(account($shop), $account, 'and changes none of the figures');
$engine->reset;
$shop->get('/es/wait/new.html');
is($engine->count('requests'), 0, 'nobody is asked');

# a larger budget counts from what was used

$http =~ s/day=1000/day=2000/;
ok($shop->reload(http => $http), 'a larger budget');
$shop->get('/es/wait/new.html');
is($engine->count('requests'), 1, 'is there at once');
is(account($shop)->{day}{used}, ($most + 1) * $length,
   'and what was used stays used');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');


# Tokens are settled by what the engine says, and returned if it fails.

$engine->reset;
$shop = AIF::Shop->new(wait => '4s', engine => <<'END');
        max_tokens 1000; timeout 1s; price input=2 output=8;
        budget day=5000 minute=100000;
END
$shop->page("p$_" => 1) for 1 .. 30;
$shop->start;

sub used { account($shop)->{day}{used} }

$shop->get('/es/wait/p1.html');
my $usage = used();
ok($usage > 0 && $usage < 2000, "a call has cost $usage");
$account = account($shop);
is($account->{input} + $account->{output}, $usage, 'as the engine said');
is(account($shop)->{minute}{used}, $usage, 'also in this minute')
    if time % 60 > 2;
cmp_ok(abs($account->{cost} - ($account->{input} * 2 + $account->{output} * 8)
                              / 1e6), '<', 1e-8, 'at its price');

$engine->mode($_), $shop->get("/es/wait/p2.html") for 'status=401';
is(used(), $usage, 'what was refused costs nothing');
$engine->mode('nousage');
$shop->get("/es/wait/p3.html");
my $guess = used() - $usage;
ok($guess > 50 && $guess < 2000, "without usage it is guessed: $guess");
$engine->mode('nothing');
my $before = used();
$shop->get("/es/wait/p4.html");
cmp_ok(used() - $before, '>=', 1000,
       'what timed out may have cost all that it could');
$engine->mode('');

# it fits no call any more: to the last texts in smaller ones

$shop->get("/es/wait/p$_.html") for 5 .. 30;
cmp_ok(used(), '<=', 5000, 'the day is not exceeded');
is($shop->reason('/es/wait/p30.html'), 'budget', 'nor are pages errors');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
