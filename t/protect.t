#!/usr/bin/env perl

# Guards against: a translation that lost or added what a pattern of
# "ai_protect" found, a text sent of which such a pattern could not tell what
# it holds, and texts from before a pattern that are served as if they had been
# held against it.  Seen to fail with the check left out, and with the patterns
# left out of the recipe.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;

    $client->answer(type => 'text/html; charset=utf-8',
                    body => "<p>Our Blue Shirt is nice</p>\n"
                            . "<p>A plain one is too</p>\n"
                            . '<p>' . 'a' x 60 . " b</p>\n");
});

my $engine = ScriptedEngine->start(AIF->port(1));

sub conf {
    my $protect = shift;

    return <<END;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_locale uri;
    ai_header X-Ai;
    ai_wait 2s;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        $protect
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /free/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_protect off;
        }
        location = /status { ai_status; }
    }
END
}

sub texts { join "\n", sort keys %{ $engine->log } }

my $nginx = AIF::Nginx->new(name => 'protect', http => conf(''))->start;

my $r = $nginx->get('/es/1');
like($r->{headers}{'x-ai'}, qr{HIT; 3/3}, 'without patterns all is taken');
like($r->{body}, qr{Bl\xc3\xba\xc3\xa9 Sh}, 'also the name');

# what is there was made without the pattern: served, and asked for anew

$engine->reset;
$nginx->reload(http => conf('ai_protect "Blue Shirt" "^(?:a+)+$";'));

$r = $nginx->get('/es/1');
like($r->{headers}{'x-ai'}, qr{; 3/3}, 'with one, old texts are served');
ok($engine->wait_for('texts', 2), 'and are renewed in the background');
like(texts(), qr{Blue Shirt}, 'with the name');
unlike(texts(), qr{aaaa}, 'but what the pattern can not read is not sent');

like($nginx->get('/status')->{body}, qr{"protected":[12]\b},
     'what came back without it is rejected');

# and in a locale that has nothing yet

$engine->reset;
$r = $nginx->get('/fr/1');
like($r->{headers}{'x-ai'}, qr{; 1/3; guard}, 'one of three is taken');
like($r->{body}, qr{<p>Our Blue Shirt is nice</p>}, 'the rest is the shop\'s');
unlike(texts(), qr{aaaa}, 'and is not sent if it can not be read');

$engine->reset;
$r = $nginx->get('/fr/free/1');
sleep 0.2;
unlike(texts(), qr{Blue|aaaa}, 'a rejected text is not asked again at once');

my ($text) = $nginx->get('/status')->{body} =~ /"protected":(\d+)/;
cmp_ok($text, '>=', 3, "rejections are counted: $text");

unlike($nginx->log, qr{Blue}, 'no text in the log');
is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
