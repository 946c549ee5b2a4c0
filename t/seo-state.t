#!/usr/bin/env perl

# Guards against: a followed link that leads out of the visitor's locale,
# because only the HTML's links had its prefix and not those that the page's
# framework knows; and a prefix where the HTML has none.  Seen to fail with the
# state's links left alone, with the memo of one form of request given to
# another, and with links of excluded elements prefixed in the state.
# (t/browser-next.t shows the same with React.)

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode ();
use Origin;
use ScriptedEngine;
use Test::More;

my $port = AIF->port;

# ((x)) is the link x, with the prefix if there is one; {{text}} a text

my $page = <<'END';
<!doctype html><html><head><title>{{Hats}}</title>
<link rel="canonical" href="((/hats))"></head><body><h1>{{Hats}}</h1>
<a href="((/blue))">{{Blue hat}}</a> <a href="((/a?b&amp;c))">{{Red hat}}</a>
<a href="/size.pdf">{{Sizes}}</a>
<code><a href="/raw">raw</a></code>
<script>self.__next_f.push([1,"0:[[\"$\",\"h1\",null,{\"children\":\"{{Hats}}\"}],[\"$\",\"$L2\",null,{\"href\":\"((/bl"])</script>
<script>self.__next_f.push([1,"ue))\",\"children\":\"{{Blue hat}}\"}],[\"$\",\"a\",null,{\"href\":\"((/a?b\u0026c))\",\"children\":\"{{Red hat}}\"}],"])</script>
<script>self.__next_f.push([1,"[\"$\",\"a\",null,{\"href\":\"/size.pdf\",\"children\":\"{{Sizes}}\"}],[\"$\",\"a\",null,{\"href\":\"/raw\"}],[\"$\",\"link\",null,{\"rel\":\"canonical\",\"href\":\"((/hats))\"}]]\n"])</script>
</body></html>
END

my $data = <<'END';
<!doctype html><html><body><h1>{{Hats}}</h1><a href="((/blue))">{{Blue hat}}</a>
<script id="__NEXT_DATA__" type="application/json">{"props":{"h":"{{Hats}}","list":[
{"url":"((/blue))","name":"{{Blue hat}}","slug":"/blue"},{"url":"/other"}]},"page":"/hats","url":"/blue"}</script>
</body></html>
END

my $rows = <<'END';
1:T8,Blue hat0:[["$","h1",null,{"children":"{{Hats}}"}],["$","$L2",null,{"href":"((/blue))","children":"$1"}],["$","form",null,{"action":"((/search))"}]]
END

my $json = '{"name":"{{Blue hat}}","link":"((\/blue))","url":"/blue"}';

sub words {
    my ($s, $code) = @_;
    $s =~ s/\{\{(.*?)\}\}/$code->($1)/ge;
    return $s;
}
sub links {
    my ($s, $prefix) = @_;
    $s =~ s{\(\((\\?/)(.*?)\)\)}{$prefix ? "$prefix/$2" : "$1$2"}gse;
    return $s;
}
sub shop { links(words($_[0], sub { $_[0] }), '') }

my %answer = (
    '/hats' => ['text/html', $page], '/data' => ['text/html', $data],
    '/rows' => ['text/x-component', $rows], '/json' => ['application/json', $json],
    '/empty' => ['text/x-component', qq{0:["\$","a",null,{"href":"/x"}]\n}],
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $a = $answer{ $request->{path} } or return $client->answer(status => 302,
        headers => ['Location: /rows']);
    $client->answer(type => $a->[0], body => shop($a->[1]));
});
my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'seostate', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri referer cookie:lang;
    ai_private anonymous cookie=lang;
    ai_wait 8s;
    ai_header X-Ai;
    proxy_set_header Host $http_host;
    proxy_redirect off;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        ai_seo on;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; ai_json name link; }
        location /off/ { ai_seo off; proxy_pass http://127.0.0.1:%%PORT_2%%/; }
    }
    server {
        listen 127.0.0.1:%%PORT_3%%;
        ai_locale uri=strict referer;
        ai_translate scripted;
        ai_filter on;
        ai_seo on;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
    }
END

my @host = ("Host: localhost:$port");
my $referer = "Referer: http://localhost:$port/es/hats";
my $cookie = 'Cookie: lang=es';

sub es { words($_[0], sub { Encode::encode('UTF-8', ScriptedEngine::rewrite($_[0])) }) }

# texts are compared elsewhere: here addresses, and what is around them

sub addresses {
    my $s = shift;
    $s =~ s/<link rel="alternate".*?>\n//g;
    return join "\n", $s =~ m{(\\?"(?:href|url|link|action|slug)\\?":\\?"[^"]*|(?<= )href="[^"]*")}g;
}

sub same {
    my ($path, $body, $prefix, $name, @headers) = @_;
    my $r = $nginx->get($path, @host, @headers);
    my ($want) = addresses(links($body, $prefix));
    like($r->{headers}{'x-ai'}, qr/^es; HIT/, "$name: is there");
    is(addresses($r->{body}), $want, "$name: its links");
    return $r;
}

$nginx->get("/es$_", @host) for sort keys %answer;

for (1 .. 3) {
    same('/es/hats', $page, '/es', "a page with a prefix");
    same('/hats', $page, '', "... by its cookie", $cookie);
    same('/es/data', $data, '/es', "a page's data");
    same('/es/rows', $rows, '/es', "a followed link");
    same('/rows', $rows, '/es', "... asked for by a page with a prefix", $referer);
    same('/rows', $rows, '', "... by the cookie", $cookie);
    same('/es/json', $json, '/es', "listed keys of JSON");
    same('/json', $json, '', "... by the cookie", $cookie);
}

my $r = $nginx->get('/es/rows', @host);
my $text = Encode::encode('UTF-8', ScriptedEngine::rewrite('Blue hat'));
my $want = links(es($rows), '/es');
$want =~ s/1:T8,Blue hat/sprintf '1:T%x,%s', length $text, $text/e;
is($r->{body}, $want, 'a followed link, byte by byte');
like($nginx->get('/rows', @host, $referer)->{all} ? join(' ',
     @{ $nginx->get('/rows', @host, $referer)->{all} }) : '', qr/vary: .*Referer/i,
     '... varies by the page');

$r = $nginx->get('/es/empty', @host);
like($r->{body}, qr{"/es/x"}, 'links where there is no text');
like($nginx->get('/es/off/hats', @host)->{body}, qr{\\"href\\":\\"/bl"}, 'ai_seo off');

# the source has a prefix of its own

my $strict = sub { AIF::HTTP::get(AIF->port(3), $_[0], @host, @_[1 .. $#_])->{body} };
is(addresses($strict->('/en/hats')), addresses(links($page, '/en')), 'strict: a page');
is($strict->('/en/rows'), links(words($rows, sub { $_[0] }), '/en'),
   'strict: a followed link, and no text is touched');
is($strict->('/rows'), shop($rows), 'strict: without a prefix not a byte');
is($strict->('/en/json'), shop($json), 'strict: JSON without listed keys');

is_deeply([$nginx->complaints], [], 'nothing to complain about');
done_testing;
