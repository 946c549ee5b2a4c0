#!/usr/bin/env perl

# scripts/demo shows a page of the demo shop coming translated by a real
# engine, and leaves nothing running: not at its end, not at Ctrl-C, not when
# it is killed.  Without Apertium the walk is skipped.  It would fail if the
# example's configuration did not load, or if a text of the page were never
# translated, and was seen to with "ai_filter off" in the example.

use strict;
use warnings;

use AIF;
use AIF::Demo;
use AIF::HTTP qw(get);
use Test::More;
use Time::HiRes qw(sleep time);

my $lacks = AIF::Demo->lacks('apertium');
plan skip_all => $lacks if $lacks;

my $port = AIF->port;
my $demo = AIF::Demo->start($port, '--once');
my ($status, $said) = $demo->finish;

is($status, 0, 'the walk ends well') or diag $said;
like($said, qr{^ +/product/1 +200 .*"Blue rain jacket"$}m,
     "the shop's own page first");
like($said, qr{^ +/es/product/1 +200 +\$ai_status MISS }m, 'then a miss');
like($said, qr{^ +/es/product/1 +200 +\$ai_status HIT .*"Chaqueta.* azul"$}m,
     'then the translated page');
is($demo->left, '', 'nothing is left running');

SKIP: {
    my $lacks = AIF::Demo->lacks('models');
    skip $lacks, 5 if $lacks;

    like($said, qr{^ +/product/16 +description +Garden lantern\b.*\d}m,
         'a page without a text has one, from its facts');
    like($said, qr{^ +/es/product/16 +description +Garden lantern\b.* de hierro\b}m,
         'and another in Spanish');
    like($said, qr{^ +/product/16 +title +Garden lantern\b.*Harbour}m,
         'and a title');
    like($said, qr{^ +/product/16 +meta-description +\S*.*lantern}m,
         'and what search engines show');
    like($said, qr/^ +negative [01]\.\d+ +The boots were too narrow/m,
         'the classifier reads reviews');
}

$demo = AIF::Demo->start($port);
$demo->wait_for(qr/Ctrl-C/, 120) or diag $demo->said;

my $story = wait_until(sub {
    my $r = get($port, '/es/story');
    ($r->{headers}{'x-ai-status'} || '') =~ /HIT/ && $r
}, 60);

ok($story, 'a page with inline tags in every sentence is translated whole');
like($story->{body} || '', qr{<a href="product/2" title="Nuestra camisa},
     'with its link where it was, and the title of it');
is_deeply(tags($story->{body}), tags(get($port, '/story')->{body}),
          'every inline tag is still there');

my $search = get($port, '/search?q=wool&format=json');
like($search->{body}, qr/"count":2/, 'the search answers in JSON');

$demo->interrupt;
($status) = $demo->finish;
is($status >> 8, 130, 'Ctrl-C ends it');
is($demo->left, '', 'and nothing is left running');

$demo = AIF::Demo->start($port);
$demo->wait_for(qr/starting nginx/, 120);
kill KILL => $demo->{pid};
$demo->finish;
ok(wait_until(sub { $demo->left eq '' }, 10),
   'killed, it leaves nothing either') or diag $demo->left;

done_testing;


sub wait_until {
    my ($code, $seconds) = @_;
    my $deadline = time + $seconds;

    while (time < $deadline) {
        my $value = $code->();
        return $value if $value;
        sleep 0.2;
    }

    return;
}


sub tags {
    my %n;

    $n{$_}++ for ($_[0] || '') =~ m{<(/?(?:b|i|em|strong|a|sup|span|br))\b}g;

    return \%n;
}
