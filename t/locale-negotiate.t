#!/usr/bin/env perl

# Guards against: a visitor who gets another language than he chose, and a
# cache that gives one visitor's language to another.  Every case says which
# locale is chosen and what Vary and Cache-Control tell of it.  Seen to fail
# with rules walked from the last, with Vary for rules behind "uri" and without
# Vary for those behind a cookie, with referers of other hosts let in, and with the arguments of try_files only.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $vary = $request->{args}{vary};

    $client->answer(type => 'text/plain',
                    body => $request->{headers}{'x-locale'},
                    headers => [map { s/%20/ /gr }
                                map { "Vary: $_" } split /;/, $vary || '']);
});

my $nginx = AIF::Nginx->new(name => 'negotiate', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es pt-BR zh-Hant fr;

    map $http_x_country $geo_locale {
        default "";
        MX es;
        FR fr;
    }

    server {
        listen 127.0.0.1:%%PORT%%;
        server_name shop.example;
        ai_locale uri cookie:lang arg:lang referer $geo_locale accept-language;
        ai_filter on;
        ai_translate down;
        proxy_set_header X-Locale $ai_locale;

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /arg {
            ai_locale arg:lang cookie:lang accept-language;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /cookie {
            ai_locale cookie:lang accept-language;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /accept {
            ai_locale accept-language;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /front {
            ai_locale arg:lang;
            try_files /nowhere /arg;
        }
        location /same {
            ai_locale $cookie_lang $arg_lang $http_accept_language;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /few {
            ai_locales en fr;
            ai_locale uri;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /none {
            ai_filter off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }

    server {
        listen 127.0.0.1:%%PORT_1%%;
        ai_locale uri=strict referer;
        ai_filter on;
        ai_translate down;
        proxy_set_header X-Locale $ai_locale;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }
END
END {
    undef $nginx;
}

my $port = AIF->port;


# "locale" or "locale; Vary" or "locale; Vary; private"

sub chosen {
    my ($want, $path, $name, @headers) = @_;
    my $r = AIF::HTTP::get($port, $path, 'Host: shop.example', @headers);
    my @vary = map { /^vary: (.*)/ ? $1 : () } @{ $r->{all} };
    my $cache = $r->{headers}{'cache-control'};

    is(join('; ', $r->{body}, @vary || $cache ? join ' + ', @vary : (),
            $cache || ()), $want, $name);
}


my $all = 'Accept-Language, Cookie, Referer; private';

chosen("en; $all", '/', 'nobody says anything: the source');
chosen('es', '/es/x', 'the path is first, and alone decides',
       'Cookie: lang=fr', 'Accept-Language: fr');
chosen("fr; $all", '/x', 'then a cookie', 'Cookie: a=b; lang=fr; c=d',
       'Accept-Language: es');
chosen('fr; Cookie', '/x?lang=es', 'without it this address would decide',
       'Cookie: lang=fr');
chosen('es; Cookie', '/x?lang=es', 'an argument before Accept-Language',
       'Accept-Language: fr');
chosen('es; Cookie', '/x?a=b&LANG=e%73&c', 'encoded, in the middle');
chosen("en; $all", '/x?xlang=es&lang', 'not a part of its name');
chosen("en; $all", '/x?lang=' . 'e%73' x 60, 'not a long one');
chosen("en; $all", '/x', 'the source locale is a choice too',
       'Cookie: lang=en', 'Accept-Language: es');
chosen("fr; $all", '/x', 'a cookie of a locale that is not listed is none',
       'Cookie: lang=de', 'Accept-Language: fr');
chosen("fr; $all", '/x', 'nor is garbage', 'Cookie: lang=%%%"; x',
       'Accept-Language: ;;q=,fr');
chosen("pt-BR; $all", '/x', 'underscore', 'Cookie: lang=pt_BR');
chosen("es; $all", '/x', 'quotes', 'Cookie: lang="es-MX"');
chosen("fr; $all", '/x', 'the second line of cookies', 'Cookie: a=b',
       'Cookie: lang=fr');

my $page = 'Referer: http://shop.example';

chosen("fr; $all", '/ajax', 'the page that made the request', "$page/fr/x?/es/");
chosen("fr; $all", '/ajax', 'its start page', "$page/fr");
chosen("fr; $all", '/ajax', 'on another port or scheme',
       'Referer: HTTPS://Shop.Example:8443/fr/');
chosen("en; $all", '/ajax', 'not a page without a prefix', "$page/x/fr/");
chosen("en; $all", '/ajax', 'nor one of another host',
       'Referer: http://shop.example.org/fr/');
chosen("en; $all", '/ajax', 'nor of a host as long as ours',
       'Referer: http://shop.exampla/fr/');
chosen("en; $all", '/ajax', 'nor of a host that ends like ours',
       'Referer: http://eshop.example/fr/');
chosen("en; $all", '/ajax', 'nor the start of one', 'Referer: http://shop');
chosen("en; $all", '/ajax', 'nor one without a host', 'Referer: /fr/');
chosen("es; $all", '/ajax', "the source's prefix is only a path",
       "$page/en/", 'X-Country: MX');
chosen("es; $all", '/x', 'a variable comes before Accept-Language',
       'X-Country: MX', 'Accept-Language: fr');
chosen("fr; $all", '/x', 'Accept-Language at last',
       'Accept-Language: de, fr-CA;q=0.5, es;q=0.4');
chosen("zh-Hant; $all", '/x', 'by its script', 'Accept-Language: zh-TW');

chosen('en; Accept-Language, Cookie', '/arg', 'an argument that is not there');
chosen('es', '/arg?lang=es', 'is the address when it is there',
       'Cookie: lang=fr');
chosen('fr; Accept-Language, Cookie', '/cookie', 'behind a cookie that decides '
       . 'others still count for those without', 'Cookie: lang=fr');
chosen('es', '/front?lang=es', 'arguments that try_files dropped');
chosen('fr; Cookie', '/same?lang=es',
       'a variable that is a cookie is one', 'Cookie: lang=fr');
chosen('es; Cookie', '/same?lang=es', 'or an argument');
chosen('es; Accept-Language, Cookie', '/same', 'or Accept-Language',
       'Accept-Language: de,es');
chosen('fr', '/fr/few', "a location's own list");
chosen('en', '/es/few', 'which lacks the prefix of the server');
chosen('fr', '/none', 'without a filter no header is added',
       'Accept-Language: fr');

chosen('en; accept-encoding + accept-language',
       '/accept?vary=accept-encoding;accept-language',
       "what the origin's Vary has is not said twice");
chosen('en; Cookie, Accept-Language', '/cookie?vary=Cookie,%20Accept-Language',
       'nor in a list');
chosen('en; X-A,Cookie + Accept-Language', '/cookie?vary=X-A,Cookie',
       'what it lacks is added');
chosen('en; *', '/cookie?vary=*', 'nothing can be added to "*"');

$port = AIF->port(1);
chosen('en', '/en/x', 'strict: the prefix of the source chooses it',
       'Referer: http://shop.example/es/');
chosen('en; Referer', '/ajax', 'also in the page that made a request',
       'Referer: http://shop.example/en/');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
