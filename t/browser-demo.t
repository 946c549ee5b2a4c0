#!/usr/bin/env perl

# Guards against: a page that is right as bytes and wrong in a browser.  The
# demo shop in Chromium, through the module: every text that a visitor sees is
# translated, its pictures and styles are there, its links stay in the
# language, and the console has nothing to complain of.  Seen to fail with
# "ai_filter off".

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use ScriptedEngine;
use Test::More;

my $lacks = AIF::Browser->lacks;
plan skip_all => $lacks if $lacks;

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Browser->demo(AIF->port(2));
my $nginx = AIF::Nginx->new(name => 'nginx-demo', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_private anonymous cookie=shop_session;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_header X-Ai;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_set_header Host $http_host;
            ai_filter on;
            ai_translate scripted;
        }
    }
END

my @cold = AIF::Browser->warm($nginx, map { "/es$_" } '/', '/product/3',
                              '/story', '/search?q=wool');
is("@cold", '', 'all pages are there in Spanish');

my @walk = (
    { open => '/' },
    { read => ['url', 'nav', '.hero', 'h2', '.card h3', '.card p', 'footer',
               'input@placeholder', '.card img@alt'] },
    { follow => '.card a[href$="/3"]' },
    { read => ['url', 'nav', 'h1', 'article .note', 'article ul',
               'form.buy button', 'form.buy button@title', '.reviews p', 'article img@alt'] },
    { follow => 'nav a[href$=story]' },
    { read => ['url', 'article'] },
    { open => '/search?q=wool' },
    { read => ['url', '.note', '.card h3', '.card p'] },
);

my $base = "http://127.0.0.1:$nginx->{port}";
my $english = AIF::Browser->drive({ settle => 200 }, steps($base));
my $spanish = AIF::Browser->drive({ settle => 2000 }, steps("$base/es"));

is_deeply($english->{complaints}, [], 'its own language: console clean');
is_deeply($spanish->{complaints}, [], 'translated: console clean');

for my $i (0 .. $#walk) {
    my $read = $walk[$i]{read} or next;
    my ($from, $to) = map { $_->{steps}[$i + 1] } $english, $spanish;

    for my $item (@$read) {
        my $name = "$from->{url}: $item";

        if ($item eq 'url') {
            (my $prefixed = $from->{url}) =~ s{^\Q$base\E}{$base/es};
            is($to->{url}, $prefixed, "$prefixed has its language");
        } elsif (ok(defined $from->{$item}, "$name is there")) {
            is(join(' ', AIF::Browser->untranslated($from->{$item},
                                                    $to->{$item})),
               '', "$name is translated");
        }
    }
}

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;


sub steps {
    my $base = shift;

    return map { $_->{open} ? { open => "$base$_->{open}" } : $_ } @walk;
}
