#!/usr/bin/env perl

# Guards against: a shop that is asked for "/es/product/1", which it does not
# know, instead of "/product/1", in any of the ways a request takes through
# nginx; and against paths that only look like a prefix.  Seen to fail with
# $request_uri left in its cache, with the record kept in r->ctx, with prefixes
# of internal redirects taken off too, with "/es/../es/x" cut literally,
# and with REQUEST_URI made anew after a rewrite of the server.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

# what the shop sees: its path, what PHP would have as REQUEST_URI, the locale

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};
    my %arg = (type => 'text/plain');

    if ($request->{path} eq '/accel') {
        $arg{headers} = ['X-Accel-Redirect: /es/internal'];

    } elsif ($request->{path} eq '/ssi') {
        $arg{type} = 'text/html';
        $arg{body} = '[<!--#include virtual="/part" -->]';

    } else {
        $arg{status} = 404 if $request->{path} =~ /missing/;
        $arg{body} = join ' ', $request->{uri}, $h->{'x-request-uri'},
                     $h->{'x-locale'};
    }

    $client->answer(%arg);
});

my $common = <<'END';
        ai_filter on;
        ai_translate down;
        proxy_set_header X-Locale $ai_locale;
        proxy_set_header X-Request-Uri $request_uri;
        proxy_set_header Accept-Encoding "";
END

my $nginx = AIF::Nginx->new(name => 'prefix', http => <<END)->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es fr zh-Hant;
    ai_locale uri;

    server {
        listen 127.0.0.1:%%PORT%%;

        # puts \$request_uri into its cache before the prefix is taken off
        if (\$request_uri ~ "^/never") {
            return 400;
        }

        rewrite ^(/..)?/old/(.*)\$ \$1/new/\$2;

        if (\$host = es.localhost) {
            rewrite ^ /es/local\$uri;
        }

$common
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /sub/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/shop/;
        }
        location /try/ {
            try_files /nowhere.html /front.php?from=\$uri&\$args;
        }
        location /named/ {
            try_files /nowhere.html \@front;
        }
        location /last/ {
            rewrite ^/last/(.*) /again/\$1 last;
        }
        location /gone/ {
            error_page 404 /sorry;
            return 404;
        }
        location /fallback/ {
            error_page 404 = \@front;
            return 404;
        }
        location = /ssi {
            ssi on;
            ssi_types text/plain;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location \@front {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location = /es/internal {
            internal;
            return 200 "the shop's own /es/internal";
        }
        location = /internal {
            return 200 "a prefix was taken off where there was none";
        }
    }

    server {
        listen 127.0.0.1:%%PORT_3%%;
        ai_locale uri=strict;
$common
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }

    server {
        listen 127.0.0.1:%%PORT_4%%;
        ai_filter on;
        ai_translate down;
        return 301 https://\$host\$request_uri;
    }

    # has no filter, so that it knows no prefixes
    server {
        listen 127.0.0.1:%%PORT_6%%;
        location / {
            return 301 https://\$host\$request_uri;
        }
    }

    server {
        listen 127.0.0.1:%%PORT_5%%;
        merge_slashes off;
$common
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END
END {
    undef $nginx;
}


sub seen {
    my ($path, $want, $name, %arg) = @_;
    my $r = AIF::HTTP::get(AIF->port($arg{port} || 0), $path,
                           @{ $arg{headers} || [] });

    is($r->{body}, $want, $name);
}


seen('/product/1', '/product/1 /product/1 en', 'a bare path');
seen('/es/product/1', '/product/1 /product/1 es', 'a prefix is taken off');
seen('/ES/product/1', '/product/1 /product/1 es', 'in any case');
seen('/zh-hant/x', '/x /x zh-Hant', 'a longer tag');
seen('/es', '/ / es', 'the prefix alone is the start page');
seen('/es/', '/ / es', 'also with a slash');
seen('/es?a=1', '/?a=1 /?a=1 es', 'or with arguments');
seen('/es/a%20b/c?q=%C3%A9&es=/es/', '/a%20b/c?q=%C3%A9&es=/es/ '
     . '/a%20b/c?q=%C3%A9&es=/es/ es', 'the rest stays as it was encoded');

seen('/de/x', '/de/x /de/x en', 'a locale that is not listed is a path');
seen('/estonia', '/estonia /estonia en', 'so is a longer word');
seen('/es.html', '/es.html /es.html en', 'or a file');
seen('/x/es/y', '/x/es/y /x/es/y en', 'or a later part');
seen('/en/x', '/en/x /en/x en', 'or the prefix of the source');
seen('/es/es/x', '/es/x /es/x es', 'only one is taken off');
seen('/es/fr/x', '/fr/x /fr/x es', 'the first');

seen('/es//x', '/x /x es', 'slashes behind a prefix');
seen('//es/x?a=b', '/x?a=b /x?a=b es', 'and before it');
seen('/%65s/x', '/x /x es', 'an encoded prefix');
seen('/es%2Fx%20y', '/x%20y /x%20y es', 'an encoded slash');
seen('/a/../es/x', '/x /x es', 'dots before a prefix');
seen('/es/../es/x', '/x /x es', 'dots behind it');
seen('/es/./x?.', '/x?. /x?. es', 'one dot');
seen('/es/%2E%2e/es/x', '/x /x es', 'encoded dots');
seen('/es/../fr/x', '/x /x fr', 'dots to another prefix');
seen('/es/a%2f..%2F..%2fes/x', '/x /x es', 'dots and slashes, encoded');
seen('/es/../x', '/es/../x /es/../x en', 'dots that leave the prefix');
seen('/es/.well-known', '/.well-known /.well-known es', 'a dot of a name');

seen('//es/x', '//es/x //es/x en', 'without merge_slashes: not the first part',
     port => 5);
seen('/es//x', '//x //x es', 'nor is what follows merged', port => 5);

seen('/es/sub/x', '/shop/x /sub/x es', 'proxy_pass with a path');
seen('/es/try/x?a=b', '/front.php?from=/try/x&a=b /try/x?a=b es', 'try_files');
seen('/es/named/x', '/named/x /named/x es', 'a named location');
seen('/es/last/x', '/again/x /last/x es', 'rewrite ... last');
seen('/es/gone/x', '/sorry /gone/x es', 'error_page');
seen('/es/fallback/x', '/fallback/x /fallback/x es',
     'error_page to a named location');
seen('/es/old/x', '/new/x /old/x es', "a rewrite of the server sees the prefix");
seen('/es/ssi', '[/part /ssi es]', 'the parts of a page are in its locale');
seen('/es/accel', "the shop's own /es/internal",
     "X-Accel-Redirect names the shop's own paths");
seen('/accel', "the shop's own /es/internal", 'also on a bare path');
seen('/x', '/local/x /x es', 'a prefix by a rewrite of the server leaves REQUEST_URI',
     headers => ['Host: es.localhost']);

seen('/en/x', '/x /x en', 'strict: the prefix of the source is one',
     port => 3);
seen('/es/x', '/x /x es', 'strict: others too', port => 3);

for my $port (4, 6) {
    my $r = AIF::HTTP::get(AIF->port($port), '/es/x?a=b');

    is($r->{headers}{location}, 'https://localhost/es/x?a=b',
       'a redirect to https keeps the prefix');
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
