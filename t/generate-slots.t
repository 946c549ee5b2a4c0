#!/usr/bin/env perl

# Guards against texts that the shop never wrote saying what its page doesn't,
# against a text that is served when its facts have changed, against one that is
# made twice, and against slots that get something that is none.  Seen to fail
# with the guard for invention left out, with facts that keep their order, with
# a space without the segment, with a source page not held, with a recipe
# without the claims, and with stale texts that nobody looks at.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(decode);
use File::Temp qw(tempdir);
use JSON::PP;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my @products = map {
    my $n = $_;
    { id => $n, name => "Jar " . chr(64 + $n % 26 + 1) . lc chr(65 + $n / 26),
      brand => 'Acme', price => 10 + $n . '.90',
      capacity => 100 * $n, colour => (qw(blue red green))[$n % 3] }
} 1 .. 30;

my %shown;                                  # path to page
my $dir = tempdir(CLEANUP => 1);            # where the origin finds them


sub page {
    my ($p, %arg) = @_;

    my $ld = JSON::PP->new->canonical->encode({
        '@type' => 'Product', name => $p->{name}, brand => $p->{brand},
        color => $p->{colour},
        offers => { price => $p->{price}, priceCurrency => 'EUR' },
        additionalProperty => [{ name => 'Capacity', value => $p->{capacity},
                                 unitText => 'ml' }] });
    $ld = '' if $arg{nofacts};

    my $text = defined $arg{text} ? $arg{text} : '';

    return <<"END";
<!doctype html>
<html><head><meta charset="utf-8"><title>Shop</title>
<meta name="description" content="">
<script type="application/ld+json">$ld</script></head>
<body><h1>Things to keep</h1><div id="text">$text</div>
<img src="a.png"><ul class="points"></ul>
<p class="note">Ask us anything.</p></body></html>
END
}

sub set {
    my ($path, $page) = @_;
    $shown{$path} = $page;
    $path =~ tr{/}{_};
    AIF->spew("$dir/$path", $page);
}

set("/p/$_->{id}", page($_)) for @products;
set('/nofacts', page($products[0], nofacts => 1));
set('/thick', page($products[0], text => 'We have enough to say of it, '
                   . 'in our own words, and so nobody adds a thing.'));

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    (my $file = $request->{path}) =~ tr{/}{_};

    $client->answer(body => -f "$dir/$file" ? AIF->slurp("$dir/$file") : '-',
                    status => -f "$dir/$file" ? 200 : 404,
                    type => 'text/html; charset=utf-8',
                    headers => ['ETag: "origin"', 'Cache-Control: max-age=60']);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'generate', workers => 2,
                            http => <<'END');
    ai_zone shop:8m;
    ai_claims %%DIR%%/claims;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es de;
    ai_locale uri;
    ai_header X-Ai;
    log_format segment '[$ai_segment]';
    map $http_x_segment $segment { default $http_x_segment; vip-x ""; }
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_segment_from label=$segment;
        ai_generate "#text" prompt=description engine=scripted when=shorter:40;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%; ai_filter on; ai_wait 5s;
            access_log %%DIR%%/logs/segment.log segment;
        }
        location /nowait/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/; ai_filter on;
        }
        location /all/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/; ai_filter on; ai_wait 5s;
            ai_generate title prompt=title engine=scripted;
            ai_generate 'meta[name=description]' prompt=meta-description
                        engine=scripted attribute=content when=empty;
            ai_generate img prompt=alt engine=scripted attribute=alt;
            ai_generate .points prompt=bullets engine=scripted;
            ai_generate .note prompt=og engine=scripted place=after;
        }
        location /shadow/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/; ai_filter shadow;
        }
        location /status { ai_status; }
    }
END

my $claims = "$nginx->{dir}/claims";
mkdir $claims;
AIF->spew("$claims/fr.txt", "forbidden best: le meilleur\n");
$nginx->start;


sub text {
    my $r = shift;
    my ($text) = $r->{body} =~ m{<div id="text">(.*?)</div>}s;
    return decode('UTF-8', defined $text ? $text : '');
}


