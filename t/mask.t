#!/usr/bin/env perl

# Guards against: an address, telephone number, card, bank account or whatever
# "ai_mask" names that leaves the shop, in whatever protocol; a page that shows
# a placeholder in its place; and a text that is taken although a mask was
# lost.  The engine's log is the proof.  Seen to fail with the texts sent as
# they are, with the answers not restored, and with a lost mask let through.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;

my $page = <<'END';
<h1>Contact for order</h1>
<p>Write to jane.doe@example.com or call +49 30 1234567 today</p>
<p>Our <b>friendly</b> desk: desk@<b>shop</b>.example.com waits</p>
<p>Phone 212-555-2368<br>Pay with card 4111 1111 1111 1111 please</p>
<p>Transfer to DE89 3704 0044 0532 0130 00 within days</p>
<p>Your customer number C-445566 stays yours &amp; ours</p>
<p>only@masked.example.com</p>
<img src="a.png" alt="Mail alt@example.com now">
<p>The price is $1,299.00 for 2 shirts</p>
END

my $lost = "<p>Lost: write to lost\@example.com about shirts</p>\n";
my $runaway = '<p>' . 'a' x 60 . " 1</p>\n<p>1 more</p>\n";

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;

    $client->answer(type => 'text/html; charset=utf-8',
                    body => $request->{path} =~ /lost/ ? $lost
                            : $request->{path} =~ /runaway/ ? $runaway
                            : $page);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'mask', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine openai {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_engine libretranslate {
        protocol libretranslate; url http://127.0.0.1:%%PORT_1%%;
    }
    ai_engine apertium {
        protocol apertium; url http://127.0.0.1:%%PORT_1%%;
    }
    ai_locales en es fr de it pt;
    ai_locale uri;
    ai_header X-Ai;
    ai_wait 2s;
    ai_mask email phone card iban "C-\d{6}";
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_filter on;
        location /openai/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate openai;
        }
        location /libretranslate/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate libretranslate;
        }
        location /apertium/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate apertium;
        }
        location /off/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate openai;
            ai_mask off;
        }
        location /one/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate openai;
            ai_mask email;
        }
        location /runaway/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate openai;
            ai_mask "(?:[a-zA-Z ]+)+$";
        }
        location = /status { ai_status; }
    }
END

my @secret = ('jane.doe', 'example.com', '+49', '1234567', 'desk@', '555-2368',
              '4111', '1111', 'DE89', '3704', 'C-445566', 'only@', 'alt@',
              'masked');

sub texts { join "\n", sort keys %{ $engine->log } }

sub visible {
    my ($body) = @_;

    $body =~ s/<(?!img)[^>]*>//g;
    return $body;
}

my %locale = (openai => 'es', libretranslate => 'fr', apertium => 'de');

for my $protocol (sort keys %locale) {
    $engine->reset;

    my $path = "/$locale{$protocol}/$protocol/1";

    $nginx->get($path) for 1 .. 2;
    my $r = $nginx->get($path);
    my $sent = texts();
    my $shown = visible($r->{body});

    like($r->{headers}{'x-ai'}, qr{HIT; \d+/\d+},
         "$protocol: all of the page is there");
    is((grep { index($sent, $_) >= 0 } @secret), 0,
       "$protocol: nothing that is masked left") or diag $sent;

    for my $text ('jane.doe@example.com', '+49 30 1234567',
                  'desk@shop.example.com', '212-555-2368',
                  '4111 1111 1111 1111', 'DE89 3704 0044 0532 0130 00',
                  'C-445566', 'only@masked.example.com',
                  'alt@example.com')
    {
        ok(index($shown, $text) >= 0, "$protocol: the visitor reads $text");
    }

    like($r->{body}, qr{desk\@<b>shop</b>\.example\.com},
         "$protocol: with the page's own tags");
    unlike($r->{body}, qr{<x\d}, "$protocol: no placeholder is shown");
    like($sent, qr{price is \$1,299\.00 for 2}, "$protocol: prices go as they "
         . 'are');
    unlike($r->{body}, qr{Write to}, "$protocol: and the rest is translated");
    is($engine->count('max'), 1, "$protocol: each text was sent once");
}

$engine->reset;
my $r = $nginx->get('/it/off/1');
like(texts(), qr{jane\.doe\@example\.com}, 'off: it is sent');

$engine->reset;
$r = $nginx->get('/pt/one/1');
unlike(texts(), qr{\@}, 'only addresses: they are not sent');
like(texts(), qr{DE89 3704}, 'but accounts are');

# a lost mask

$engine->reset;
$engine->mode('lost');
$r = $nginx->get('/es/openai/lost');
is($r->{body}, $lost, 'a lost mask: the text stays the shop\'s');
like($r->{headers}{'x-ai'}, qr{guard}, 'the reason is told');
like($nginx->get('/status')->{body}, qr{"mask":1\b}, 'and counted');
unlike(texts(), qr{lost\@}, 'it did not leave for that');
$engine->mode('');

# a pattern over its limit

$engine->reset;
my $t = time;
$r = $nginx->get('/es/runaway/1');
cmp_ok(time - $t, '<', 3, 'a runaway pattern keeps nobody waiting');
unlike(texts(), qr{aaa}, 'what it could not read did not leave');
like($r->{body}, qr{<p>a{60} 1</p>}, 'and stays as it is');
like($nginx->get('/status')->{body}, qr{"mask":2\b}, 'and is counted');

unlike($nginx->log, qr{jane|4111|DE89}, 'nothing of it in the log');
is_deeply([$nginx->complaints], [], 'the log has no complaint');

# what is not understood is refused with its place

my %bad = (
    'ai_mask "(abc";' => qr{invalid pattern "\(abc" in "ai_mask": missing .*},
    'ai_mask off email;' => qr{"ai_mask" directive has "off" beside},
    'ai_mask email; ai_mask card;' => qr{"ai_mask" directive is duplicate},
    'ai_protect "a{2,1}";' => qr{invalid pattern .* in "ai_protect": numbers},
    'ai_protect "x\C";' => qr{in "ai_protect": using \\C},
);

for my $line (sort keys %bad) {
    my ($ok, $said) = AIF::Nginx->new(name => 'mask-bad', http => <<END)->test;
    ai_zone shop:1m;
    $line
    server { listen 127.0.0.1:%%PORT%%; }
END
    ok(!$ok, "refused: $line");
    like($said, $bad{$line}, 'and told why');
}

done_testing;
