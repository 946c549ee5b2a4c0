#!/usr/bin/env perl

# Guards against: a search that finds nothing because the shop was asked in a
# language it does not speak; a search that fails, or hangs, because an engine
# does; a URL of which anything but the one value changed; words that are sent
# although nobody was to, or twice; and a page that shows the visitor words he
# never typed.  Seen to fail with the value not replaced, with the deadline
# left out, with the words' locales turned round, and with the memo blind for
# the words, with JSON taken for a page (a worker died), and with a share for
# each worker, or for each visitor of all.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(encode);
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

# The shop says what it was asked, in a page as shops make them or in JSON.

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($q) = $request->{uri} =~ /[?&]q=([^&]*)/;

    $q = '' unless defined $q;
    $q =~ tr/+/ /;
    $q =~ s/%(..)/chr hex $1/ge;
    (my $html = $q) =~ s/&/&amp;/g;
    $html =~ s/</&lt;/g;
    $html =~ s/"/&quot;/g;

    if ($request->{uri} =~ /json/) {
        $q =~ s/"/\\"/g;
        return $client->answer(type => 'application/json',
                               body => qq({"asked":"$request->{uri}",)
                                       . qq("q":"$q","title":"What we found"}));
    }

    # the texts of a React page are in its state as well

    if ($request->{uri} =~ /state/) {
        my $state = qq({"title":"What we found","q":"$q"});
        return $client->answer(type => 'text/html; charset=utf-8',
            body => qq(<div id="__next"><h1>What we found</h1><p>$q</p></div>)
                    . qq(<script id="__NEXT_DATA__" type="application/json">)
                    . qq($state</script>));
    }

    my $texts = $request->{uri} =~ /field/ ? '' : <<END;
<p>Results for "$html"</p>
<p>We like $html very much</p>
END

    $client->answer(type => 'text/html; charset=utf-8', body => <<END);
<!-- asked: $request->{uri} -->
<h1>Welcome to our search page</h1>
<p>This page has so many letters that it is nearly complete without the rest</p>
<form><input type="search" name="q" value="$html"></form>
$texts
END
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $http = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 3s;
    }
    ai_engine slow {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/m/delay=900/v1;
        model test;
    }
    ai_engine spent {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        max_tokens 10; budget day=1700;
    }
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
    }
    %%TROUBLE_ENGINES%%
    ai_locales en es fr;
    ai_locale uri;
    ai_header X-Ai;
    ai_incomplete mixed=10;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        ai_translate scripted;
        ai_filter on;
        ai_wait 1s;
        ai_query arg=q engine=scripted wait=2s;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /part/ { proxy_pass http://127.0.0.1:%%PORT_2%%/; }
        location /quick/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query arg=q engine=slow wait=200ms max_length=10;
        }
        location /now/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query arg=q engine=scripted wait=0;
        }
        location /down/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query arg=q engine=down;
        }
        location /spent/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query arg=q engine=spent wait=1s;
        }
        %%TROUBLE_LOCATIONS%%
        location /off/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query off;
        }
        location /denied/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            deny all;
        }
        location /listed/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_json q title;
        }
        location /unfiltered/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter off;
        }
        location /seen/ {
            set $before $request_uri;
            proxy_pass http://127.0.0.1:%%PORT_2%%/json?was=$request_uri;
        }
        location = /status { ai_filter off; ai_status; }
        location /try/ { try_files /nothing @shop; }
        location @shop { proxy_pass http://127.0.0.1:%%PORT_2%%; }
    }
END

# each trouble has an engine of its own: a breaker is the next one's trouble

my @trouble = (['status=500', 'fallo'], ['garbage', 'basura'],
               ['facts', 'talla+42'], ['markup', 'marca'], ['empty', 'vacio'],
               ['long', 'mucho'], ['cut', 'corte'], ['echo', 'igual']);

my ($engines, $locations) = ('', '');

for my $i (0 .. $#trouble) {
    $engines .= "ai_engine e$i { protocol openai; model test; "
                . "url http://127.0.0.1:%%PORT_1%%/m/$trouble[$i][0]/v1; }\n";
    $locations .= "location /e$i/ { proxy_pass http://127.0.0.1:%%PORT_2%%; "
                  . "ai_query arg=q engine=e$i wait=2s; }\n";
}

$http =~ s/%%TROUBLE_ENGINES%%/$engines/;
$http =~ s/%%TROUBLE_LOCATIONS%%/$locations/;

my $nginx = AIF::Nginx->new(name => 'query', http => $http)->start;

sub texts { join "\n", sort keys %{ $engine->log } }

sub counted {
    JSON::PP->new->decode($nginx->get('/status')->{body})->{query};
}

sub asked {
    my $r = $nginx->get(@_);
    my ($target) = $r->{body} =~ /"asked":"([^"]*)"/;

    return $target;
}

sub translated {
    my $text = shift;

    return encode('UTF-8', ScriptedEngine::rewrite($text));
}

