#!/usr/bin/env perl

# Guards against: variables that say something about a page before it is
# decided, or nothing when it is; and a shop that is not told the locale.  Seen
# to fail with $ai_locale taken from the page's context only, with its value
# cached from before an internal redirect, and with the context of a subrequest.

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
    my $h = $request->{headers};

    $client->answer(
        type => 'text/html',
        headers => [map "X-Seen-$_: " . $h->{"x-$_"} // '(none)',
                    qw(locale status)],
        body => $request->{path} eq '/part' ? "<b>$h->{'x-locale'} $h->{'x-status'}</b>"
                : '<p>12345</p><!--#include virtual="/part?lang=fr" -->');
});

my $nginx = AIF::Nginx->new(name => 'variables', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es fr;

    log_format ai '$request_uri|$ai_status|$ai_reason|$ai_locale|'
                  '$ai_fragments|$ai_hits|$ai_misses|$ai_wait_time';
    map $ai_status $known {
        default known;
        ""      unknown;
    }

    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/logs/ai.log ai;
        ai_locale arg:lang;
        ai_translate down;
        ai_filter on;
        proxy_set_header X-Locale $ai_locale;
        proxy_set_header X-Status "<$ai_status$ai_hits>";

        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /off {
            ai_filter off;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /part {
            log_subrequest on;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /ssi {
            ssi on;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /early {
            if ($ai_locale = fr) {
                return 200 "french, $known";
            }
            if ($ai_locale = en) {
                rewrite ^ /other last;
            }
            return 200 "$ai_locale, $known";
        }
        location /other {
            ai_locales de fr;
            ai_filter off;
            return 200 "$ai_locale";
        }
    }

    server {
        listen 127.0.0.1:%%PORT_1%%;
        ai_locales en;
        access_log %%DIR%%/logs/ai.log ai;
        location / {
            return 200 "<$ai_locale>";
        }
    }
END
END {
    undef $nginx;
}


sub logged {
    my ($line) = AIF->slurp("$nginx->{dir}/logs/ai.log") =~ /([^\n]*)\n\z/;

    return $line;
}


my $r = $nginx->get('/?lang=es');
is($r->{headers}{'x-seen-locale'}, 'es', 'the shop is told the locale');
is($r->{headers}{'x-seen-status'}, '<>', 'nothing is said before it is known');
like(logged(), qr{^/\?lang=es\|[A-Z]+\|[a-z-]+\|es\|0\|0\|0\|0\.000$},
     'all of a page');

$r = $nginx->get('/');
is($r->{headers}{'x-seen-locale'}, 'en', 'the source is a locale too');
is(logged(), '/|BYPASS|locale|en|0|0|0|0.000', 'what is left alone, and why');

$r = $nginx->get('/off?lang=es');
is($r->{headers}{'x-seen-locale'}, 'es', 'without a filter, too');
is(logged(), '/off?lang=es|-|-|es|-|-|-|-', 'but nothing else');

$r = $nginx->get('/ssi?lang=es');
is($r->{body}, '<p>12345</p><b>es <></b>',
   'a part is in the locale of its page, which is undecided');
$nginx->get('/ssi');
like(AIF->slurp("$nginx->{dir}/logs/ai.log"),
     qr{^(/ssi\|BYPASS\|locale\|en\|0\|0\|0\|0\.000\n)\1\z}m,
     'and says of it what the page does');

$r = $nginx->get('/early?lang=fr');
is($r->{body}, 'french, unknown', 'known in the rewrite phase');
$r = $nginx->get('/early?lang=es');
is($r->{body}, 'es, unknown', 'a page that is undecided is no page yet');
$r = $nginx->get('/early');
is($r->{body}, 'de', 'by the lists of the location that answers');

$r = AIF::HTTP::get(AIF->port(1), '/');
is($r->{body}, '<en>', 'without rules it is the source');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
