#!/usr/bin/env perl

# Guards against: directives that are taken by nginx -t and then do nothing, or
# more than they say: ai_include, ai_exclude, ai_attributes, ai_types,
# ai_bypass, ai_incomplete, ai_filter with shadow and with a variable.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(encode);
use Origin;
use ScriptedEngine;
use Test::More;

sub t { encode('UTF-8', ScriptedEngine::rewrite($_[0])) }

my $page = '<div id=main class="a b" title="Main part"><p>Blue shirt</p>'
           . '<p class=price>From here</p></div><div id=cart>My cart</div>';
my $short = '<p>Short one</p>';
my $long = '<p>A much longer text of the same page that is new</p>';

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $half = $request->{path} =~ /half/;

    $client->answer(type => $request->{path} =~ /xhtml/
                            ? 'application/xhtml+xml' : 'text/html',
                    body => !$half ? $page
                            : $request->{args}{only} ? $long : $short . $long);
});

my $engine = ScriptedEngine->start(AIF->port(1));

sub location {
    my ($name, $more) = @_;
    return "location /$name/ { proxy_pass http://127.0.0.1:%%PORT_2%%;"
           . " ai_filter on; ai_wait 3s; $more }\n";
}

my $nginx = AIF::Nginx->new(name => 'select', http => <<'END'
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale arg:lang;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
END
    . location('all', '')
    . location('include', 'ai_include "#main p";')
    . location('exclude', 'ai_exclude .price "#cart";')
    . location('attributes', 'ai_attributes alt;')
    . location('none', 'ai_attributes off;')
    . location('types', 'ai_types application/xhtml+xml;')
    . location('bypass', 'ai_bypass $cookie_nocache $arg_nocache;')
    . location('variable', 'ai_filter $arg_ai;') =~ s/ai_filter on; //r
    . location('shadow', 'ai_filter shadow; ai_wait 0;') =~ s/ai_filter on; //r
      =~ s/ai_wait 3s; //r
    . location('half-mixed', 'ai_incomplete mixed=80;') =~ s/ai_wait 3s; //r
    . location('half-some', 'ai_incomplete mixed=50;') =~ s/ai_wait 3s; //r
    . location('half-origin', 'ai_incomplete origin;') =~ s/ai_wait 3s; //r
    . location('half-teach', '')
    . location('off', 'ai_translate off;')
    . '}')->start;

sub page { $nginx->get("/$_[0]?lang=es", @_[1 .. $#_])->{body} }

my $all = $page;
$all =~ s/(?<=>|")($_)/t($1)/e for 'Main part', 'Blue shirt', 'From here',
                                  'My cart';

is(page('all/'), $all, 'everything');

(my $want = $page) =~ s/(Blue shirt|From here)/t($1)/ge;
is(page('include/'), $want, 'ai_include');

($want = $page) =~ s/(Main part|Blue shirt)/t($1)/ge;
is(page('exclude/'), $want, 'ai_exclude');

($want = $all) =~ s/title="[^"]*"/title="Main part"/;
is(page('attributes/'), $want, 'ai_attributes');
is(page('none/'), $want, 'ai_attributes off');

is(page('types/xhtml'), $all, 'ai_types');
is(page('types/'), $all, 'text/html is always one of them');
is(page('all/xhtml'), $page, 'and xhtml is not, by default');

is(page('bypass/'), $all, 'ai_bypass: not now');
is(page('bypass/', 'Cookie: nocache=1'), $page, 'ai_bypass: a cookie');
is($nginx->get('/bypass/?lang=es&nocache=0')->{body}, $all, 'ai_bypass: 0');
my $r = $nginx->get('/bypass/?lang=es&nocache=yes');
is($r->{body}, $page, 'ai_bypass: an argument');
like($r->{headers}{'x-ai'}, qr/BYPASS; .*bypass/, '... with its reason');

for my $on (qw(1 on)) {
    is($nginx->get("/variable/?lang=es&ai=$on")->{body}, $all, "ai_filter $on");
}

for my $off ('', qw(0 off yes)) {
    $r = $nginx->get("/variable/?lang=es&ai=$off");
    is($r->{body}, $page, "ai_filter '$off'");
    ok(!exists $r->{headers}{'x-ai'}, '... is off');
}

$nginx->get('/variable/?lang=es&ai=yes');
is(() = $nginx->log =~ /"ai_filter" is off: its value "yes"/g, 1,
   'a strange value is logged once');

$r = $nginx->get('/off/?lang=es');
is($r->{body}, $page, 'ai_translate off');
like($r->{headers}{'x-ai'}, qr/BYPASS; .*off/, '... with its reason');

for my $mode ('variable/?ai=shadow&lang=es', 'shadow/?lang=es') {
    $r = $nginx->get("/$mode");
    is($r->{body}, $page, "shadow changes no byte ($mode)");
    ok(!exists $r->{headers}{'x-ai'}, '... and no header');
}

# the long text is known, the short one is not: 8 of 47 letters miss

$nginx->get('/half-teach/?lang=es&only=1');
$engine->mode('nothing');

is(page('half-mixed/'), $short . '<p>' . t(substr $long, 3, -4) . '</p>',
   'mixed: enough is known');
$r = $nginx->get('/half-mixed/?lang=es');
like($r->{headers}{'x-ai'}, qr{es; PARTIAL; 1/2; pending}, '... a part');
is($r->{headers}{'cache-control'}, 'private, no-cache', '... not to be kept');
is($r->{headers}{'content-length'}, length $r->{body}, '... with its length');
is(page('half-origin/'), $short . $long, 'origin: not all is known');
is(page('half-some/'), $short . '<p>' . t(substr $long, 3, -4) . '</p>',
   'mixed=50');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
