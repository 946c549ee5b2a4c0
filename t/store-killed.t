# Guards against a worker that dies inside the lock (out of memory, a crash in
# another module, kill -9) and leaves a zone that hangs all others, gives wrong
# texts or refuses new ones.  A worker is killed at every step of each change in
# turn, 117 times.  Seen to fail with "dirty" not looked at (texts are wrong or
# a chain has no end), with marks written hash first, and with the engines'
# figures cleared when a zone is emptied.

use strict;
use warnings;

use lib 't/lib';
use AIF;
use AIF::Store;
use Test::More;

my $store = AIF::Store->new(zone => 'texts 1m', workers => 2)->start;
my $nginx = $store->nginx;

my $killed = 0;
my $seed = 20_000;


# The worker dies: no answer.  Where, is what the module's NGX_AI_FAULT says.

sub dies {
    my ($fault, $op, %arg) = @_;
    my $said = $store->op($op, %arg, fault => $fault);

    ok(!defined $said, "killed at $fault, in $op") or diag("it said $said");
    $killed++ unless defined $said;
}


# What must be true whatever happened: both workers answer (an nginx that is
# to be restarted by its master may take a moment), and the store works.

sub works {
    my $name = shift;
    my $n = $seed += 1000;

    ok($nginx->wait_for(sub { $nginx->workers == 2 }, 10), 'two workers');
    is($nginx->get('/page')->{body}, "a page\n", "pages answer after $name")
        for 1 .. 2;
    is($store->op('fill', from => $n, n => 300), 'stored=300', 'texts stored');
    is($store->op('check', from => $n, n => 300), 'hit=300 miss=0 wrong=0',
       'and found');
    like($store->op('check', from => 0, n => 300), qr/ wrong=0$/,
         'older ones are right or gone');
    is($store->op('claim', t => "claim$n", ms => 60_000), 'CLAIMED', 'claimed');
    is($store->op('poll', t => "claim$n"), 1, 'in flight');
    is($store->op('fail', t => "claim$n"), 'OK', 'given up');
}


my @steps = (
    # what is done before, where it dies in what, whether the zone is dirty
    [ sub { }, 'lookup', 'check', { from => 0, n => 300 }, 0 ],
    [ sub { }, 'claim', 'grab', { from => 500, n => 300 }, 0 ],
    [ sub { }, 'mark_half', 'grab', { from => 500, n => 300 }, 0 ],
    [ sub { }, 'put_begin', 'put', { t => 'a', v => 'b' }, 1 ],
    [ \&full, 'put_evict', 'fill', { from => 10_000, n => 3000 }, 1 ],
    [ \&used, 'put_move', 'fill', { from => 10_000, n => 3000 }, 1 ],
    [ \&short, 'put_replace', 'put', { t => 'change', v => 'x' x 500 }, 1 ],
    [ \&long, 'put_overwrite', 'put', { t => 'change', v => 'y' x 400 }, 1 ],
    [ sub { }, 'put_half', 'fill', { from => 10_000, n => 1 }, 1 ],
    [ sub { }, 'put_end', 'fill', { from => 10_000, n => 1 }, 1 ],
    [ sub { }, 'put_mark', 'put', { t => 'marked', v => 'x' }, 0 ],
    [ sub { }, 'fail', 'fail', { t => 'unmarked', hold => 100 }, 0 ],
    [ sub { }, 'empty', 'purge', {}, 1 ],
);

sub full { $store->op('fill', from => 5000, n => 4500) }

sub used {
    full();
    $store->op('check', from => 5000, n => 4500);
}

sub short { $store->op('put', t => 'change', v => 'x') }
sub long { $store->op('put', t => 'change', v => 'x' x 500) }


for my $round (1 .. 8) {
    for my $step (@steps) {
        my ($before, $fault, $op, $arg, $dirty) = @$step;

        $store->op('fill', from => 0, n => 300);
        $before->();
        $store->op('claim', t => 'marked', ms => 60_000);

        my $emptied = $store->usage->{emptied};

        dies($fault, $op, %$arg);
        works($fault);

        is($store->usage->{emptied}, $emptied + $dirty,
           $dirty ? 'it was found dirty, once' : 'nothing was lost');

        is($store->op('check', from => 0, n => 300), 'hit=300 miss=0 wrong=0',
           'not a text') unless $dirty;
    }
}


# It dies while it empties what another left.

dies('put_end', 'fill', from => 10_000, n => 1);
dies('empty', 'get', t => 'a');
works('two deaths in a row');


# What is counted, spent and broken is not in the zone that is emptied: budgets,
# breakers and counters of engines stay, to the byte.

my $figures = $store->op('figures', n => 17);
isnt($figures, $store->op('figures', n => 18), 'figures are set');
$figures = $store->op('figures');

for my $step (grep { $_->[4] } @steps) {
    my ($before, $fault, $op, $arg) = @$step;

    $before->();
    my $emptied = $store->usage->{emptied};
    dies($fault, $op, %$arg);
    works("$fault, with figures");
    is($store->usage->{emptied}, $emptied + 1, 'the zone is emptied');
    is($store->op('figures'), $figures, 'the figures are what they were');
}


# A mark half written is none.

dies('mark_half', 'claim', t => 'half', ms => 60_000);
is($store->op('get', t => 'half'), 'MISS', 'nobody fetches it');
is($store->op('claim', t => 'half', ms => 60_000), 'CLAIMED', 'so one may');


# Marks that a dead worker left expire.

$store->op('purge');
dies('claim', 'claim', t => 'left', ms => 5000);
is($store->op('get', t => 'left'), 'PENDING', 'its mark is there');
is($store->op('get', t => 'left', later => 5100), 'MISS', 'until its deadline');
is($store->op('claim', t => 'left', later => 5100), 'CLAIMED',
   'then another fetches it');


# And a reload is nothing special.

dies('put_half', 'put', t => 'a', v => 'b');
ok($nginx->reload, 'reloaded');
works('a reload');

cmp_ok($killed, '>=', 100, "$killed workers were killed inside the lock");

my $log = $nginx->log;
my $exits = () = $log =~ /\[alert\] .* exited on signal 9$/mg;
my $locks = () = $log =~ /zone "texts" was locked by \d+$/mg;
my $told = () = $log =~ /\[warn\] .* zone "texts" was left half changed/g;

is($exits, $killed, 'the master has seen each of them');
is($locks, $killed, 'and opened the mutex of each');
is($told, $store->usage->{emptied}, 'each emptied zone is told in the log');
is_deeply([$nginx->complaints(qr/exited on signal 9$/,
                              qr/zone "texts" was locked by \d+$/)], [],
          'nothing else to complain of');

done_testing();
