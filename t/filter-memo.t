#!/usr/bin/env perl

# Guards against: what a worker remembers of a page being given for another
# one: other bytes of the same length at the same address, another locale,
# another host or location, a text that was made anew.  Seen to fail with the
# comparison of the bytes left out, and with the locale left out of the key.

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
use Time::HiRes qw(sleep);

my $dir = AIF->scratch('memo-origin');

sub page { "<h1>Blue shirt</h1><p>Only $_[0] pieces are left</p>" }

sub translated {
    my $s = page($_[0]);
    $s =~ s/>([^<]+)</'>' . encode('UTF-8', ScriptedEngine::rewrite($1)) . '<'/ge;
    return $s;
}

AIF->spew("$dir/page", page(10));

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $body = AIF->slurp("$dir/page");

    $body =~ s/Blue/Free/ if ($request->{headers}{host} || '') eq 'other';

    my $form = $request->{headers}{'x-form'};
    return $client->answer(body => '{"name":"Blue shirt"}', type => $form)
        if $form;
    $client->answer(body => $body, pieces => 30,
                    type => $request->{args}{latin} ?
                            'text/html; charset=utf-8' : 'text/html');
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'memo', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_locale cookie:lang;
    ai_private anonymous cookie=lang;
    ai_self off;
    ai_header X-Ai;
    ai_wait 3s;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        proxy_set_header Host $http_host;
        ai_json name;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END

my @es = 'Cookie: lang=es';

for my $n (1 .. 4) {
    my $r = $nginx->get('/', @es);
    is($r->{body}, translated(10), "visit $n");
    is($r->{headers}{'x-ai'}, 'es; HIT; 2/2', '... is a hit');
}

my $etag = $nginx->get('/', @es)->{headers}{etag};
is($nginx->get('/', @es, "If-None-Match: $etag")->{status}, 304,
   'the entity tag is the same');

AIF->spew("$dir/page", page(20));

for my $n (1 .. 3) {
    my $r = $nginx->get('/', @es);
    is($r->{body}, translated(20), "other bytes of the same length, visit $n");
    isnt($r->{headers}{etag}, $etag, '... have another entity tag');
}

is($nginx->get('/')->{body}, page(20), 'the source locale');
$engine->mode('mark');
like($nginx->get('/', 'Cookie: lang=fr')->{body}, qr/\[fr\]/,
     'another locale');
$engine->mode('');

for my $n (1 .. 3) {
    like($nginx->get('/', 'Cookie: lang=fr')->{body}, qr/\[fr\]/,
         "... visit $n");
    is($nginx->get('/', @es)->{body}, translated(20), '... and back');
}

my $other = translated(20);
$other =~ s/>[^<]+</'>' . encode('UTF-8', ScriptedEngine::rewrite('Free shirt'))
                       . '<'/e;

for my $n (1 .. 3) {
    is($nginx->get('/', @es, 'Host: other')->{body}, $other,
       "another host, visit $n");
    is($nginx->get('/', @es)->{body}, translated(20), '... and back');
}

# the same bytes under another type are read otherwise

for my $n (1 .. 3) {
    my $r = $nginx->get('/form', @es, 'X-Form: application/json');
    like($r->{body}, qr/"name":"(?!Blue)/, "JSON, visit $n");
}
is($nginx->get('/form', @es, 'X-Form: text/html')->{body},
   encode('UTF-8', ScriptedEngine::rewrite('{"name":"Blue shirt"}')),
   'the same as HTML');

# a visitor who may not teach sees what is known, and his own name

AIF->spew("$dir/page", page('MariaRossi'));
my $r = $nginx->get('/', 'Cookie: lang=es; session=1') for 1 .. 3;
$r = $nginx->get('/', 'Cookie: lang=es; session=1');
like($r->{headers}{'x-ai'}, qr{^es; PARTIAL; 1/2; personal$},
     "somebody's own page");
like($r->{body}, qr/MariaRossi/, '... is his');
AIF->spew("$dir/page", page(20));
is($nginx->get('/', @es)->{body}, translated(20), "... and nobody else's");

# it does not outlive its time

sleep 2.1;
is($nginx->get('/', @es)->{body}, translated(20), 'after its time');
is($engine->count('max'), 2, 'the engine was asked once for each locale');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