sub raw {
    my $text = translated(shift);

    $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

my $azul = raw('camisa azul');
(my $plus = $azul) =~ s/%20/+/g;

# what the shop is asked

is(asked('/es/json?q=camisa+azul'), "/json?q=$plus",
   'the shop is asked in its own language');
my ($call) = @{ $engine->requests };
is_deeply($call->{texts}, ['camisa azul'], 'the words were sent');
is("$call->{source} $call->{target}", 'es en', 'out of the visitor\'s '
   . 'language');
is($engine->count('requests'), 1, 'once');

is(asked('/es/json?q=camisa%20azul'), "/json?q=$azul",
   'a blank is written as the visitor\'s form did');
is($engine->count('requests'), 1, 'known words are not sent again');
is(asked('/es/json?a=1&q=camisa+azul&b=%20'), "/json?a=1&q=$plus&b=%20",
   'nothing else of the URL changes');
is(asked('/es/part/json?q=camisa+azul'), "/json?q=$plus",
   'with a path in proxy_pass');
is(asked('/es/try/json?q=camisa+azul'), "/try/json?q=$plus",
   'through try_files');
like(asked('/es/seen/?q=camisa+azul'), qr{was=/seen/\?q=\Q$plus\E},
     'also in $request_uri, though it was asked for before');
is($engine->count('requests'), 1, 'all that with one call');

is(asked('/es/json?q=ni%C3%B1o+feliz+1'), '/json?q='
   . (raw("ni\x{f1}o feliz 1") =~ s/%20/+/gr), 'other scripts than ASCII');
is(asked('/es/json?q=%3Cb%3Erojo%3C%2Fb%3E+%26+azul'), '/json?q='
   . do { my $t = '<b>' . translated('rojo') . '</b> & ' . translated('azul');
          # a tag's name is a word too
          $t =~ s/b/translated('b')/ge;
          $t =~ s/([^A-Za-z0-9._~ -])/sprintf '%%%02X', ord $1/ge;
          $t =~ s/ /+/g; $t }, 'markup is text');

# where it has no business

$engine->reset;

for my $same ('/json?q=camisa+azul', '/es/json?x=camisa', '/es/json?q=12345',
              '/es/json?q=%FFabc', '/es/json?q=a%00b', '/es/json?q=',
              '/es/json?q=uno&q=dos', '/es/json?q=' . 'palabra+' x 20,
              '/es/off/json?q=nuevo', '/es/quick/json?q=demasiado+largo')
{
    (my $target = $same) =~ s{^/es}{};
    is(asked($same), $target, 'as it is: ' . substr $same, 0, 30);
}

is(asked('/es/json?q=googlebot+pregunta', 'User-Agent: Googlebot/2.1'),
   '/json?q=googlebot+pregunta', 'crawlers do not ask');
is(asked('/es/json?q=camisa+azul', 'User-Agent: Googlebot/2.1'),
   "/json?q=$plus", 'but read');

is($nginx->get('/es/denied/json?q=prohibido')->{status}, 403,
   'who is sent away is');

my $r = $nginx->request(method => 'POST', path => '/es/json?q=correo',
                        body => 'q=correo');
like($r->{body}, qr{"asked":"/json\?q=correo"}, 'nor does POST');
is($engine->count('requests'), 0, 'nothing was sent for any of these');

# engines in trouble

my $t = time;
is(asked('/es/quick/json?q=lento'), '/quick/json?q=lento',
   'a slow engine: after the deadline the visitor\'s words');
cmp_ok(time - $t, '<', 0.8, 'in time');
ok($nginx->wait_for(sub { asked('/es/quick/json?q=lento') ne
                          '/quick/json?q=lento' }, 5),
   'and the next one has them');

$engine->mode('delay=600');
$t = time;
is(asked('/es/now/json?q=ahora'), '/now/json?q=ahora', 'no wait, no words');
cmp_ok(time - $t, '<', 0.5, 'at once');
ok($nginx->wait_for(sub { asked('/es/now/json?q=ahora') ne
                          '/now/json?q=ahora' }, 5),
   'but the next one has them');
$engine->mode('');

is(asked('/es/down/json?q=abajo'), '/down/json?q=abajo', 'an engine down');

my @spent = map { asked("/es/spent/json?q=gasto+$_") } 'a' .. 'c';
isnt($spent[0], '/spent/json?q=gasto+a', 'within the budget');
is($spent[-1], '/spent/json?q=gasto+c', 'the budget is used up');

for my $i (0 .. $#trouble) {
    is(asked("/es/e$i/json?q=$trouble[$i][1]"), "/e$i/json?q=$trouble[$i][1]",
       "an engine that does $trouble[$i][0]");
}

# a client that goes away while its words are awaited

$engine->mode('delay=500');
my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                              PeerPort => $nginx->{port});
print $s "GET /es/json?q=adios HTTP/1.1\r\nHost: x\r\n\r\n";
sleep 0.2;
close $s;
sleep 0.6;
$engine->mode('');
isnt(asked('/es/json?q=adios'), '/json?q=adios',
     'a client gone: the paid answer is kept');

# masks

$engine->reset;
is(asked('/es/json?q=pedido+de+ana%40example.com'), '/json?q='
   . (raw('pedido de ') =~ s/%20/+/gr) . 'ana%40example.com',
   'an address comes to the shop');
