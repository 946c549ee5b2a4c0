# Guards against a text that is given to the wrong page, or lost: look-ups by
# hash alone, without the space or without the source.  Seen to fail with the
# comparison of k0, of the source and of the value's room taken out, and with a
# person's text overwritten by an engine's.

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


said('MISS', 'get', t => 'one', is => 'nothing is there at first');
said('OK', 'put', t => 'one', v => 'uno', is => 'a text is stored');
said('HIT uno', 'get', t => 'one', is => 'and found');
said('MISS', 'get', t => 'one', k0 => 2, is => 'in its own space only');
said('OK', 'put', t => 'one', k0 => 2, v => 'ein', is => 'another space');
said('HIT uno', 'get', t => 'one', is => 'changes nothing in the first');
said('HIT ein', 'get', t => 'one', k0 => 2, is => 'and has its own value');


# Texts that share a hash.

said('OK', 'put', t => "t$_", v => "v$_", hash => 77, is => "collision $_")
    for 1 .. 20;
said("HIT v$_", 'get', t => "t$_", hash => 77, is => "its own value, $_")
    for 1 .. 20;
said('MISS', 'get', t => 'tt', hash => 77, is => 'an unknown one of them');


# Values that change.

for my $value (qw(a abc abcdefghijklmnopqrstuvwxyz abc), 'x' x 3000, 'y') {
    said('OK', 'put', t => 't7', v => $value, hash => 77, is => 'renewed');
    said("HIT $value", 'get', t => 't7', hash => 77, is => 'by its length');
}

said("HIT v8", 'get', t => 't8', hash => 77, is => 'its neighbour is whole');
said('OK', 'put', t => 'empty', is => 'a value may be empty');
said('HIT ', 'get', t => 'empty', is => 'and is one');

my $before = $store->usage;
said('OK', 'put', t => 't7', v => 'z', hash => 77, is => 'once more');
my $after = $store->usage;

is($after->{texts}, $before->{texts}, 'one that is renewed counts once');
is($before->{texts}, 23, 'as many texts as were stored');
is($after->{generation}, $before->{generation} + 1,
   'the generation changes with every value');


# Room for values.

said('ROOM', 'get', t => 'one', room => 2, is => 'no room for the value');
said('HIT uno', 'get', t => 'one', room => 3, is => 'just enough room');


# People.

said('OK', 'put', t => 'by', v => 'person', recipe => 0, is => 'a person');
said('DECLINED', 'put', t => 'by', v => 'engine', is => 'stays');
said('HIT person', 'get', t => 'by', is => 'as it was');
said('HIT person', 'get', t => 'by', recipe => 9, is => 'of no recipe');
said('HIT person', 'get', t => 'by', valid => 1, later => 9000000,
     is => 'at any age');
said('HIT', 'claim', t => 'by', valid => 1, recipe => 9, later => 9000000,
     is => 'and is not to be fetched');
said('OK', 'put', t => 'by', v => 'other', recipe => 0, is => 'but by people');
said('HIT other', 'get', t => 'by', is => 'who change their minds');
said('OK', 'put', t => 'one', v => 'UNO', recipe => 0, is => 'or correct');
said('HIT UNO', 'get', t => 'one', is => 'what an engine wrote');


# Lengths.

my $long = 'l' x 16384;

said('OK', 'put', t => 'long', v => substr($long, 0, 7000), is => 'long');
is($store->op('fill', from => 1, n => 1, size => 16384), 'stored=1',
   'the longest text and value');
is($store->op('check', from => 1, n => 1, size => 16384),
   'hit=1 miss=0 wrong=0', 'are found whole');
is($store->op('fill', from => 1, n => 1, size => 16385), 'stored=0',
   'longer ones are refused');
is($store->usage->{full}, 1, 'which is counted');
like($store->op('grab', from => 1, n => 1, size => 16385),
     qr/^claimed=0 .*miss=1/, 'and nobody is to fetch them');


# Purge.

said('OK', 'purge', is => 'purged');
said('MISS', 'get', t => 'one', is => 'nothing is there');
is($store->usage->{texts}, 0, 'not one');
cmp_ok($store->usage->{generation}, '>', $after->{generation},
       'and the generation is another');
said('OK', 'put', t => 'one', v => 'uno', is => 'it goes on');
said('HIT uno', 'get', t => 'one', is => 'as before');

is_deeply([$store->nginx->complaints], [], 'nothing to complain of');

done_testing();
