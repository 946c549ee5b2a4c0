#!/usr/bin/env perl

# Guards against: a module that works with the shops that were written for it.
# EverShop 2.2.1 (React 19) as npm has it, with its own demo data, the module in
# front, and Chromium: on its category, product and search pages what React has
# as data is still translated two seconds after "load", the console says nothing
# that it doesn't say without the module, a product goes into the basket, and
# filter, variants and search bring their data in the language.  Words that are
# only in the shop's JavaScript ("Add to cart") are the shop's.  Seen to fail
# with "ai_json" left away: #418, and English again.
#
# Opt-in, because it brings 470 MB and PostgreSQL: scripts/test --shop.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use ScriptedEngine;
use Test::More;

plan skip_all => 'opt-in: scripts/test --shop' unless $ENV{AIF_SHOP};

my $lacks = AIF::Browser->lacks('evershop');
die "$lacks\n" if $lacks;

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

my $base = 'http://127.0.0.1:' . AIF->port;

diag 'EverShop starts, with a new database and its demo data (20 to 60 s)';

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Browser->evershop($base);
my $nginx = AIF::Nginx->new(name => 'nginx-evershop', http => <<END)->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri referer cookie:lang;
    ai_private anonymous cookie=lang cookie=sid arg=keyword;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_header X-Ai;
        add_header Set-Cookie "lang=\$ai_locale; Path=/";
        proxy_set_header Host \$http_host;

        location / {
            proxy_pass $shop->{url};
            ai_filter on;
            ai_translate scripted;
            ai_seo on;
            ai_exclude "h1.mt-6";
            ai_json var:eContext name title description shortDescription
                    data.text optionText attributeName productName
                    copyRight;
        }
    }
END

my $mug = '/accessories/ceramic-coffee-cup-white';
my $crumbs = '[data-slot=breadcrumb-list]';
my $variants = '.variant-option-list';
my $text = '.product__single__description .prose';
my $foot = '.copyright';

my @walk = (
    { open => $mug },
    { read => ['title', 'meta[name=description]@content', 'h1', $crumbs,
               $variants, $text, $foot] },
    { click => "$variants li:nth-child(2) button" },
    { await => "$variants .selected" },
    { read => ['h1', $crumbs, $variants, $text, $foot] },
    { click => '#productForm button.w-full' },
    { await => '.mini__cart__wrapper button span' },
    { read => ['.mini__cart__wrapper button'] },
    { open => '/accessories' },
    { read => ['title', 'h1', $crumbs, '.category__description', '.product__list__name',
               $foot] },
    { click => 'label[for^=color]' },
    { await => 'button:has-text("Clear All")' },
    { read => ['h1', $crumbs, '.category__description', '.product__list__name',
               $foot] },
    { click => 'a.search__icon' },
    { fill => ['.search__input input', 'cup'] },
    { await => '.search__input__container :text("$15.00")' },
    { read => ['.search__input__container'] },
    { press => 'Enter' },
    { await => 'h1:has-text("cup")' },
    { read => ['title', $crumbs, '.product__list__name', $foot, 'url'] },
    { open => '/search?keyword=ceramic' },
    { read => ['title', $crumbs, '.product__list__name', $foot] },
    { open => '/nothing-here' },
    { read => ['title', $crumbs, 'h1', $foot] },
);

# What is there, and what React will ask for when a variant or a filter is chosen

my @cold = AIF::Browser->warm($nginx, map { "/es$_" }
    (map { $_->{open} || () } @walk), '/search?keyword=cup',
    "$mug?ajax=true&color=2",
    '/accessories?color%5Boperation%5D=in&color%5Bvalue%5D=1&ajax=true');
is("@cold", '', 'all pages are there in Spanish');

my $english = AIF::Browser->drive({ settle => 500 }, steps($base));
my $spanish = AIF::Browser->drive({ settle => 2000 }, steps("$base/es"));

is_deeply($spanish->{complaints}, $english->{complaints},
          'the console says what it says without us')
    or diag explain $english->{complaints}, $spanish->{complaints};
is(scalar @{ $spanish->{steps} }, @walk + 1, 'everything could be clicked');

for my $i (0 .. $#walk) {
    my $read = $walk[$i]{read} or next;
    my ($from, $to) = map { $_->{steps}[$i + 1] } $english, $spanish;

    compare($from, $to, $i, $_) for @$read;
}

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;


sub steps {
    my $base = shift;

    return map { $_->{open} ? { open => "$base$_->{open}" } : $_ } @walk;
}


sub compare {
    my ($from, $to, $i, $item) = @_;
    my $name = "step $i: $item";

    return is($to->{$item}, $from->{$item}, "$name is the same")
        if $item =~ /button|url/ || $from->{$item} eq 'Page not found';

    ok(length($from->{$item} || ''), "$name is there");
    is(join(' ', grep { $_ ne 'Product' }      # a word of the search box
                 AIF::Browser->untranslated($from->{$item}, $to->{$item})),
       '', "$name is translated");
}
