# Guards against a store that is right by itself and of no use to pages: a zone
# that is smaller than the shop, reloads and dying workers, seen from outside.
# Seen to fail with nothing evicted (the last pages are never translated) and
# with a state zone that is made anew by a reload.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;

use constant { PAGES => 30, TEXTS => 400 };

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Shop->new(workers => 2, engine => 'timeout 5s; queue 2000;');

sub zone { my $size = shift; $shop->{http} =~ s/(ai_zone shop:)\w+/$1$size/ }

sub word { join '', map { chr(ord('a') + $_) } split //, $_[0] }

$shop->page(word($_) => TEXTS) for 1 .. PAGES;
zone('1m');
$shop->start;


# More pages than there is room for.

for my $n (1 .. PAGES) {
    ok($shop->warm(word($n), 20), "page $n is translated")
        or last;
}

my $status = $shop->status;

cmp_ok($status->{zone}{texts}, '>', 5000, 'the zone is full of texts');
cmp_ok($status->{zone}{evicted}, '>', 500, 'the status counts evictions');
is($shop->get('/es/' . word(PAGES) . '.html')->{body},
   $shop->translated(word(PAGES)), 'the newest page is there');
unlike($shop->get('/es/' . word(1) . '.html')->{headers}{'x-ai'}, qr/HIT/,
       'the oldest is not');


# A reload keeps texts and counters, a changed size the counters.

ok($shop->warm(word(7), 20), 'a page');
my $pages = $shop->status->{pages};
ok($shop->reload, 'reloaded');
is($shop->get('/es/' . word(7) . '.html')->{body},
   $shop->translated(word(7)), 'it is still there');

zone('2m');
ok($shop->reload, 'reloaded with another size');
is($shop->status->{zone}{texts}, 0, 'the zone is empty');
is($shop->get('/es/' . word(7) . '.html')->{body}, $shop->original(word(7)),
   'the page is not there');
is($shop->status->{pages}, $pages + 2, 'pages are counted on');
ok($shop->warm(word(7), 20), 'and it is translated again');


# Workers that are killed anywhere; nothing is stored meanwhile.  One may hold
# the mutex, or be told of a new worker by the master at that moment.

my $broken = 0;

for my $round (1 .. 5) {
    my ($pid) = $shop->workers;
    my @clients = map { $shop->connect('/es/' . word(7) . '.html') } 1 .. 4;

    kill KILL => $pid;
    close $_ for @clients;

    $shop->wait_for(sub { $shop->workers == 2 }, 10)
        or diag('no new worker');

    for (1 .. 4) {
        my $r = $shop->get('/es/' . word(7) . '.html');
        $broken++ unless $r->{status} == 200
                         && $r->{body} eq $shop->translated(word(7));
    }
}

is($broken, 0, 'other workers answer with the whole page');
is($shop->status->{zone}{emptied}, 0, 'no text was lost');
is_deeply([$shop->complaints(qr/exited on signal 9$/, qr/ was locked by \d+$/,
                             qr/ sendmsg\(\) failed /)], [],
          'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
