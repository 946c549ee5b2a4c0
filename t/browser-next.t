#!/usr/bin/env perl

# Guards against: a page that is translated until its framework wakes up.
# React compares the HTML with the strings that came along in a script; where
# only the HTML was translated it complains in the console and puts the
# original back (seen so with React 18 and 19 before the module read the
# page's state), and with a Flight row of a wrong length no button works.
#
# Our own shop (t/browser/shop) built with Next.js 14 and 15, the module in
# front, the scripted engine, a real browser: two seconds after "load" every
# text is still translated, the console is clean, buttons count, and links
# followed without a new document stay in the language and keep its prefix in
# the address bar.  Words that only a component's script has are the shop's, in
# HTML as in the script; so is HTML in a string (dangerouslySetInnerHTML), and
# text that looks like it.  The links of /classic are made by its script: they
# lose the prefix, and the cookie keeps the language.  Seen to fail with links
# left alone in Flight rows, with those of followed links left alone only, and
# with rows of text not looked at.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use ScriptedEngine;
use Test::More;

my %react = (next14 => 18, next15 => 19);

my $lacks = AIF::Browser->lacks(sort keys %react);
plan skip_all => $lacks if $lacks;

my $meta = 'meta[name=description]@content';
my $canonical = 'link[rel=canonical]';
my @product = ('title', $meta, '#home', '#name',
               '#inline', '#adjacent', '#description', '#story', '#note',
               '#picture@alt', '#buy', '#question@placeholder', '#reviews',
               '#more', '#list', '#foot');
my @list = ('title', '#name', '#list', '#home', '#foot');
my @classic = ('title', $meta, '#name',
               '#description', '#story', '#buy', '#list');

my @walk = (
    [ open => '/product/1',
      { read => [@product, '#own', '#price', 'url', "$canonical\@href",
                 "$canonical\@*"] } ],
    [ click => '#buy' ],
    [ click => '#buy' ],
    [ click => '#open',
      { read => ['#count', '#price', '#details'] } ],
    [ follow => '#to-2',
      { read => [@product, '#own', 'url', "$canonical\@href",
                 "$canonical\@*"] } ],
    [ follow => '#home',
      { read => [@list, 'url'] } ],
    [ follow => '#to-3',
      { read => [@product, 'url'] } ],
    [ click => '#buy', { read => ['#count'] } ],
    [ open => '/search?q=wa',
      { read => [@list, '#adjacent'] } ],
    [ follow => '#to-1',
      { read => [@product, 'url'] } ],
    [ open => '/classic/1',
      { read => [@classic, '#own', 'url'] } ],
    [ click => '#buy', { read => ['#count'] } ],
    [ follow => '#to-2',
      { read => [@classic, '#own', 'url'] } ],
);

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

my $engine = ScriptedEngine->start(AIF->port(1));

for my $name (sort keys %react) {
    subtest "React $react{$name}" => sub { shop($name) };
}

done_testing;


sub shop {
    my $name = shift;
    my $shop = AIF::Browser->next($name, AIF->port(2));
    my $nginx = AIF::Nginx->new(name => "nginx-$name", http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri referer cookie:lang;
    ai_private anonymous cookie=lang arg=q;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_header X-Ai;
        add_header Set-Cookie "lang=$ai_locale; Path=/";

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_set_header Host $http_host;
            ai_filter on;
            ai_translate scripted;
            ai_seo on;
            ai_json product.name others.name summary description label
                    question details;
        }
    }
END
    my $base = "http://127.0.0.1:$nginx->{port}";

    my @pages = map { "/es$_" } '/', '/search?q=wa',
                map { ("/product/$_", "/classic/$_") } 1 .. 3;

    is(join(' ', AIF::Browser->warm($nginx, @pages)), '',
       'all pages are there in Spanish');

    # what React asks for when a link is followed
    my $id = AIF->slurp(AIF::Browser::made($name) . '/.next/BUILD_ID');
    is(join(' ', map { AIF::Browser->warm($nginx, @$_) }
            (map { [ $_, 'RSC: 1' ] } grep !/classic/, @pages),
            (map { [ "/es/_next/data/$id/classic/$_.json" ] } 1 .. 3)), '',
       'and so is what a followed link fetches');

    my $english = AIF::Browser->drive({ settle => 500 }, steps($base));
    my $spanish = AIF::Browser->drive({ settle => 2000 }, steps("$base/es"));

    is_deeply($english->{complaints}, [], 'its own language: console clean');
    is_deeply($spanish->{complaints}, [], 'translated: console clean');

    compare($english->{steps}, $spanish->{steps});

    is_deeply([$nginx->complaints], [], 'nothing in the log');
}


# The steps of @walk for the driver.

sub steps {
    my $base = shift;

    return map {
        my ($do, $what, $read) = @$_;
        ({ $do => $do eq 'open' ? "$base$what" : $what }, $read || ())
    } @walk;
}


sub compare {
    my ($english, $spanish) = @_;
    my $at = 0;            # the step before was "settle"

    for my $w (@walk) {
        my ($do, $what, $read) = @$w;

        $at++;
        if ($do eq 'open') {
            is($spanish->[$at], 200, "opened $what");
        } elsif ($do eq 'follow') {
            ok($english->[$at] && $spanish->[$at],
               "followed $what without a new document");
        }

        next unless $read;

        $at++;
        for my $item (@{ $read->{read} }) {
            compare_text("$do $what: $item", $english->[$at]{$item},
                         $spanish->[$at]{$item});
        }
    }
}


# What stays the shop's is said above; all other words are translated.

sub compare_text {
    my ($name, $from, $to) = @_;

    return ok(defined $from, "$name is there") unless defined $from;
    return is($to, 1, "$name: there is one") if $name =~ /\@\*$/;
    return compare_address($name, $from, $to)
        if $name =~ /: (?:url|\Q$canonical\E\@href)$/;

    return is($to, $from, "$name is the shop's")
        if $name =~ /#(?:own|count|price|story|note)$/;

    is(join(' ', AIF::Browser->untranslated($from, $to)), '',
       "$name is translated");
}


# The shop's address, with the prefix but for what /classic's script made.

sub compare_address {
    my ($name, $from, $to) = @_;

    $from =~ s{^(http://[^/]*)?/}{($1 || '') . '/es/'}e
        unless $name =~ /^follow/ && $from =~ /classic/;
    $from =~ s{/es/$}{/es};

    is($to, $from, "$name has the prefix");
}
