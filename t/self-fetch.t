#!/usr/bin/env perl

# Guards against: a page that only people with cookies ask for and that is
# never translated; a name, an address or a search of theirs that is sent on
# the way; a page asked for twice a day, or in another locale; a request of
# ours that carries anything of the visitor's, or is let in where a stranger
# isn't.  The engine's log and the shop's own are the proof.  Seen to fail
# without the fetch, with the visitor's cookie passed on, without the memory of
# what was fetched, with this machine's own address, and with the token not
# compared.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP ();
use AIF::Nginx;
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $requests = AIF->scratch('self-fetch-origin') . '/requests';
AIF->spew($requests, '');

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $h = $request->{headers};

    open my $log, '>>', $requests or die;
    syswrite $log, JSON::PP->new->canonical->encode($request) . "\n";

    my $who = ($h->{cookie} || '') =~ /session=/ || $h->{authorization};

    return $client->answer(status => 302, headers => ['Location: /login'])
        if $request->{path} =~ m{^/mine/} && !$who;

    my $q = $request->{args}{q};
    $q = '' unless defined $q;
    $q =~ tr/+/ /;
    $q =~ s/%(..)/chr hex $1/ge;

    my $name = $who ? 'Maria Rossi' : 'visitor';
    my $address = $who ? '<p>Via Roma One, Milano</p>' : '';

    $client->answer(type => 'text/html; charset=utf-8',
                    headers => ['Set-Cookie: session=again; Path=/'],
                    body => <<END);
<h1>Your account at $request->{path}</h1>
<p>Dear $name</p>$address
<p>You looked for <b>$q</b> lately</p>
<p>Here everybody sees the same words</p>
END
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $conf = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr zh-Hans;
    ai_header X-Ai;
    map $cookie_country $country { it fr; }
    log_format who '$remote_addr $request_uri $http_x_ai_self';
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_locale uri cookie:lang arg:lang $country accept-language;
        access_log %%DIR%%/logs/who.log who;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header Host $http_host;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /off/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /lookup/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_private lookup;
        }
        location /local/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            allow 127.0.0.1;
            deny all;
        }
        location /staff/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            satisfy any;
            allow 127.0.0.1;
            deny all;
            auth_basic staff;
            auth_basic_user_file %%DIR%%/users;
        }
        location /status { ai_status; }
    }
    server {
        listen 127.0.0.1:%%PORT_3%%;
        ai_translate scripted;
        ai_locale uri;
        ai_self off;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
    }
    server {
        listen 127.0.0.1:%%PORT_4%% proxy_protocol;
        ai_translate scripted;
        ai_locale uri;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'self-fetch', workers => 2,
                            http => $conf);
AIF->spew("$nginx->{dir}/users", "maria:{PLAIN}rossi\n");
$nginx->start;

my @maria = ('Cookie: session=MariaRossiSecret', 'User-Agent: MariaBrowser/1.0',
             'Referer: http://localhost/MariaCameFrom', 'X-Forwarded-For: 7.7.7.7');

sub texts { join "\n", sort keys %{ $engine->log } }

sub seen {
    my $path = shift;
    return grep { $_->{uri} eq $path }
           map { JSON::PP->new->decode($_) } split /\n/, AIF->slurp($requests);
}

sub status { JSON::PP->new->decode($nginx->get('/status')->{body})->{anonymous} }

sub ai { ($nginx->get(@_)->{headers}{'x-ai'} || '') }

# an account page

like(ai('/es/account/a', @maria), qr{^es; MISS; 0/5; personal},
     'a page of somebody\'s');
ok($engine->wait_for(texts => 4), 'is fetched as a stranger');
like(texts(), qr{account at /account/a}, 'so the engine sees what all see');
like(texts(), qr/Dear visitor/, 'and what strangers see');

my @seen = seen('/account/a');
is(scalar @seen, 2, 'the shop was asked twice');
is(join(' ', sort keys %{ $seen[1]{headers} }),
   'accept accept-language connection host user-agent x-ai-self x-real-ip',
   'the second time with nothing of hers')
    or diag explain $seen[1];
is($seen[1]{headers}{host}, 'localhost', 'for the same host');
is($seen[1]{headers}{'accept-language'}, 'es', 'in her locale');
is($seen[1]{headers}{'x-ai-self'}, '1', 'and not with a token');
is($seen[1]{headers}{'x-real-ip'}, '192.0.2.1', 'from nowhere');
is($seen[0]{headers}{'x-real-ip'}, '127.0.0.1', 'which is not for others');

ok($nginx->wait_for(sub { ai('/es/account/a', @maria) =~ m{PARTIAL; 3/5; } }),
   'what all see comes translated the next time');
$nginx->get('/es/account/a', @maria) for 1 .. 10;
is(scalar(grep { $_->{headers}{'x-ai-self'} } seen('/account/a')), 1,
   'and nothing is fetched again');

# locales, by each rule

my %way = (
    uri      => ['/fr/w/one'],
    cookie   => ['/w/two', 'Cookie: lang=fr; session=x'],
    arg      => ['/w/three?lang=fr'],
    variable => ['/w/four', 'Cookie: country=it; session=x'],
    accept   => ['/w/five', 'Accept-Language: fr-CA,fr;q=0.9,en;q=0.1'],
);

