#!/usr/bin/env perl

# Guards against: a prefix as a way around a rule.  "/es/admin" reaches the
# location of "/admin", but not what the server says about "/admin" before a
# location is chosen; so where no filter stands behind a prefix, the client is
# sent to the bare path.  Seen to fail without the handler of the rewrite phase
# ("return" answered first), with the redirect made from r->uri (try_files led
# to "/front.php"), and with "//" left at the start of Location.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Test::More;

my $nginx = AIF::Nginx->new(name => 'door', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es;
    ai_locale uri;

    server {
        listen 127.0.0.1:%%PORT%%;
        absolute_redirect off;
        ai_translate down;
        error_page 404 /sorry;

        if ($uri ~ ^/admin) {
            return 403;
        }

        if ($host = es.localhost) {
            rewrite ^ /es$uri;
        }

        location / {
            return 200 "off $uri";
        }
        location /shop {
            ai_filter on;
            return 200 "on $uri";
        }
        location /shadow {
            ai_filter shadow;
            return 200 "shadow $uri";
        }
        location /static {
            root %%DIR%%/html;
        }
        location /denied {
            deny all;
        }
        location /variable {
            set $filter $arg_filter;
            ai_filter $filter;
            try_files /nowhere /shop;
        }
        location /front {
            ai_filter on;
            try_files /nowhere /off;
        }
        location /missing {
            ai_filter on;
            return 404;
        }
        location = /sorry {
            return 200 "sorry, $uri";
        }
    }

    server {
        listen 127.0.0.1:%%PORT_1%%;
        merge_slashes off;
        absolute_redirect off;
        location / {
        }
        location /shop {
            ai_filter on;
            ai_translate down;
        }
    }
END
END {
    undef $nginx;
}

mkdir "$nginx->{dir}/html/static";
AIF->spew("$nginx->{dir}/html/static/a.txt", 'static');


sub answer {
    my ($path, $want, $name, %arg) = @_;
    my $r = AIF::HTTP::request(AIF->port($arg{port} || 0), path => $path,
                               method => $arg{method} || 'GET',
                               body => $arg{body},
                               headers => $arg{headers} || []);

    is(join(' ', $r->{status}, $r->{headers}{location} || $r->{body}), $want,
       $name);
}


answer('/es/shop/1', '200 on /shop/1', 'with a filter the page is there');
answer('/es/shadow/1', '200 shadow /shadow/1', 'shadow is a filter');
answer('/es/off?a=b', '302 /off?a=b', 'without one the bare path has it');
answer('/off', '200 off /off', 'which answers');
answer('/es/admin', '302 /admin', 'a rule of the server on the bare path');
answer('/admin', '403 ' . ($nginx->get('/admin')->{body}), 'holds');
answer('/es/static/a.txt', '302 /static/a.txt', 'a file');
answer('/static/a.txt', '200 static', 'is where it was');
answer('/es/denied', '302 /denied', 'a location that denies');
answer('/es', '302 /', 'the start page');

answer('/es/off', '307 /off', 'POST keeps its method', method => 'POST',
       body => 'a=b');
answer('/es/off', '302 /off', 'HEAD', method => 'HEAD');

answer('/es/variable?filter=on', '200 on /shop', 'a variable that is on');
answer('/es/variable?filter=', '302 /variable?filter=', 'one that is off');

answer('/es/front/x?a', '302 /front/x?a',
       'try_files: the path that the client asked for');
answer('/es/missing', '404 sorry, /sorry', 'an error page is no way in');
answer('/es/off', '302 /off', 'nor is a missing page without a filter');

answer('/off', '200 off /off', 'a prefix of our own rewrite is no redirect',
       headers => ['Host: es.localhost']);

answer('/es//evil.example/', '302 /evil.example/', 'no way to another host');
answer('/es/%2Fevil.example/', '302 /evil.example/', 'nor by an encoded slash');
answer('/es//evil.example/', '302 /evil.example/',
       'nor without merge_slashes', port => 1);
answer('/es///evil.example/', '302 /evil.example/', 'nor with three',
       port => 1);
answer('/es/\\evil.example/', '302 /evil.example/', 'nor with a backslash',
       port => 1);

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
