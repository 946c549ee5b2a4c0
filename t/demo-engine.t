#!/usr/bin/env perl

# scripts/demo with a chat service of one's own (--engine): the page comes
# translated by it, and products of which the shop says nothing get a title, a
# meta description and a description, in both languages, each from the facts of
# its page.  Seen to fail without the slots.

use strict;
use warnings;
use utf8;

use AIF;
use ScriptedEngine;
use Test::More;

plan skip_all => 'the demo is of the packaged nginx'
    if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

my $engine = ScriptedEngine->start(AIF->port(9));
my $out = AIF->scratch('demo-engine') . '/out';
my @demo = ("$AIF::top/scripts/demo", '-q', '--once', '--port', AIF->port,
            '--engine', $engine->url . '/v1', '--model', 'test');

my $pid = fork;
die "fork: $!\n" unless defined $pid;

if ($pid == 0) {
    delete @ENV{ grep /^(?:TEST_NGINX|AIF_SLOT)/, keys %ENV };
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $out;
    open STDERR, '>&', \*STDOUT;
    exec @demo or POSIX::_exit(127);
}

waitpid $pid, 0;
my $status = $?;
my $said = Encode::decode('UTF-8', AIF->slurp($out));

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
