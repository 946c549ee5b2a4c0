#!/usr/bin/env perl

# Guards against texts that get each other's translation, when a service mixes
# up the places of an answer that has no ids and the texts have no numbers or
# placeholders by which the fact lock could tell: they must be asked for again,
# one by one.  And against a service that takes off the marks by which they are
# told apart: it is to be asked for single texts from then on, not to fail.
# Seen to fail without marks (swap, slide and reverse store wrong texts), with
# missed texts asked for in batches of as many as were right (unmark=2 is taken
# for a service without marks), and with the form not remembered (unmark: nothing
# is translated).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;

my $engine = ScriptedEngine->start(AIF->port(1));

# openai: what the ids are right for

my %modes = (
    openai => [qw(reverse)],
    libretranslate => [qw(swap slide reverse shift unmark=2 unmark)],
    deepl => [qw(swap slide reverse shift unmark=2 unmark)],
);

# a shift makes an answer that is none: the engine failed
my %failed = (shift => 1);

for my $protocol (sort keys %modes) {

    my $shop = AIF::Shop->new(name => "order-$protocol", workers => 2,
                              protocol => $protocol);

    $shop->page($_ => 6) for @{ $modes{$protocol} }, 'next';
    $shop->start;

    for my $mode (@{ $modes{$protocol} }) {

        $engine->mode($mode);
        $engine->reset;

        my $page = $shop->get("/es/wait/$mode.html")->{body};

        if ($failed{$mode}) {
            is($page, $shop->original($mode), "$protocol $mode: no text");
            next;
        }

        is($page, $shop->translated($mode),
           "$protocol $mode: each text has its own");

        $engine->mode('');

        is($shop->get("/es/$mode.html")->{body}, $page, 'which is stored');

        my @told = $shop->log =~ /does not take several texts in a call/g;
        is(@told, $mode eq 'unmark' ? 1 : 0, 'and the log says what it is');

        next unless $mode eq 'unmark';

        $engine->mode($mode);
        $engine->reset;
        is($shop->get('/es/wait/next.html')->{body},
           $shop->translated('next'), 'and so for the next page');
        is_deeply([map { scalar @{ $_->{texts} } } @{ $engine->requests }],
                  [(1) x 6], 'each in a call of its own');
        @told = $shop->log =~ /does not take several texts in a call/g;
        is(@told, 1, 'the log says why, once');
    }

    is_deeply([$shop->complaints], [], 'the log has no complaint');
    ok($shop->stop, 'nginx ends in time');
}

done_testing;
