#!/usr/bin/env perl

# Guards against a shop that pays for another one in the same nginx, or shows its
# texts.  Seen to fail with the scope left out of the key (a text of one shop is
# the other's) and out of the account's name (one budget for both).

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

sleep 1 while time % 86400 > 86400 - 60;

my $shop = AIF::Shop->new(protocol => 'libretranslate', engine => <<'END',
        batch 1; budget day=60; budget scope=rich day=1000;
END
                          server => <<'END');
        ai_wait 4s;
        location /shoes/ { alias %%DIR%%/html/; ai_filter on; ai_scope shoes; }
        location /hats/ { alias %%DIR%%/html/; ai_filter on; ai_scope hats; }
        location /rich/ { alias %%DIR%%/html/; ai_filter on; ai_scope rich; }
END

$shop->page("p$_" => 1) for 1 .. 9;
$shop->start;

my $length = length 'Shirt of p1 and b';

sub page { $shop->get("/es/$_[0]/p$_[1].html")->{body} eq $shop->translated("p$_[1]") ? 1 : 0 }
sub scope { $shop->engine->{scopes}{ $_[0] } }

ok(page('shoes', 1), 'a page in a scope');
ok(page('shoes', 1), 'once more');
is($engine->count('requests'), 1, 'is asked once');
ok(page('hats', 1), 'the same page in another one');
is($engine->count('requests'), 2, 'is asked again');
$shop->get('/es/p1.html');
ok($engine->wait_for(requests => 3), 'and where there is none, too');

is(page('shoes', $_), 1, "page $_ for shoes") for 2, 3;
is(page('shoes', 4), 0, 'then its budget is used');
is($shop->reason('/es/shoes/p4.html'), 'budget', 'for that reason');
is(page('hats', 2), 1, 'that of hats is not');
is(page('rich', $_), 1, "page $_ for one with a budget of its own") for 1 .. 9;

is(scope('shoes')->{day}{used}, 3 * $length, 'what shoes used');
is(scope('hats')->{day}{used}, 2 * $length, 'what hats used');
is(scope('rich')->{input}, 9 * $length, 'what the rich one sent');
is(scope('rich')->{day}{budget}, 1000, 'of its own budget');
is_deeply([sort keys %{ $shop->engine->{scopes} }],
          ['', qw(hats rich shoes)], 'all of them are in the status');
cmp_ok(scope('shoes')->{refused}, '>=', 1, 'with what was not asked');
is(scope('hats')->{refused}, 0, 'each its own');
like($shop->log, qr/\[warn\].* ai engine "scripted" in scope "shoes" has used all of its budget of 60 characters a day/,
     'the log names the scope');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
