#!/usr/bin/env perl

# Guards against: a cache in front of nginx that keeps a page which isn't
# translated yet, or gives one visitor's language to another; and a cache
# behind it that is asked, or filled, once per locale.  The CDN is a second
# nginx with proxy_cache; it believes what Cache-Control and Vary say.
# Seen to fail with Cache-Control of an unfinished page left as the origin's,
# with Vary left out, and with HEAD taken for finished.

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

my $dir = AIF->scratch('cdn-origin');

AIF->spew("$dir/edition", 'first');

sub body { "<h1>Blue shirt of $_[0]</h1><p>Soft $_[0] in edition $_[1]</p>" }

sub want {
    return '<h1>' . t("Blue shirt of $_[0]") . '</h1><p>'
           . t("Soft $_[0] in edition $_[1]") . '</p>';
}

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};

    open my $fh, '>>', "$dir/log" or die;
    print {$fh} "$request->{method} $request->{uri}\n";
    close $fh;

    my $edition = AIF->slurp("$dir/edition");

    $client->answer(body => body($name, $edition),
                    status => $request->{args}{status} || 200,
                    headers => ['Cache-Control: public, max-age=60',
                                "ETag: \"$edition\"",
                                'Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT']);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'cdn', http => <<'END');
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_header X-Ai;
    proxy_cache_path %%DIR%%/tmp/shop keys_zone=pages:1m;
    map $arg_locale $plain { default $arg_locale; }

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        ai_locale uri;
        proxy_cache pages;
        add_header X-Shop $upstream_cache_status;
        proxy_set_header Host $http_host;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /accept/ {
            ai_locale accept-language;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /cookie/ {
            ai_locale cookie:lang accept-language;
            ai_private anonymous cookie=lang;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /plain/ {
            ai_locale $plain;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /wait/ {
            ai_locale arg:lang;
            ai_wait 5s;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /fresh/ {
            proxy_cache off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END

my $shop = AIF->port;
my $cdn = AIF::Nginx->new(name => 'cdn-cache', port => AIF->port(3),
                           http => <<"END");
    proxy_cache_path %%DIR%%/tmp/cdn keys_zone=cdn:1m;

    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_cache cdn;
        proxy_cache_key \$request_uri;
        proxy_set_header Host \$http_host;
        add_header X-Cdn \$upstream_cache_status;
        location / {
            proxy_pass http://127.0.0.1:$shop;
        }
        location /head/ {
            proxy_cache_convert_head off;
            proxy_cache_key \$request_uri;
            proxy_pass http://127.0.0.1:$shop/fresh/;
        }
        location /again/ {
            proxy_cache_revalidate on;
            proxy_ignore_headers Cache-Control Expires;
            proxy_cache_valid 1s;
            proxy_pass http://127.0.0.1:$shop/es/fresh/;
        }
    }
END

mkdir "$nginx->{dir}/tmp/shop";
mkdir "$cdn->{dir}/tmp/cdn";
$nginx->start;
$cdn->start;

sub cdn { AIF::HTTP::get(AIF->port(3), @_) }

sub origin_log {
    my $path = shift;
    return [grep m{ \Q$path\E}, split /\n/, AIF->slurp("$dir/log")];
}

# through the CDN until it is there: nothing may be kept before

sub settle {
    my ($path, $want, @headers) = @_;
    my $r = cdn($path, @headers);

    isnt($r->{body}, $want, "$path [@headers] is not translated at first");
    is($r->{headers}{'cache-control'}, 'private, no-cache', '... is not kept');
    ok(!exists $r->{headers}{$_}, "... and has no $_") for qw(etag last-modified);

    $nginx->wait_for(sub {
        $r = cdn($path, @headers);
        $r->{body} eq $want || $r->{headers}{'x-cdn'} eq 'HIT';
    }) or diag "$path did not settle";

    is($r->{body}, $want, "$path [@headers] becomes what it should be");
    is($r->{headers}{'x-cdn'}, 'MISS', '... which the CDN did not keep');
    is(cdn($path, @headers)->{headers}{'x-cdn'}, 'HIT', '... it keeps this one');
    is(cdn($path, @headers)->{body}, $want, '... and gives it');
}

# a prefix

settle('/es/one', want('one', 'first'));
is_deeply(origin_log('/one'), ['GET /one'], 'the shop was asked once');

is($nginx->get('/one')->{headers}{'x-shop'}, 'HIT',
   'and its page is there for the source locale');
is($nginx->get('/fr/one')->{headers}{'x-shop'}, 'HIT', '... and for another');
is_deeply(origin_log('/one'), ['GET /one'], '... from one copy');
is($nginx->get('/one')->{body}, body('one', 'first'), '... as the shop sent it');
is(cdn('/one')->{headers}{'x-cdn'}, 'MISS', 'the source locale at the CDN');
is(cdn('/one')->{headers}{'x-cdn'}, 'HIT', '... is kept as the shop wants it');

# Accept-Language and cookies

settle('/accept/two', want('two', 'first'), 'Accept-Language: es');

for my $case (['en', body('two', 'first')], ['de, en;q=0.5', body('two', 'first')],
              ['es', want('two', 'first')])
{
    my ($accept, $want) = @$case;
    is(cdn('/accept/two', "Accept-Language: $accept")->{body}, $want,
       "$accept gets its own page") for 1 .. 2;
}

is(cdn('/accept/two')->{body}, body('two', 'first'), 'as who says nothing does');

settle('/cookie/three', want('three', 'first'), 'Cookie: lang=es');
is(cdn('/cookie/three', 'Cookie: lang=en')->{body}, body('three', 'first'),
   'another cookie, another page') for 1 .. 2;
is(cdn('/cookie/three', 'Cookie: lang=es')->{body}, want('three', 'first'),
   '... and the first again');

# a variable that no Vary can name

$nginx->wait_for(sub {
    $nginx->get('/plain/four?locale=es')->{body} eq want('four', 'first')
});

for (1 .. 3) {
    my $r = cdn('/plain/four?locale=es');
    is($r->{body}, want('four', 'first'), 'a locale from a variable');
    is($r->{headers}{'x-cdn'}, 'MISS', '... is nobody else\'s');
}

# a page that waited is whole

my $r = cdn('/wait/five?lang=es');
is($r->{body}, want('five', 'first'), 'a page that was waited for');
is(cdn('/wait/five?lang=es')->{headers}{'x-cdn'}, 'HIT', '... is kept');

# errors: 404 in its language with its status, 500 untouched

$nginx->wait_for(sub {
    $nginx->get('/wait/six?lang=es&status=404')->{body} eq want('six', 'first')
});
$r = cdn('/wait/six?lang=es&status=404');
is("$r->{status} $r->{body}", '404 ' . want('six', 'first'), 'a page not found');
$r = cdn('/wait/seven?lang=es&status=500');
is("$r->{status} $r->{body}", '500 ' . body('seven', 'first'), 'a broken one');

# the engine is down

$engine->stop;
$r = cdn('/wait/eight?lang=es') for 1 .. 2;
is($r->{body}, body('eight', 'first'), 'without an engine: the shop\'s page');
is($r->{headers}{'x-cdn'}, 'MISS', '... which is not kept');
is(cdn('/es/one')->{body}, want('one', 'first'), 'what is known is still there');
$engine = ScriptedEngine->start(AIF->port(1));

# HEAD, as a CDN may ask

$nginx->wait_for(sub {
    $nginx->get('/es/fresh/nine')->{body} eq want('nine', 'first')
}, 15) or diag 'the engine did not come back';

my $head = AIF::HTTP::request(AIF->port(3), method => 'HEAD', path => '/head/x');
ok(!exists $head->{headers}{'content-language'}, 'HEAD in the source locale');

$head = $nginx->request(method => 'HEAD', path => '/es/fresh/nine');
is($head->{headers}{'content-language'}, 'es', 'HEAD says the language');
ok(!exists $head->{headers}{$_}, "... no $_")
    for qw(content-length etag last-modified);
is($head->{headers}{'cache-control'}, 'private, no-cache', '... and is not kept');

sub expired {
    my $path = shift;
    my $r;

    $nginx->wait_for(sub { ($r = cdn($path))->{headers}{'x-cdn'} ne 'HIT' });

    return $r;
}

# confirmed as long as it is the same

my $got = cdn('/again/nine');
is($got->{body}, want('nine', 'first'), 'a page at a CDN that confirms');
$r = expired('/again/nine');
is($r->{headers}{'x-cdn'}, 'REVALIDATED', '... is confirmed by our entity tag');
is($r->{body}, want('nine', 'first'), '... and the same');

AIF->spew("$dir/edition", 'second');
$nginx->wait_for(sub {
    $nginx->get('/es/fresh/nine')->{body} eq want('nine', 'second')
}) or diag 'the second edition is not there';
$r = expired('/again/nine');
is($r->{headers}{'x-cdn'}, 'EXPIRED', 'another page is not confirmed');
is($r->{body}, want('nine', 'second'), '... but sent');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
