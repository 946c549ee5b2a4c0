#!/usr/bin/env perl

# Guards against: two features that are right alone and wrong together.  Real
# pages, and all pages of the demo shop, through a location where everything is
# switched on, with an engine that translates every text: the same tree but for
# texts and for what "ai_seo" is there to change (AIF::Tree says what that is);
# no error by html-validate, and none by Adobe's validator of structured data,
# that the origin hadn't.  What was changed is told page by page.  Seen to fail
# with an attribute too many in alternates (the tree, html-validate), and with
# new texts in JSON that lose their closing quote (the tree, Adobe's).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use AIF::Tree;
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;

use constant HTML => 200_000;   # bytes; html-validate's time is no straight line

binmode $_, ':utf8' for map { Test::More->builder->$_ }
                        qw(output failure_output todo_output);

my (%page, %demo);

if (my $dir = AIF->data('pages')) {
    $page{ (split m{/}, $_)[-1] } = AIF->slurp($_) for glob "$dir/*.html";
}

$demo{$_} = "/$_" for 'product/1', 'product/7', 'story', 'shipping', 'returns',
                      'search?q=wool', 'category/garden', '';

my $engine = ScriptedEngine->start(AIF->port(1));
my $shop = AIF::Browser->demo(AIF->port(2));
my $origin = Origin->start(AIF->port(3), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};
    $client->answer(body => $page{$name});
});

my $nginx = AIF::Nginx->new(name => 'everything', http => <<'END')->start;
    ai_zone shop:64m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        queue 100000; batch 128; timeout 30s;
    }
    ai_locales en es;
    ai_locale uri=strict cookie:lang referer accept-language;
    ai_wait 30s; ai_hold 30s; ai_incomplete mixed=0; ai_buffer_size 4m;
    ai_private anonymous cookie=shop_session arg=q;
    ai_seo on;
    ai_label on;
    ai_mask email phone card iban "C-\d{6}";
    ai_protect "\b[A-Z]{2,}-?\d+\b";
    ai_valid 30d;
    ai_header X-Ai;
    sub_filter '</header>' '<nav data-ai-switcher></nav></header>';

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        ai_json name description *.title var:eContext var:__INITIAL_STATE__;
        proxy_set_header Host $http_host;
        proxy_set_header Accept-Encoding "";

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /pages/ {
            proxy_pass http://127.0.0.1:%%PORT_3%%;
        }
    }

    server {
        listen 127.0.0.1:%%PORT_4%%;
        proxy_set_header Accept-Encoding "";
        proxy_set_header Host $http_host;

        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /pages/ { proxy_pass http://127.0.0.1:%%PORT_3%%; }
    }
END

my %path = (%demo, map { $_ => "/pages/$_" } keys %page);
my $dir = AIF->scratch('judged');
my $gumbo = AIF::Tree->lacks;
my $npm = AIF::Browser->lacks('judges');
my (%judged, %length);

diag "$gumbo: trees are not compared" if $gumbo;
diag 'the real pages are not here, only the demo shop is looked at' unless %page;

for my $name (sort keys %path) {
    my $before = AIF::HTTP::get(AIF->port(4), $path{$name})->{body};
    my $r = page($path{$name});
    my $after = $r->{body};
    my $told = $r->{headers}{'x-ai'} || 'no header';

    if ($told =~ /ORIGIN/) {
        is($after, $before, "$name: $told, and so the origin's");
        next;
    }

    like($told, qr/^es; (?:HIT|PARTIAL)/, "$name is worked on");

    unless ($gumbo) {
        my ($wrong, $changes) = AIF::Tree->compare($before, $after, 'es');
        is($wrong, undef, "$name: " . join ', ', map { "$changes->{$_} $_" }
                                           sort keys %{ $changes || {} });
    }

    keep("$name before", $before);
    keep("$name after", $after);
    $length{$name} = length $before;
}

SKIP: {
    skip $npm, 2 if $npm;

    my $verdicts = AIF::Browser->judge(\%judged);
    my (@html, @data);

    for my $name (sort keys %length) {
        my ($before, $after) = map $verdicts->{"$name $_"}, qw(before after);
        # how long a title becomes is for whoever translates it
        push @html, map "$name: $_", grep !/^long-title:/,
                    added($before->{html}, $after->{html});
        push @data, map "$name: $_", added($before->{data}, $after->{data});
    }

    is_deeply(\@html, [], 'html-validate has nothing more to say of '
                          . grep($_->{html}, values %judged) / 2 . ' pages');
    is_deeply(\@data, [], "nor has Adobe's validator of structured data of "
                          . keys(%length) . ', of which '
                          . grep(@{ $_->{data} } > 0, values %$verdicts) / 2
                          . ' have some that it knows');
}

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;


# The page after it was learned; with alternates, which come with the second.

sub page {
    my $path = shift;

    $nginx->get("/es$path");

    return $nginx->get("/es$path");
}


sub keep {
    my ($name, $page) = @_;
    my $file = "$dir/" . keys(%judged) . '.html';
    my $utf8 = utf8::decode(my $copy = $page);

    AIF->spew($file, $page);
    $judged{$name} = { file => $file, charset => $utf8 ? 'utf8' : 'latin1',
                       html => length $page < HTML
                               ? JSON::PP::true : JSON::PP::false };
}


# What is said more often, or for the first time.  A message may quote the page's
# text, in whichever language.

sub added {
    my ($before, $after) = @_;
    my %said;

    $said{ AIF::Tree::folded($_) }++ for @$before;

    return grep {
        my $count = \$said{ AIF::Tree::folded($_) };
        !($$count && $$count--);
    } @$after;
}
