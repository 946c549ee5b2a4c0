#!/usr/bin/env perl

# Guards against a day that costs more than its budget because minutes and days
# are counted by different clocks, begin at odd times or are forgotten when they
# end, and against money that is lost with calls that failed.  A shop through
# two days of nginx's own clock, with visitors every half hour: more than a
# minute may have, and more than a day.  Seen to fail with a day that ends every
# hour, and with nothing settled after a call (what was reserved is used up).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Clock;
use AIF::Shop;
use ScriptedEngine;
use Test::More;

my $clock = AIF::Clock->new
    or plan skip_all => 'the clock needs a compiler and the packaged nginx';

my $engine = ScriptedEngine->start(AIF->port(1));

# 24 characters a text, three texts a minute, a hundred a day

my ($length, $minute, $day) = (24, 3, 100);

my $shop = AIF::Shop->new(
    env => { $clock->env }, protocol => 'libretranslate', workers => 2,
    listen => 'reuseport', server => 'ai_incomplete mixed;',
    engine => 'batch 1; price input=20; timeout 2s; budget minute='
              . $length * $minute . ' day=' . $length * $day . ';');

my $n = 0;
my %seen;

# pages of five texts each, all of the same length

sub page {
    my $name = sprintf 'p%03d', $n++;
    my @texts = map { "Shirt of " . AIF::Shop::word(100_000 + 10 * $n + $_)
                      . ' and more' } 0 .. 4;

    $shop->{pages}{$name} = \@texts;
    AIF->spew("$shop->{dir}/html/$name.html", AIF::Shop::html(@texts));

    return $name;
}

$shop->start;
page();
is(length $shop->{pages}{p000}[0], $length, 'texts of one length');

sub account { $shop->engine->{scopes}{''} }

my (@minutes, @days);

$clock->at(86400);

for my $half (0 .. 95) {

    # every fourth time the engine refuses first, which is for nothing
    if ($half % 4 == 3) {
        $engine->mode('status=401');
        $shop->get('/es/wait/' . page() . '.html');
        $engine->mode('');
        $clock->forward(60);
    }

    $engine->reset;
    $shop->get("/es/wait/$_.html") for page(), page();

    my $account = account();
    push @minutes, { texts => $engine->count('texts'),
                     used => $account->{minute}{used} / $length };
    $days[$half / 48] += $engine->count('texts');

    $clock->at(1800);
}

note "days: @days";
note 'minutes: ' . join ' ', map { $_->{texts} } @minutes;

is((grep { $_->{texts} > $minute || $_->{used} > $minute } @minutes), 0,
   'no minute has more than its budget');
is_deeply(\@days, [$day, $day], 'each day has what it may, and no more');
is((grep { $_->{texts} != $minute } @minutes[0 .. 30, 48 .. 78]), 0,
   'and until then each minute its own');
is((grep { $_->{texts} != 0 } @minutes[36 .. 47, 84 .. 95]), 0,
   'after that none is asked for');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