unlike(texts(), qr{example}, 'and to nobody else');

# the page

$nginx->get('/es/search?q=camisa+azul') for 1 .. 2;
$r = $nginx->get('/es/search?q=camisa+azul');
my $shop = translated('camisa azul');

like($r->{body}, qr{asked: /search\?q=\Q$plus\E }, 'the page of the search');
like($r->{body}, qr{<input type="search" name="q" value="camisa azul">},
     'its field has what the visitor typed');
like($r->{body}, qr{Results for "camisa azul"}, 'also between quotes');
like($r->{body}, qr{We like \Q$shop\E very much},
     'in a sentence they are the shop\'s');
unlike($r->{body}, qr{Welcome}, 'the rest is translated');
unlike(texts(), qr{\Q$shop\E}, 'what repeats the words is not sent');

# bodies that have no HTML, or have it twice

my $found = translated('What we found');

$nginx->get('/es/listed/json?q=camisa+azul');
$r = $nginx->get('/es/listed/json?q=camisa+azul');
is($r->{body}, qq({"asked":"/listed/json?q=$plus","q":"$shop",)
               . qq("title":"$found"}), 'JSON has the shop\'s words');

$nginx->get('/es/listed/state?q=camisa+azul');
$r = $nginx->get('/es/listed/state?q=camisa+azul');
is($r->{body}, qq(<div id="__next"><h1>$found</h1><p>$shop</p></div>)
   . qq(<script id="__NEXT_DATA__" type="application/json">)
   . qq({"title":"$found","q":"$shop"}</script>),
   'a page that React compares with its state has them in both');

# two searches that are the same to the shop

# all known before: a new text would end what is kept

asked('/es/json?q=c%C3%A1misa+azul');
$nginx->get('/es/field?q=camisa+azul') for 1 .. 3;
$r = $nginx->get('/es/field?q=c%C3%A1misa+azul');
like($r->{headers}{'x-ai'}, qr{HIT}, 'a page that is kept for some time');
like($r->{body}, qr{value="c\xc3\xa1misa azul"},
     'is not kept for who typed something else');
$r = $nginx->get('/es/search?q=CAMISA+azul');
like($r->{body}, qr{value="CAMISA azul"}, 'each visitor reads his own');
$r = $nginx->get('/es/search?q=camisa+azul');
like($r->{body}, qr{value="camisa azul"}, 'also after another\'s');
$r = $nginx->get('/es/search?q=%22%3E%3Cscript%3Ealerta%3C%2Fscript%3E');
unlike($r->{body}, qr{<script>}, 'and markup never comes alive');
like($r->{body}, qr{value="&quot;&gt;&lt;script&gt;alerta&lt;/script&gt;"},
     'it is shown as it was typed');

# one visitor's share, over all workers and reloads

my $before = counted();
$engine->reset;
ok($nginx->reload(workers => 2), 'two workers');
$t = time;
asked("/es/json?q=palabra+cara+" . ('aa' .. 'dz')[$_] . 'x') for 0 .. 99;
my $share = 30 + (time - $t) / 2 + 1;
my $asked = $engine->count('requests');
cmp_ok($asked, '<=', $share, 'one address has a share');
$r = asked('/es/json?q=camisa+azul');
is($r, "/json?q=$plus", 'of new words; known ones have no limit');

my $after = counted();
is($after->{asked} - $before->{asked}, $asked, 'those asked are counted');
is($after->{limited} - $before->{limited}, 100 - $asked, 'and those over it');
cmp_ok($after->{changed}, '>', $before->{changed}, 'those the shop got, too');
cmp_ok($after->{late}, '>=', 1, 'and those that came too late');

my $other = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $nginx->{port},
                                  LocalAddr => '127.0.0.77');
SKIP: {
    skip 'there is no other address', 1 unless $other;
    print $other "GET /es/json?q=otra+cosa HTTP/1.0\r\nHost: x\r\n\r\n";
    local $/;
    unlike(scalar <$other>, qr{otra}, 'another address has its own');
}

unlike($nginx->log, qr{camisa azul|palabra}i, 'no words in the log');
is_deeply([grep { !/connect\(\) failed|call failed/ } $nginx->complaints], [],
          'the log has no complaint');

for my $bad (['ai_query arg=q;', qr{must have "arg=name" and "engine=name"}],
             ['ai_query arg=q engine=e wait=x;', qr{"wait=x" in "ai_query"}],
             ['ai_query arg=q engine=e max_length=0;', qr{"max_length=0"}],
             ['ai_query arg=q engine=nobody;', qr{nobody}])
{
    my ($ok, $said) = AIF::Nginx->new(name => 'query-bad', http => <<END)->test;
    ai_zone shop:1m;
    ai_engine e { protocol apertium; url http://127.0.0.1:1; }
    server { listen 127.0.0.1:%%PORT%%; $bad->[0] }
END
    ok(!$ok, "refused: $bad->[0]");
    like($said, $bad->[1], 'and told why');
}

done_testing;
