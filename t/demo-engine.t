#!/usr/bin/env perl

# scripts/demo with a chat service of one's own (--engine): the page comes
# translated by it, and products of which the shop says nothing get a title, a
# meta description and a description, in both languages, each from the facts of
# its page.  Seen to fail without the slots.

use strict;
use warnings;
use utf8;

use AIF;
use AIF::Demo;
use ScriptedEngine;
use Test::More;

my $lacks = AIF::Demo->lacks;
plan skip_all => $lacks if $lacks;

my $engine = ScriptedEngine->start(AIF->port(9));
my ($status, $said) = AIF::Demo->start(AIF->port, '--once', '--engine',
    $engine->url . '/v1', '--model', 'test')->finish;

utf8::decode($said);

is($status, 0, 'the walk ends well') or diag $said;
like($said, qr{^ +/es/product/1 +200 +\$ai_status HIT .*"Blúé ráín jáckét"$}m,
     'the page comes translated');

for (['', 'Here is'], ['/es', 'Aquí está']) {
    my ($locale, $begin) = @$_;

    like($said, qr{^ +$locale/product/16 +title +Garden lantern Hill & Harbour$}m,
         "\"$locale\": a title");
    like($said, qr{^ +$locale/product/16 +meta-description +$begin Garden lantern }m,
         'a meta description');
    like($said, qr{^ +$locale/product/16 +description +$begin Garden lantern .*\biron\b}m,
         'a description');
}

done_testing;