# --- 30 products in three locales

my ($numbers, $said, $texts) = (0, 0, 0);

for my $p (@products) {
    for my $locale ('', '/es', '/de') {
        my $r = $nginx->get("$locale/p/$p->{id}");
        my $text = text($r);
        my $facts = "$shown{\"/p/$p->{id}\"} " . $p->{price} * 1;

        $texts += $text =~ /\Q$p->{name}\E.*<\/p>\z/;
        (my $plain = $text) =~ s/<[^>]*>//g;

        for ($plain =~ /(\d+(?:[.,]\d+)?)/g) {
            $numbers++;
            (my $value = $_) =~ tr/,/./;
            $said += $facts =~ /(?<![\d.])\Q$value\E0?(?![\d])/;
        }
    }
}

is($texts, 90, '30 products have a text in 3 locales');
cmp_ok($numbers, '>=', 180, 'that have numbers');
is($said, $numbers, 'every one of which is on the page');

my %log = %{ $engine->log };
is((grep { /^name: Jar/ && $log{$_} != 3 } keys %log), 0,
   'each was asked for once in a locale');

like(text($nginx->get('/es/p/1')), qr/^<p[^>]*>Aquí está Jar/,
     'in the words of the locale');
like(text($nginx->get('/p/1')), qr/^<p[^>]*>Here is Jar/, 'and of our own');

