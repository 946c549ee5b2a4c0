#!/usr/bin/env perl

# Guards against a person's text that is marked as a machine's, or judged or
# made anew like one.  t/store's test module writes it into our zone, as there
# is a person at the other end of an approval.  Seen to fail with texts marked
# whoever wrote them, with a person's text that gets stale, and with JSON-LD
# for any filled slot.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use AIF::Store;
use ScriptedEngine;
use Test::More;

my $engine = ScriptedEngine->start(AIF->port(1));
my $http = <<'END';
    ai_zone shop:8m;
    ai_store_test_zone shop;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_wait 5s;
    ai_label on;
    types { text/html html; }
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        location / {
            ai_filter on;
            ai_translate scripted;
            ai_generate "#text" prompt=description engine=scripted;
        }
        location = /write { ai_store_test; }
    }
END

$ENV{TEST_NGINX_LOAD_MODULES} .= ' ' . AIF::Store::build();
my $nginx = AIF::Nginx->new(name => 'label-person', http => $http);

AIF->spew("$nginx->{dir}/html/page.html", <<'END');
<!doctype html><html><head><title>A cup</title>
<script type="application/ld+json">{"@type":"Product","name":"Cup",
"brand":"Acme","color":"red"}</script></head>
<body><div id="text"></div></body></html>
END

$nginx->start;

my $body = $nginx->get('/page.html')->{body};
like($body, qr{<div id="text"><p data-ai="description">Here is Cup},
     'what a machine wrote is marked');
like($body, qr/digitalSourceType/, 'in JSON-LD, too');

my ($facts) = keys %{ $engine->log };
my $words = 'It is the best cup of our father, with 12 stories.';

is($nginx->get('/write?op=person&prompt=description&from=en&to=en&t='
               . escape($facts) . '&v=' . escape($words))->{body}, "OK\n",
   'a person writes another text');

unmarked('it');

$engine->reset;
$http =~ s/model test/model other/;
ok($nginx->reload(http => $http), 'another model');
unmarked('what a person wrote');
is($engine->count('texts'), 0, 'and nobody is asked for another');

like($nginx->get('/es/page.html')->{body},
     qr{<p data-ai="description">Aqu.+ Cup}, 'in Spanish a machine writes');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;


sub unmarked {
    my $name = shift;
    my $body = $nginx->get('/page.html')->{body};

    like($body, qr{<div id="text"><p>\Q$words\E</p></div>},
         "$name is shown unmarked");
    unlike($body, qr/digitalSourceType|data-ai/, 'nothing says otherwise');
}


sub escape {
    my $text = shift;
    $text =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    return $text;
}
