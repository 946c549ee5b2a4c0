#!/usr/bin/env perl

# Guards against: a request's headers that come out of order, lost or doubled
# when conditional ones are cut out of nginx's list, wherever they stand in it
# (its parts hold 20), and when headers are added afterwards.  Seen to fail with
# the part's last element not reached, with list->last left at a part that was
# cut off, and (a worker that crashed) with list->nalloc as it was.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use Test::More;

use constant SEED => 20;

my @conditional = ('If-None-Match: "a", W/"b"', 'If-Match: "c"',
                   'If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT',
                   'If-Unmodified-Since: Mon, 01 Jan 2024 00:00:00 GMT',
                   'Range: bytes=0-4', 'If-Range: "d"');

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};

    $client->answer(status => $request->{path} =~ /missing/ ? 404 : 200,
                    type => 'text/plain',
                    body => join "\n", map { "$_: $h->{$_}" }
                            grep { !/^(?:host|connection)$/ } sort keys %$h);
});

# Lua's set_header pushes to the list of the request

my ($lua) = grep { -f "$_/ngx_http_lua_module.so" }
            qw(/usr/lib/nginx/modules /usr/share/nginx/modules);
my $load = !$lua ? '' : join '', map { "load_module $lua/$_;\n" }
                                 grep { -f "$lua/$_" }
                                 qw(ndk_http_module.so ngx_http_lua_module.so);
my $set = !$lua ? '' : <<'END';
        location /lua {
            access_by_lua_block {
                for i = 1, 50 do
                    ngx.req.set_header("X-Lua-" .. i, "l" .. i)
                end
            }
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
END

my $nginx = AIF::Nginx->new(name => 'list', main => $load, http => <<END)->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es;
    large_client_header_buffers 8 16k;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_locale arg:lang;
        ai_filter on;
        ai_translate down;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /missing {
            proxy_intercept_errors on;
            error_page 404 = /off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /off {
            ai_filter off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /there {
            try_files /nowhere /and;
        }
        location /and {
            ai_filter off;
            try_files /nowhere /back;
        }
$set
    }
END
END {
    undef $nginx;
}


sub seen {
    my ($path, @headers) = @_;

    return AIF::HTTP::request(AIF->port, raw =>
        join("\r\n", "GET $path HTTP/1.0", @headers, '', ''))->{body};
}


# what the origin sees of these headers; of one name it shows the last

sub shown {
    my %last = map { /^(\S+): (.*)/ ? (lc $1, $2) : () } @_;

    return join "\n", map { "$_: $last{$_}" } sort keys %last;
}


sub others { map { sprintf 'X-%d: %s', $_, 'v' x (1 + $_ % 7) } 1 .. $_[0] }


is(seen('/?lang=es', @conditional), '', 'nothing but conditional headers');
is(seen('/?lang=es', $conditional[0]), '', 'only one');
is(seen('/?lang=es'), '', 'none');

for my $n (1, 2, 18, 19, 20, 21, 39, 40, 41, 60) {
    my @other = others($n);
    my $want = shown(@other);

    is(seen('/?lang=es', @conditional, @other), $want, "before $n others");
    is(seen('/?lang=es', @other, @conditional), $want, "behind $n");
    is(seen('/?lang=es', @other[0 .. $n / 2 - 1], @conditional,
            @other[int($n / 2) .. $n - 1]), $want, "amidst $n");
}

# a first part that goes whole, and the second, the last one, in its place

for my $n (19, 20, 21, 40) {
    my @all = (('Range: bytes=0-4') x $n, 'X-1: a');

    is(seen('/?lang=es', @all), 'x-1: a', "$n lines of Range");
    is(seen('/missing?lang=es', @all), shown(@all), '... put back');
}

srand SEED;

my ($wrong, $back, $twice) = (0, 0, 0);

# nginx refuses two lines of any but Range itself

for my $round (1 .. 300) {
    my @other = others(int rand 70);
    my @all = @other;

    for my $c (@conditional, $conditional[4]) {
        splice @all, int rand(1 + @all), 0, $c if rand() < 0.4;
    }

    $wrong++ if seen('/?lang=es', @all) ne shown(@other);
    $back++ if seen('/missing?lang=es', @all) ne shown(@all);
    $twice++ if seen('/there?lang=es', @all) ne shown(@other);
}

is($wrong, 0, 'any number in any place, 300 times');
is($back, 0, 'they come back where a redirect leaves the filter');
is($twice, 0, 'and go again where another one leads back');

SKIP: {
    skip 'nginx has no lua module here', 1 unless $lua;

    $wrong = 0;

    for my $n (0, 1, 5, 19, 20, 21, 40) {
        for my $first (0, 1) {
            my @other = others($n);
            my @all = $first ? (@conditional, @other) : (@other, @conditional);

            $wrong++ if seen('/lua?lang=es', @all)
                        ne shown(@other, map "X-Lua-$_: l$_", 1 .. 50);
        }
    }

    is($wrong, 0, 'headers can be added afterwards');
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
