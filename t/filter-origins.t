#!/usr/bin/env perl

# Guards against: kinds of origins whose bytes come in other ways than a proxy's
# do: files by sendfile and by threads, error pages, internal redirects, Lua
# that flushes or fails in the middle; and protocols whose connections are not
# sockets (HTTP/2).  A held page that kept its buffers would hang on the 3 MB
# file; a header that is entered twice would lose the page.  Seen to fail with
# the first header not restored.

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

my $page = "<p>Blue shirt</p>\n";
my $want = '<p>' . t('Blue shirt') . "</p>\n";
my $filler = '<!-- ' . 'x' x 3_000_000 . " -->\n";

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    $client->answer(body => $page, status => $request->{args}{status} || 200,
                    headers => $request->{path} =~ /redirect/
                               ? ['X-Accel-Redirect: /files/page.html'] : []);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my ($lua) = grep -f, map "$_/ngx_http_lua_module.so",
            '/usr/lib/nginx/modules', '/usr/share/nginx/modules';
my $ndk = $lua && $lua =~ s/ngx_http_lua_module/ndk_http_module/r;

$lua = undef unless $lua && -f $ndk && $ENV{TEST_NGINX_LOAD_MODULES}
                    && !$ENV{AIF_SANITIZE};

my ($perl) = grep -f, map "$_/ngx_http_perl_module.so",
             '/usr/lib/nginx/modules', '/usr/share/nginx/modules';

$perl = undef unless $ENV{TEST_NGINX_LOAD_MODULES} && !$ENV{AIF_SANITIZE};

my $perl_locations = !$perl ? '' : <<'END';
        location /perl {
            ai_filter on;
            perl 'sub {
                my $r = shift;
                $r->header_out("Content-Length", 100);
                $r->send_http_header("text/html");
                $r->print("<p>Blue ");
                return 500;
            }';
        }
END

my $lua_locations = !$lua ? '' : <<'END';
        location /lua/flush {
            default_type text/html;
            ai_filter on;
            content_by_lua_block {
                ngx.print("<p>Blue "); ngx.flush(true);
                ngx.sleep(0.05);
                ngx.print("shirt</p>\n"); ngx.eof(); ngx.sleep(0.05);
            }
        }
        location /lua/fail {
            default_type text/html;
            ai_filter on;
            content_by_lua_block {
                ngx.print("<p>Blue "); ngx.flush(true);
                ngx.exit(500);
            }
        }
END

my $nginx = AIF::Nginx->new(name => 'origins',
    main => join('', map "load_module $_;\n", $lua ? ($ndk, $lua) : (),
                                              $perl || ()),
    http => <<"END");
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale arg:lang;
    ai_buffer_size 8m;
    ai_header X-Ai;
    ai_wait 5s;
    types { text/html html; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_3%% http2;
        ai_translate scripted;
        root %%DIR%%/html;
        location /files/ {
            alias %%DIR%%/html/;
            sendfile on;
            ai_filter on;
        }
        location /threads/ {
            alias %%DIR%%/html/;
            sendfile on;
            aio threads;
            output_buffers 2 4k;
            ai_filter on;
        }
        location /copied/ {
            alias %%DIR%%/html/;
            sendfile off;
            output_buffers 1 4k;
            ai_filter on;
        }
        location /postponed/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            postpone_output 1;
            proxy_buffers 4 4k;
            proxy_busy_buffers_size 8k;
            proxy_buffer_size 4k;
            ai_filter on;
        }
        location /redirect/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /error/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_intercept_errors on;
            error_page 500 404 410 /files/page.html;
            ai_filter on;
        }
        location /limited/ {
            alias %%DIR%%/html/;
            limit_rate 20m;
            ai_filter on;
        }
        location /returned {
            default_type text/html;
            ai_filter on;
            return 200 "<p>Blue shirt</p>\n";
        }
$lua_locations
$perl_locations
    }
END

