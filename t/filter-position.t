#!/usr/bin/env perl

# Guards against: a filter that sees a page before it is assembled (an SSI
# include overtook a held page) or after it was compressed, and a load order of
# modules in which that would happen without a word.  Seen to fail with the
# check of the order left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(encode);
use IO::Uncompress::Gunzip ();
use Origin;
use ScriptedEngine;
use Test::More;

sub t { encode('UTF-8', ScriptedEngine::rewrite($_[0])) }

my %page = (
    ssi => '<p>Before it</p><!--#include virtual="/part/one" -->'
           . '<p>Between them</p><!--#include virtual="/part/two" -->'
           . '<p>After it</p>',
    block => '<!--#block name="s" --><p>Stub text</p><!--#endblock -->'
             . '<p>Before it</p><!--#include virtual="/missing" stub="s" -->'
             . '<p>After it</p>',
    plain => '<p>Before it</p><p>After it</p>',
    one => '<p>Included first</p>', two => '<p>Included second</p>',
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};
    my $gzip = ($request->{headers}{'accept-encoding'} || '') =~ /gzip/;
    my $body = $page{$name};

    if (defined $body && $gzip) {
        require IO::Compress::Gzip;
        IO::Compress::Gzip::gzip(\(my $plain = $body), \$body);
    }

    $client->answer(defined $body ? () : (status => 404, length => 0),
                    body => $body, pieces => 10, delay => 0.002,
                    headers => ['X-Accel-Buffering: yes',
                                $gzip ? 'Content-Encoding: gzip' : ()]);
});

my $engine = ScriptedEngine->start(AIF->port(1));
my $modules = $ENV{TEST_NGINX_LOAD_MODULES};

my $http = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale arg:lang;
    ai_header X-Ai;
    ai_wait 3s;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        proxy_set_header Accept-Encoding "";
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ssi on;
        }
        location /part/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /missing {
            return 404;
        }
        location /add/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            add_before_body /part/one;
            add_after_body /part/two;
            ai_filter on;
        }
        location /sub/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            sub_filter '<p>After' '<p>Now after';
            ai_filter on;
        }
        location /gunzip/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_set_header Accept-Encoding gzip;
            gunzip on;
            ai_filter on;
        }
        location /gzip/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            gzip on;
            gzip_min_length 1;
            ai_filter on;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'position', http => $http)->start;

is($nginx->get('/ssi?lang=es')->{body}, join('',
    map '<p>' . t($_) . '</p>', 'Before it', 'Included first', 'Between them',
    'Included second', 'After it'), 'SSI includes are translated in order');

like($nginx->get('/block?lang=es')->{body},
     qr{^<p>\Q@{[t('Before it')]}\E</p>.*<p>\Q@{[t('After it')]}\E</p>$}s,
     'SSI blocks and stubs');

is($nginx->get('/add/plain?lang=es')->{body}, join('',
    map '<p>' . t($_) . '</p>', 'Included first', 'Before it', 'After it',
    'Included second'), 'add_before_body and add_after_body');

is($nginx->get('/sub/plain?lang=es')->{body}, join('',
    map '<p>' . t($_) . '</p>', 'Before it', 'Now after it'),
    'sub_filter came first');

is($nginx->get('/gunzip/plain?lang=es')->{body}, join('',
    map '<p>' . t($_) . '</p>', 'Before it', 'After it'), 'gunzip came first');

my $r = $nginx->get('/gzip/plain?lang=es', 'Accept-Encoding: gzip');
is($r->{headers}{'content-encoding'}, 'gzip', 'gzip comes after');
IO::Uncompress::Gunzip::gunzip(\$r->{body}, \my $body);
is($body, join('', map '<p>' . t($_) . '</p>', 'Before it', 'After it'),
   '... and compresses the translation');

is_deeply([$nginx->complaints], [], 'the log has no complaint');
$nginx->stop;

SKIP: {
    my ($brotli) = grep -f, map "$_/ngx_http_brotli_filter_module.so",
                   '/usr/lib/nginx/modules', '/usr/share/nginx/modules';

    skip 'the brotli module is not installed', 5 unless $brotli;
    skip 'the module is linked into nginx', 5 unless $modules;

    local $ENV{TEST_NGINX_LOAD_MODULES} = "$modules $brotli";
    my $wrong = AIF::Nginx->new(name => 'position', http => $http);
    my ($ok, $said) = $wrong->test;

    ok(!$ok, 'brotli loaded after us: nginx -t refuses');
    like($said, qr/\[emerg\] .*"ngx_http_brotli_filter_module" would compress/,
         '... says why');
    like($said, qr/move the "load_module" line of ngx_http_ai_filter_module/,
         '... and what to do');

    $ENV{TEST_NGINX_LOAD_MODULES} = "$brotli $modules";
    my $on = $http;
    $on =~ s/gzip on;/brotli on; brotli_types text\/html; brotli_min_length 1;/;
    $on =~ s/gzip_min_length 1;//;

    my $right = AIF::Nginx->new(name => 'position', http => $on)->start;
    $r = $right->get('/gzip/plain?lang=es', 'Accept-Encoding: br');

    is($r->{headers}{'content-encoding'}, 'br', 'loaded before us it works');
    like($r->{headers}{'x-ai'}, qr/^es; HIT/, '... after us');
    $right->stop;
}

done_testing;
