#!/usr/bin/env perl

# Guards against generated texts that are right as bytes and wrong in a
# browser: that a framework takes away when it wakes up, that kill its buttons,
# or that the console complains of.
#
# In Chromium, two seconds after "load" and with ai_label on: the demo shop,
# whose thin products get a description, a title and a meta description; and
# our Next.js shop with React 18 and 19, where the state has the slot's old
# text, and becomes the new one with it, by both routers.  Slots that the state
# can't follow (a text behind an element, one of two paragraphs)
# stay as they were, and the reason "hydration" is counted.  A product whose
# link is followed comes without HTML, and keeps the shop's own text.  Seen to
# fail with slots filled whatever the state says, and without data-ai.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use JSON::PP;
use ScriptedEngine;
use Test::More;

my %react = (next14 => 18, next15 => 19);

my $lacks = AIF::Browser->lacks(sort keys %react);
plan skip_all => $lacks if $lacks;

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

my %begin = ('' => 'Here is', '/es' => "Aqu\x{ed} est\x{e1}");

my $engine = ScriptedEngine->start(AIF->port(1));

subtest 'The demo shop' => \&demo;

for my $name (sort keys %react) {
    subtest "React $react{$name}" => sub { shop($name) };
}

done_testing;


sub nginx {
    my ($name, $location) = @_;
    my $http = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri referer;
    ai_private anonymous cookie=shop_session;
    ai_label on;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_header X-Ai;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_set_header Host $http_host;
            ai_filter on;
            ai_translate scripted;
            ai_seo on;
            SLOTS
        }
        location = /status { ai_status; }
    }
END
    $http =~ s/SLOTS/$location/;

    return AIF::Nginx->new(name => "nginx-generate-$name",
                           http => $http)->start;
}


sub demo {
    my $shop = AIF::Browser->demo(AIF->port(2));
    my $nginx = nginx('demo', <<'END');
            ai_generate ".product .text" prompt=description engine=scripted
                        when=empty;
            ai_generate title prompt=title engine=scripted
                        when=shorter:20;
            ai_generate "meta[name=description]" prompt=meta-description
                        engine=scripted attribute=content when=empty;
END
    my ($thin) = grep { $nginx->get("/product/$_")->{body}
                        =~ /Felt slippers<\/h1>/ } 1 .. 30;
    my @paths = map { ("/es$_", $_) } "/product/$thin", '/product/3';

    # a page of the shop's own that gets nothing stays as it is
    is(join(' ', AIF::Browser->warm($nginx, @paths[0 .. 2])), '',
       'all is there');

    my $text = '.product .text';
    my @read = ('title', 'title@data-ai', $text, "$text\@data-ai",
                'meta[name=description]@content',
                'meta[name=description]@data-ai', '[data-ai]@*');
    my $base = "http://127.0.0.1:$nginx->{port}";
    my $seen = AIF::Browser->drive(map { ({ open => "$base$_" },
                                          { read => \@read }) } @paths);

    is_deeply($seen->{complaints}, [], 'console clean');

    for my $i (0 .. $#paths) {
        my $page = $seen->{steps}[2 * $i + 1];
        my ($locale, $id) = $paths[$i] =~ m{^(/es)?/product/(\d+)};
        my $begin = $begin{$locale || ''};

        if ($id == $thin) {
            like($page->{$text}, qr/^$begin Felt slippers/,
                 "$paths[$i] has a description");
            is($page->{"$text\@data-ai"}, 'description', 'that says so');
            is($page->{title}, 'Felt slippers Hill & Harbour', 'a title');
            is($page->{'title@data-ai'}, 'title', 'that says so, too');
            like($page->{'meta[name=description]@content'}, qr/^$begin Felt/,
                 'a meta description');
            is($page->{'meta[name=description]@data-ai'}, 'meta-description',
               'that does');
        } else {
            unlike($page->{$text}, qr/$begin/,
                   "$paths[$i] keeps the shop's text");
            is($page->{'[data-ai]@*'}, 0, 'unmarked');
        }
    }

    is_deeply([$nginx->complaints], [], 'nothing in the log');
}


sub shop {
    my $name = shift;
    my $shop = AIF::Browser->next($name, AIF->port(2));
    my $nginx = nginx($name, <<'END');
            ai_json product.name others.name summary description label
                    question details;
            ai_generate "#description" prompt=description engine=scripted
                        "facts=h1, #own";
            ai_generate "#name" prompt=title engine=scripted "facts=h1, #own"
                        place=after;
            ai_generate "#story" prompt=bullets engine=scripted "facts=h1, #own";
END
    my @pages = map { my $page = $_; map { "$_/$page" } '', '/es' }
                'product/1', 'classic/1';

    is(join(' ', AIF::Browser->warm($nginx, @pages)), '', 'all is there');

    my $base = "http://127.0.0.1:$nginx->{port}";
    my @read = ('#description', '#description@data-ai', '#story',
                '[data-ai]@*', '#count');
    my $seen = AIF::Browser->drive(
        map { ({ settle => 2000 }, { open => "$base$_" }, { click => '#buy' },
               { click => '#buy' }, { read => \@read }, { settle => 300 },
               { follow => '#to-2' }, { read => \@read }) } @pages);

    is_deeply($seen->{complaints}, [], 'console clean');

    for my $i (0 .. $#pages) {
        my ($page, $same, $next) = @{ $seen->{steps} }[map { 8 * $i + $_ }
                                                      4, 6, 7];
        my $begin = $begin{$pages[$i] =~ m{^(/es)/} ? $1 : ''};

        like($page->{'#description'}, qr/^$begin /, "$pages[$i]: it is there");
        is($page->{'#description@data-ai'}, 'description', 'and says so');
        is($page->{'[data-ai]@*'}, 1, 'nothing else is filled');
        unlike($page->{'#story'}, qr/ \x{b7} /, 'not even a story');
        is($page->{'#count'}, 2, 'buttons count');
        ok($same, 'a link is followed without a new document');
        unlike($next->{'#description'}, qr/^$begin /,
               'where the page has only state it keeps its own text');
    }

    my $before = unfilled($nginx);

    for my $page (@pages) {
        like($nginx->get($page)->{headers}{'x-ai'}, qr/HIT.*; hydration$/,
             "$page says why the others are not");
    }

    is(unfilled($nginx) - $before, scalar @pages, 'which is counted');
    is_deeply([$nginx->complaints], [], 'nothing in the log');
}


# Pages that have the reason "hydration".

sub unfilled {
    my $nginx = shift;

    return decode_json($nginx->get('/status')->{body})->{reasons}{hydration}
           || 0;
}