AIF->spew("$nginx->{dir}/html/page.html", $page);
AIF->spew("$nginx->{dir}/html/big.html", $page . $filler . $page);
AIF->spew("$nginx->{dir}/html/empty.html", '');

$nginx->start;

for my $where (qw(files threads copied limited)) {
    my $r = $nginx->get("/$where/page.html?lang=es");
    is($r->{body}, $want, "$where: a file");
    is($r->{headers}{'content-length'}, length $want, '... with its length');

    $r = $nginx->get("/$where/big.html?lang=es");
    ok($r->{body} eq $want . $filler . $want, "$where: a file of 3 MB")
        or diag $r->{headers}{'x-ai'}, ' ', length $r->{body};
    cmp_ok($r->{total}, '<', 5, '... in time');

    $r = $nginx->get("/$where/empty.html?lang=es");
    is($r->{status}, 200, "$where: an empty file");
    is($r->{body}, '', '... stays so');
}

is($nginx->get('/postponed/?lang=es')->{body}, $want, 'postpone_output 1');
is($nginx->get('/redirect/?lang=es')->{body}, $want, 'X-Accel-Redirect');
is($nginx->get('/returned?lang=es')->{body}, $want, 'return 200 "..."');

my $r = $nginx->get('/error/?lang=es&status=404');
is($r->{status}, 404, 'an error page of the shop');
is($r->{body}, $want, '... is translated');

$r = $nginx->get('/error/?lang=es&status=410');
is($r->{status}, 410, 'one that is gone');
is($r->{body}, $want, '... is translated');

$r = $nginx->get('/error/?lang=es&status=500');
is($r->{status}, 500, 'another one');
is($r->{body}, $page, '... is not, for its status');

my $tag = $nginx->get('/files/page.html?lang=es')->{headers}{etag};
is($nginx->get('/files/page.html?lang=es', "If-None-Match: $tag")->{status},
   304, 'a file in a foreign locale is confirmed by our entity tag');
is($nginx->get('/files/page.html?lang=es', 'Range: bytes=0-3')->{body}, $want,
   '... and comes whole');
is($nginx->get('/files/page.html', 'Range: bytes=0-3')->{body},
   substr($page, 0, 4), 'in its own locale it has ranges');

SKIP: {
    skip 'Lua is not installed', 4 unless $lua;

    $r = $nginx->get('/lua/flush?lang=es');
    is($r->{body}, $want, 'Lua that flushes and goes on after the end');
    cmp_ok($r->{total}, '<', 2, '... in time');

    $r = $nginx->get('/lua/fail?lang=es');
    is($r->{status}, 200, 'Lua that fails in the middle');
    is($r->{body}, '<p>' . t('Blue') . ' ', '... gives what it gave');
}

SKIP: {
    skip 'the perl module is not installed', 4 unless $perl;

    $r = $nginx->get('/perl?lang=es');
    is($r->{status}, 200, 'an error page after an error');
    is($r->{body}, '<p>Blue ', '... does not take the place of what came');
    ok($r->{cut}, '... which is cut') or diag $r->{raw};
    like($r->{headers}{'x-ai'}, qr{^es; ORIGIN; 0/0; cut$}, '... as "cut"');
}

SKIP: {
    my $curl = (grep -x "$_/curl", split /:/, $ENV{PATH})[0];
    my $url = 'http://127.0.0.1:' . AIF->port(3);

    skip 'curl is not installed', 3 unless $curl;
    skip 'curl has no HTTP/2', 3 unless `curl -V` =~ /HTTP2/;

    is(`curl -s --http2-prior-knowledge '$url/files/page.html?lang=es'`, $want,
       'HTTP/2');
    my $big = `curl -s --http2-prior-knowledge '$url/files/big.html?lang=es'`;
    ok($big eq $want . $filler . $want, '... and 3 MB of it');
    like(`curl -sI --http2-prior-knowledge '$url/files/page.html?lang=es'`,
         qr/^content-language: es\r$/m, '... and HEAD');
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
