#!/usr/bin/env perl

# Guards against a new prompt that leaves pages untranslated or costs a fortune
# at once: 1,000 stored texts, a budget for 100 of them a minute, and visitors
# at all pages all the time.  In ten minutes, of nginx's own clock, all are
# renewed, no minute has more than its budget, and every page that a visitor
# gets is a whole translation, each text the old or the new one.  Seen to fail
# with the prompt left out of the recipe (none is renewed) and without a budget
# (all in one minute).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Clock;
use AIF::Shop;
use Encode qw(encode);
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $clock = AIF::Clock->new
    or plan skip_all => 'the clock needs a compiler and the packaged nginx';

my $engine = ScriptedEngine->start(AIF->port(1));
my @pages = map { "page$_" } 10 .. 29;
my ($texts, $batch) = (50, 10);

my $shop = AIF::Shop->new(
    env => { $clock->env }, http => 'ai_prompt translate { tone friendly; }',
    engine => "batch $batch; concurrency 1; max_tokens 400;");

$shop->page($_ => $texts) for @pages;
$shop->start;

$shop->get("/es/wait/$_.html") for @pages;
my @missing = grep { $shop->get("/es/$_.html")->{body}
                     ne $shop->translated($_) } @pages;
is_deeply(\@missing, [], '1000 texts are stored');

# what a call may cost, and what it does

my $before = $shop->engine;
is($before->{calls}, @pages * $texts / $batch, 'by calls of ten');
my $reserved = $before->{bytes_sent} / $before->{calls} + 400;
my $spent = ($before->{input_tokens} + $before->{output_tokens})
            / $before->{calls};

# so the tenth call of a minute still fits, and perhaps a smaller one

my $budget = int(9.5 * $spent + $reserved);
my $http = $shop->{http} =~ s/tone friendly/tone formal/r
           =~ s/(max_tokens 400;)/$1 budget minute=$budget;/r;

ok($shop->reload(http => $http), 'another prompt, and a budget');

$engine->mode('mark');
$engine->reset;


# A visitor at each page: how many are not whole, and texts that are new.

sub visit {
    my ($bad, $new) = (0, 0);

    for my $page (@pages) {
        my @got = $shop->get("/es/$page.html")->{body} =~ m{<p>(.*)</p>}g;
        my @own = @{ $shop->{pages}{$page} };

        $bad++ if @got != @own;

        for (0 .. $#own) {
            my $old = encode('UTF-8', ScriptedEngine::rewrite($own[$_]));
            my $mark = ScriptedEngine::mark($own[$_], 'es');

            $new++ if $got[$_] eq $mark;
            $bad++ if $got[$_] ne $mark && $got[$_] ne $old;
        }
    }

    return ($bad, $new);
}

my ($wrong, $renewed, @minutes) = (0, 0);

while (@minutes < 12 && $renewed < 1000) {
    $clock->at(60);

    my ($bad, $new, $calls);

    # until nothing is asked any more

    do {
        $calls = $engine->count('requests');
        ($bad, $new) = visit();
        $wrong += $bad;
        sleep 0.05;
    } while ($engine->count('requests') != $calls);

    ($bad, $new) = visit();
    $wrong += $bad;

    my $used = $shop->engine->{scopes}{''}{minute}{used};
    push @minutes, { texts => $new - $renewed, used => $used };
    $renewed = $new;
}

note join ' ', map { "$_->{texts}/$_->{used}" } @minutes;

is($wrong, 0, 'every page was whole, at all times');
is($renewed, 1000, 'all texts are renewed');
cmp_ok(@minutes, '<=', 10, 'in ten minutes: ' . @minutes);
is((grep { $_->{used} > $budget } @minutes), 0,
   "no minute had more than $budget tokens");
is((grep { $_->{texts} > 110 } @minutes), 0, 'nor more than 110 texts');
is($engine->count('texts'), 1000, 'none was asked for twice');

visit();
sleep 0.2;
is($engine->count('texts'), 1000, 'and none again');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
