#!/usr/bin/env perl

# Guards against: a page that becomes harder to use for people who don't see it
# or don't use a mouse: a language switcher that is no landmark's, links without
# names, a language that the page is not in.  axe-core, in Chromium, on pages of
# the demo shop, translated and with "ai_seo" and a switcher, finds nothing that
# it doesn't find in the shop's own.  Seen to fail with the switcher's list made
# of <div> instead of <li>.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use ScriptedEngine;
use Test::More;

my $lacks = AIF::Browser->lacks('judges');
plan skip_all => $lacks if $lacks;

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Browser->demo(AIF->port(2));
my $nginx = AIF::Nginx->new(name => 'nginx-axe', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es ar;
    ai_locale uri cookie:lang;
    ai_private anonymous cookie=shop_session arg=q;
    ai_seo on;

    proxy_set_header Host $http_host;
    proxy_set_header Accept-Encoding "";
    sub_filter '</header>' '<nav data-ai-switcher></nav></header>';

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_header X-Ai;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_translate scripted;
        }
    }

    server {
        listen 127.0.0.1:%%PORT_4%%;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
    }
END

my @paths = ('/', '/product/3', '/category/garden', '/story',
             '/search?q=wool');
my $axe = AIF::Browser::made('judges') . '/node_modules/axe-core/axe.min.js';

for my $locale (qw(es ar)) {
    my @cold = AIF::Browser->warm($nginx, map { "/$locale$_" } @paths);
    is("@cold", '', "all pages are there in $locale");
}

my $own = look(AIF->port(4));
is_deeply($own->{complaints}, [], "the shop's own: console clean");

for my $locale (qw(es ar)) {
    my $ours = look($nginx->{port}, "/$locale");

    is_deeply($ours->{complaints}, [], "$locale: console clean");

    for my $i (0 .. $#paths) {
        my ($before, $after) = map $_->{steps}[3 * $i + 2], $own, $ours;
        my ($links) = $ours->{steps}[3 * $i + 3]{'nav[data-ai-switcher]'};

        is_deeply(rules($after), rules($before),
                  "$locale$paths[$i]: nothing that the shop's own hasn't, "
                  . @$before . ' of its own')
            or diag "@$after";
        like($links, qr/English.*Espa/s, '... with a switcher')
            unless $paths[$i] =~ /\?/;
    }
}

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;


sub look {
    my ($port, $prefix) = @_;

    return AIF::Browser->drive({ settle => 100 }, map {
        { open => "http://127.0.0.1:$port" . ($prefix || '') . $_ },
        { axe => $axe },
        { read => ['nav[data-ai-switcher]'] }
    } @paths);
}


# Its selectors may have texts in them.

sub rules {
    my %rules;

    $rules{ /^([\w-]+)/ ? $1 : $_ }++ for @{ $_[0] };

    return \%rules;
}
