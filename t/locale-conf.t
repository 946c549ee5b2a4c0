#!/usr/bin/env perl

# Guards against: a word in "ai_locale" or "ai_locales" that nginx takes and
# that does nothing, or something else than was meant.  Seen to fail with names
# that may be empty, with words compared by their first letters only, and with
# a rule that may stand twice.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Test::More;

my $nginx = AIF::Nginx->new(name => 'conf', log_level => 'warn');


sub conf {
    my ($directives, $want) = @_;
    my ($ok, $said) = $nginx->test(http => <<END);
    ai_zone shop:8m;
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            ai_filter on;
            ai_translate down;
            $directives
        }
    }
END

    if (defined $want) {
        ok(!$ok, "refused: $directives");
        like($said, qr/\[emerg\].*$want/, '... with the reason');
        return;
    }

    ok($ok, "taken: $directives") or diag $said;
    unlike($said, qr/\[(?:warn|error|emerg)\]/, '... without a word');
}


my $l = 'ai_locales en es;';

conf("$l ai_locale uri;");
conf("$l ai_locale uri=strict cookie:lang arg:lang referer \$host "
     . 'accept-language;');
conf("$l ai_locale cookie:a cookie:b arg:a \$cookie_c \$http_x_y;");
conf($l);
conf('ai_locales en zh-Hant-TW sr-Latn es-419 de-CH-1996 x-klingon;',
     'invalid locale "x-klingon"');
conf('ai_locales en zh-Hant-TW sr-Latn es-419 de-CH-1996;');

my $must = 'it must be "uri", "uri=strict", "cookie:name", "arg:name", '
           . '"referer", "\$variable" or "accept-language"';

conf("$l ai_locale url;", "invalid parameter \"url\" in \"ai_locale\", $must");
conf("$l ai_locale ur;", $must);
conf("$l ai_locale uris;", $must);
conf("$l ai_locale uri=;", $must);
conf("$l ai_locale uri=lax;", $must);
conf("$l ai_locale cookie;", $must);
conf("$l ai_locale cookie=lang;", $must);
conf("$l ai_locale header:X-Locale;", $must);
conf("$l ai_locale referer:es;", $must);
conf("$l ai_locale Accept-Language;", $must);
conf("$l ai_locale \$;", $must);
conf("$l ai_locale cookie:;",
     'parameter "cookie:" in "ai_locale" must have a name');
conf("$l ai_locale arg:;", 'parameter "arg:" in "ai_locale" must have a name');
conf("$l ai_locale \$arg_;", 'must have a name');
conf("$l ai_locale \$nowhere;", 'unknown "nowhere" variable');
conf("$l ai_locale uri cookie:a uri=strict;",
     'duplicate parameter "uri=strict" in "ai_locale"');
conf("$l ai_locale cookie:a \$cookie_a;", 'duplicate parameter "\$cookie_a"');
conf("$l ai_locale uri; ai_locale referer;", '"ai_locale" directive is dupl');
conf("$l ai_locale;", 'invalid number of arguments in "ai_locale"');

conf('ai_locales en spanish_and_more;', 'invalid locale "spanish_and_more"');
conf('ai_locales en es_MX;', 'invalid locale "es_MX"');
conf('ai_locales en e;', 'invalid locale "e"');
conf('ai_locales en /es;', 'invalid locale "/es"');
conf('ai_locales en es-;', 'invalid locale "es-"');
conf('ai_locales en es es;', 'duplicate locale "es"');
conf('ai_locales en es ES;', 'duplicate locale "ES"');
conf('ai_locale uri;', '"ai_locales"');

done_testing;