for my $rule (sort keys %way) {
    my ($path, @headers) = @{ $way{$rule} };
    $engine->reset;
    @headers = (@maria, @headers) unless grep /^Cookie/, @headers;
    like(ai($path, @headers), qr/^fr; /, "$rule chooses the locale");
    ok($engine->wait_for(texts => 1), 'its page is fetched');
    my ($request) = $engine->requests->[0];
    is($request->{target}, 'fr', 'in the same one') or diag explain $request;
    $path =~ s{^/fr}{};
    @seen = seen($path);
    is($seen[1]{headers}{cookie}, $rule eq 'cookie' ? 'lang=fr' : undef,
       'with a cookie if that is the rule');
}

$engine->reset;
like(ai('/w/zh', 'Cookie: lang=zh-CN; session=x'), qr/^zh-Hans; /,
     'a tag that is only matched');
ok($engine->wait_for(texts => 1), 'is fetched');
is((seen('/w/zh'))[1]{headers}{cookie}, 'lang=zh-Hans', 'as it is listed');

like(ai('/w/six', 'Cookie: lang=fr'), qr/; pending/,
     'a locale alone is nobody\'s cookie');
like(ai('/w/seven', 'Cookie: lang=MariaRossi'), qr/^en; /, 'a name is none');
like(ai('/es/w/seven', 'Cookie: lang=MariaRossi'), qr/; personal/,
     'so it is somebody\'s');

# what is typed

$engine->reset;
$nginx->get('/es/search?q=Maria+Rossi,+Via+Roma+1', @maria);
ok($engine->wait_for(texts => 1), 'a search is fetched');
sleep 0.3;
like(texts(), qr{account at /search}, 'the page is sent');
unlike(texts(), qr/rossi/i, 'what she typed is not');

# what is a stranger's not

$engine->reset;
my $before = status();
$nginx->get('/es/mine/orders', @maria);
ok($nginx->wait_for(sub { status()->{refused} > $before->{refused} }),
   'a page behind a login refuses a stranger');
is(texts(), '', 'and teaches nothing');
$nginx->get('/es/mine/orders', @maria);
is(scalar(seen('/mine/orders')), 3, 'it is not asked twice');

$nginx->get('/es/local/page', @maria);
$nginx->get('/es/staff/page', 'Authorization: Basic bWFyaWE6cm9zc2k=');
ok($nginx->wait_for(sub { status()->{refused} >= $before->{refused} + 3 }),
   '"allow 127.0.0.1" lets no stranger in');
is(scalar(seen('/local/page')), 1, 'the shop is not asked');
is(scalar(seen('/staff/page')), 1, 'neither where it is one way of two');
is(texts(), '', 'nothing was sent');

# what is not repeated

$nginx->get('/es/lookup/a', @maria);
$nginx->get('/off/a', @maria);
AIF::HTTP::get($nginx->{port} + 3, '/es/selfoff/a', @maria);
$nginx->request(method => 'POST', path => '/es/posted/a', headers => \@maria,
                body => 'name=Maria');
$nginx->request(method => 'HEAD', path => '/es/head/a', headers => \@maria);
$nginx->get('/es/bot/a', 'Cookie: session=x', 'User-Agent: Googlebot/2.1');
$nginx->get('/es/ours/a', @maria, 'X-AI-Self: es 0123456789abcdef');
$nginx->get('/en-GB/source', @maria);

$before = status();
$nginx->get('/es/order?key=wc_order_Kx7pQ2mVb9TzA', @maria);
$nginx->get('/es/a?email=maria%40example.com', @maria);
AIF::HTTP::request($nginx->{port} + 4, raw =>
    "PROXY TCP4 7.7.7.7 8.8.8.8 1 2\r\nGET /es/proxied/a HTTP/1.1\r\n"
    . "Host: a\r\nConnection: close\r\nCookie: a=b\r\n\r\n");
is(status()->{withheld}, $before->{withheld} + 3, 'some are withheld');
sleep 0.3;

for my $path ('/lookup/a', '/off/a', '/selfoff/a', '/posted/a', '/head/a',
              '/bot/a', '/ours/a', '/order?key=wc_order_Kx7pQ2mVb9TzA',
              '/a?email=maria%40example.com', '/proxied/a')
{
    is(scalar(seen($path)), 1, "$path is not repeated");
}

is(texts() =~ /visitor/ ? 1 : 0, 0, 'nothing of them was sent');

# a token is for one page

my $log = AIF->slurp("$nginx->{dir}/logs/who.log");
ok($log =~ m{^192\.0\.2\.1 /account/a 1$}m, 'the log has the address');
ok($log !~ m{[0-9a-f]{16}$}m, 'and no token');

$nginx->get('/es/forged/a', 'X-AI-Self: es 0123456789abcdef');
is((seen('/forged/a'))[0]{headers}{'x-real-ip'}, '127.0.0.1',
   'a token that is made up is worth nothing');
is((seen('/forged/a'))[0]{headers}{'x-ai-self'}, '', 'and not passed on');
$nginx->get('/es/forged/b', 'X-AI-Self: x', 'X-AI-Self: 1');
is((seen('/forged/b'))[0]{headers}{'x-ai-self'}, '', 'nor a second one');

unlike($nginx->log, qr/maria|rossi|roma/i, 'nothing of hers is in the log')
    or diag $nginx->log;
is_deeply([$nginx->complaints], [], 'the log has no complaint');
ok($nginx->stop, 'nginx ends in time');

for my $value ('ftp://a', 'http://', '127.0.0.1', 'http://a/path', '') {
    my ($ok, $said) = $nginx->test(http => $conf =~ s/ai_self off/ai_self "$value"/r);
    ok(!$ok && $said =~ /invalid value "\Q$value\E" in "ai_self"/,
       "\"$value\" is refused") or diag $said;
}

done_testing;