my $r = $nginx->get('/p/1');
like($r->{headers}{'x-ai'}, qr/^en; HIT; 1\/1$/, 'a page in our own is held');
like($r->{headers}{etag}, qr/^W\//, 'and has an entity tag of its own');
unlike($r->{body}, qr/Ask us anything\.<p/, 'nothing else is in it');


# --- what changes renews its own text

$engine->reset;
my %old = map { $_ => text($nginx->get("/es/p/$_")) } 1 .. 30;
set('/p/7', page({ %{ $products[6] }, colour => 'purple' }));
my $new = text($nginx->get('/es/p/7'));
like($new, qr/purple/, 'a changed attribute is in the text');
is($engine->count('texts'), 1, 'which alone is made anew');
is((grep { $_ != 7 && text($nginx->get("/es/p/$_")) ne $old{$_} } 1 .. 30), 0,
   'all the others are as they were');

$engine->mode('nothing');
set('/p/8', page({ %{ $products[7] }, price => '99.90' }));
$r = $nginx->get('/nowait/p/8');
is(text($r), '', 'a text whose facts changed is not served');
like($r->{headers}{'x-ai'}, qr/MISS; 0\/1; pending/, 'it is awaited');
like($r->{headers}{'cache-control'}, qr/private, no-cache/,
     'and nobody may keep a page without it');
$engine->mode('');


# --- inventions

my %why = (1 => 'number', 2 => 'certificate', 3 => 'offer', 4 => 'material',
           5 => 'name', 6 => 'forbidden');

for my $n (sort keys %why) {
    $engine->mode("invent=$n");
    set("/bad/$n", page({ %{ $products[0] }, name => "Pot $n",
                          capacity => 10 + $n }));
    my $r = $nginx->get("/bad/$n");
    is(text($r), '', "an invented $why{$n} is not shown");
    my $status = decode_json($nginx->get('/status')->{body});
    is($status->{engines}{scripted}{guard}{$why{$n}}
       || $status->{engines}[0]{guard}{$why{$n}}, 1, 'and is counted as one');
}

$engine->mode('markup');
set('/markup', page({ %{ $products[0] }, name => 'Markup pot' }));
unlike($nginx->get('/markup')->{body}, qr/onclick|alert/, 'no markup gets in');
$engine->mode('');


# --- a page without facts, one that has enough

$r = $nginx->get('/nofacts');
is($r->{body}, $shown{'/nofacts'}, 'a page without facts stays as it is');
like($r->{headers}{'x-ai'}, qr/; facts$/, 'and says why');

$r = $nginx->get('/thick');
is($r->{body}, $shown{'/thick'}, 'so does one with a long text');


# --- segments

$engine->reset;
my %seen;
for my $segment ('', 'families', 'students', 'sports', 'No Such!', 'vip-x') {
    my $r = $nginx->get('/p/3', "X-Segment: $segment");
    $seen{text($r)}{$segment} = 1;
    like($r->{headers}{'cache-control'} || '', qr/private/,
         "\"$segment\": no cache keeps it for others");
}
is(scalar keys %seen, 4, '3 segments have 3 texts, unknown ones the default');
ok(exists $seen{(grep { /for families/ } keys %seen)[0] || ''}{families},
   'each its own');
is($engine->count('texts'), 3, 'each is made once');
ok($nginx->wait_for(sub {
    AIF->slurp("$nginx->{dir}/logs/segment.log") =~ /^\[sports\]$/m
}), '$ai_segment says which');
unlike(AIF->slurp("$nginx->{dir}/logs/segment.log"), qr/No Such/,
       'and is none that is no label');


# --- one call per text over all workers

$engine->reset;
$engine->mode('delay=300');
set('/once', page({ %{ $products[0] }, name => 'Once pot' }));
my @pids = map {
    my $pid = fork;
    if ($pid == 0) {
        require POSIX;
        for (1 .. 5) { $nginx->get('/once') }
        POSIX::_exit(0);
    }
    $pid;
} 1 .. 8;
waitpid $_, 0 for @pids;
is($engine->count('max'), 1, 'many visitors of two workers cause one call');
like(text($nginx->get('/once')), qr/Once pot/, 'which all get');
$engine->mode('');


# --- every kind of slot

$r = $nginx->get('/all/p/5');
my $body = decode('UTF-8', $r->{body});
my $p = $products[4];
like($body, qr{<title[^>]*>\Q$p->{name} Acme\E</title>}, 'a title');
like($body, qr{<meta[^>]* content="Here is \Q$p->{name}\E[^"]*">},
     'a meta description');
like($body, qr{<img[^>]* alt="\Q$p->{name}\E"}, 'a text for an image');
like($body, qr{<ul[^>]* class="points"><li[^>]*>\Q$p->{name}\E</li>(<li[^>]*>[^<]+</li>)+</ul>},
     'points of a list');
like($body, qr{Ask us anything\.</p><p[^>]*>Here is}, 'a text behind another');
unlike($body, qr{<div id="text"><p}, 'what a server has is not added to it');

my $shadow = $nginx->get('/shadow/p/6');
is($shadow->{body}, $shown{'/p/6'}, 'shadow changes nothing');


# --- lines

$engine->mode('lines');
set('/lines', page({ %{ $products[0] }, name => 'Lines pot' }));
$r = $nginx->get('/lines');
like(text($r), qr{^<p[^>]*>Here\ is\ Lines\ pot[^<]*</p>
                  <p[^>]*><strong>The\ facts</strong></p>
                  <ul[^>]*><li>Capacity:\ 100\ ml</li>
                  <li>[^<]+</li></ul>\z}x, 'lines are paragraphs and points');
$engine->mode('');


# --- other claims

my $en = AIF->slurp("$AIF::top/conf.example/claims/en.txt");
my %before = map { $_ => text($nginx->get($_)) } '/p/1', '/es/p/1';

$engine->reset;
AIF->spew("$claims/fr.txt", "forbidden best: le meilleur, le mieux\n");
ok($nginx->reload, 'another list of claims');
is(text($nginx->get('/p/1')), $before{'/p/1'}, 'what is stored is shown');
ok($engine->wait_for('texts', 1), 'and made anew');

AIF->spew("$claims/en.txt", "$en\nforbidden here: here is\n");
ok($nginx->reload, 'a list that forbids what is stored');
is(text($nginx->get('/p/1')), '', 'which is not shown any more');
is(text($nginx->get('/es/p/1')), $before{'/es/p/1'},
   'what another language says stays');

is_deeply([grep { !/answer rejected/ } $nginx->complaints], [],
          'the log has no complaint');

done_testing;
