#!/usr/bin/env perl

# Guards against a machine's words that nobody can tell from the shop's: a
# translated page without its meta, a generated element without data-ai; and
# against marks on what no machine wrote.  Seen to fail with the default off,
# with the variable left out of what a worker remembers of a page, and with
# the meta in pages of the shop's own locale.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use ScriptedEngine;
use Test::More;

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'label', http => <<'END');
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_wait 5s;
    types { text/html html; }
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        ai_filter on;
        ai_translate scripted;
        location / { }
        location /off/ { alias %%DIR%%/html/; ai_label off; }
        location /var/ { alias %%DIR%%/html/; ai_label $http_x_label; }
        location /gen/ {
            alias %%DIR%%/html/;
            ai_generate "#text" prompt=description engine=scripted;
        }
        location /genoff/ {
            alias %%DIR%%/html/; ai_label off;
            ai_generate "#text" prompt=description engine=scripted;
        }
        location /seo/ { alias %%DIR%%/html/; ai_seo on; }
    }
END

my $ld = '<script type="application/ld+json">{"@type":"Product","name":"Cup",'
         . '"brand":"Acme","color":"red"}</script>';

AIF->spew("$nginx->{dir}/html/page.html", <<END);
<!doctype html><html><head><title>A cup</title>$ld</head>
<body><p>A red cup</p><div id="text"></div></body></html>
END
AIF->spew("$nginx->{dir}/html/body.html", '<body><p>Another cup</p>');
AIF->spew("$nginx->{dir}/html/bare.html", '<p>A third cup</p>');

$nginx->start;

my $meta = '<meta name="ai-translated-from" content="en">';

my $body = $nginx->get('/es/page.html')->{body};
is(scalar(() = $body =~ /\Q$meta\E\n<\/head>/g), 1, 'a translated page has its meta');
unlike($body, qr/data-ai|digitalSourceType/, 'and nothing else');
(my $plain = $body) =~ s/\Q$meta\E\n//;
is($plain, $nginx->get('/es/off/page.html')->{body}, 'else it is the same');

is($nginx->get('/page.html')->{body},
   AIF->slurp("$nginx->{dir}/html/page.html"), 'one of the shop has none');
like($nginx->get('/es/body.html')->{body}, qr/^\Q$meta\E\n<body>/,
     'without a head it is before the body');
unlike($nginx->get('/es/bare.html')->{body}, qr/meta/,
       'without both it is nowhere');

for my $round (1 .. 3) {
    like($nginx->get('/es/var/page.html', 'X-Label: on')->{body}, qr/\Q$meta\E/,
         "a variable: on, visit $round");
    unlike($nginx->get('/es/var/page.html', 'X-Label: off')->{body}, qr/\Q$meta\E/,
           "off, visit $round");
}

like($nginx->get('/es/seo/page.html')->{body}, qr/<html lang="es">.*\Q$meta\E/s,
     'beside ai_seo');

$body = $nginx->get('/gen/page.html')->{body};
like($body, qr{<div id="text"><p data-ai="description">Here is Cup},
     'a generated element is marked');
is(scalar(() = $body =~ /"digitalSourceType":"https:\/\/schema.org\/TrainedAlgorithmicMediaDigitalSource"/g),
   1, 'in JSON-LD, too');
unlike($body, qr/ai-translated-from/, 'the page is no translation');

$body = $nginx->get('/es/gen/page.html')->{body};
like($body, qr/\Q$meta\E\n<script type="application\/ld\+json">/,
     'a page may be both');

unlike($nginx->get('/genoff/page.html')->{body},
       qr/data-ai|digitalSourceType/, 'off is off');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
