#!/usr/bin/env perl

# Guards against ads that say what the page doesn't, or don't fit where they
# are to go; against a page that nobody may see being read for one; against
# texts that are paid twice, or stay when the page has changed.  Seen to fail
# with claims not checked, with lengths not checked, with locations that do not
# filter, with a space without the kind, and with a waiter that stays when its
# request has gone.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(decode encode);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Origin;
use Test::More;
use Time::HiRes qw(sleep);

my $said = "$AIF::build/copy-asked.$$";
my $mode = "$AIF::build/copy-mode.$$";
my $price = "$AIF::build/copy-price.$$";

# A chat model that knows the fields by the schema, and writes what it is told
# by the mode: "field=text" for one of them.

my %text = (
    en => 'Linen shirt by Acme', es => 'Camisa de lino de Acme',
    ja => 'Acme リネンシャツ',
);

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $body = JSON::PP::decode_json($request->{body});
    my $mode = AIF->slurp($mode);

    open my $fh, '>>', $said or die "$said: $!\n";
    syswrite $fh, "$request->{body}\n";
    close $fh;

    sleep 1.5 if $mode eq 'slow';

    return $client->answer(status => '400 No', body => '{}',
                           type => 'application/json') if $mode eq 'fail';

    my $variants = $body->{response_format}{json_schema}{schema}{properties}
                        {variants};
    my $fields = $variants->{items}{properties};
    my ($locale) = $body->{messages}[0]{content} =~ /in Spanish/ ? 'es'
                 : $body->{messages}[0]{content} =~ /in Japanese/ ? 'ja' : 'en';
    my @all;

    for my $i (1 .. $variants->{minItems}) {
        my %one;
        for my $field (keys %$fields) {
            my $text = $mode =~ /^$field=(.*)/s ? decode('UTF-8', $1)
                                                : $text{$locale};
            $one{$field} = $fields->{$field}{type} eq 'array'
                ? [ ($text) x $fields->{$field}{minItems} ] : $text;
        }
        push @all, \%one;
    }

    my $content = decode('UTF-8',
                         JSON::PP::encode_json({ variants => \@all }));
    $content = 'no JSON' if $mode eq 'prose';

    $client->answer(type => 'application/json', body => JSON::PP::encode_json({
        choices => [{ index => 0, finish_reason => 'stop',
                      message => { role => 'assistant', content => $content } }],
        usage => { prompt_tokens => $mode eq 'dear' ? 1800 : 100,
                   completion_tokens => 50 } }));
});

sub product {
    my ($name, $price) = @_;

    return '<!doctype html><html><head><meta charset="utf-8"><title>x</title>'
        . '<script type="application/ld+json">' . JSON::PP->new->encode({
            '@type' => 'Product', name => $name, brand => 'Acme',
            material => 'linen', weight => '200 g',
            offers => { price => $price, priceCurrency => 'EUR' } })
        . "</script></head><body><h1>$name</h1></body></html>";
}

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $path = $request->{path};
    my $html = 'text/html; charset=utf-8';

    return $client->answer(status => '404 No', type => $html, body => 'no')
        if $path =~ /gone/;
    return $client->answer(status => '302 No', type => $html, body => 'no',
                           headers => ['Location: /product/1'])
        if $path =~ /moved/;
    return $client->answer(status => '500 No', type => $html, body => 'no')
        if $path =~ /broken/;
    return $client->answer(status => $request->{headers}{cookie}
                           || $request->{headers}{authorization}
                           ? '200 OK' : '403 No', type => $html,
                           body => product('Secret shirt', '1.00'))
        if $path =~ /mine/;
    return $client->answer(type => $html, body => '<h1>Hello</h1>')
        if $path =~ /empty/;
    return $client->answer(type => 'application/json', body => '{}')
        if $path =~ /data/;
    return $client->answer(type => 'text/html; charset=iso-8859-1',
                           body => encode('iso-8859-1',
                                          product('Café shirt', '5.00')
                                          =~ s/utf-8/iso-8859-1/r))
        if $path =~ /latin/;

    $client->answer(type => $html, body => encode('UTF-8',
        product($path =~ /wool/ ? 'Wool shirt' : 'Linen shirt',
                AIF->slurp($price))));
});

my $conf = <<'END';
    ai_zone shop:8m;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 5s;
    }
    ai_engine tight {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        max_tokens 100; budget day=2000;
    }
    ai_engine nobody {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
    }
    ai_locales en es ja;
    ai_locale uri;
    log_format all '$request $status';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/access.log all;
        error_log %%DIR%%/info.log info;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate chat;
            ai_filter on;
        }
        location /off/ { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /admin/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            allow 127.0.0.1; deny all;
        }
        location = /ai/copy {
            ai_copy engine=chat users=%%DIR%%/users;
            if ($arg_never) { set $x 1; }
        }
        location = /ai/impatient {
            ai_copy engine=chat users=%%DIR%%/users wait=300ms;
        }
        location = /ai/tight { ai_copy engine=tight users=%%DIR%%/users; }
        location = /ai/nobody { ai_copy engine=nobody users=%%DIR%%/users; }
        location = /ai/closed { ai_copy engine=chat; }
        location = /ai/other {
            ai_scope other; ai_copy engine=chat users=%%DIR%%/users;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'copy', workers => 2, http => $conf);

AIF->spew("$nginx->{dir}/users", "shop:{PLAIN}open sesame\n");
AIF->spew($said, '');
AIF->spew($price, '19.90');
mode('');
$nginx->start;

my $auth = 'Authorization: Basic ' . encode_base64('shop:open sesame', '');

sub mode { AIF->spew($mode, encode('UTF-8', $_[0])) }
sub calls { my $n = () = AIF->slurp($said) =~ /\n/g; return $n }
sub json { eval { JSON::PP::decode_json($_[0]{body}) } || {} }

sub ask {
    my ($args, $where, @more) = @_;
    return $nginx->get('/ai/' . ($where || 'copy') . "?$args", $auth, @more);
}

# a price of its own for each trial: what was rejected is not asked for again

my $n = 10;
sub fresh { mode($_[0]); AIF->spew($price, ++$n . '.50'); return $n }

sub refused {
    my ($name, $args, $status, $message, $where) = @_;
    my $r = ask($args, $where);

    is($r->{status}, $status, $name);
    like(json($r)->{error}{message}, $message, 'and why');
}


# --- each kind: its fields, its limits, in three locales

my %kinds = (
    'google-ad' => { headlines => [3, 5, 30], descriptions => [2, 2, 90] },
    'meta-ad' => { primary_text => [1, 1, 125], headline => [1, 1, 40],
                   description => [1, 1, 30] },
    tiktok => { text => [1, 1, 100] },
    tweet => { text => [1, 1, 280] },
    email => { subject => [1, 1, 60], preheader => [1, 1, 100],
               body => [1, 1, 1000] },
    push => { title => [1, 1, 50], body => [1, 1, 150] },
);

for my $kind (sort keys %kinds) {
    for my $locale (qw(en es ja)) {
        my $r = ask("url=/product/1&kind=$kind&locale=$locale&n=2");
        my $got = json($r);

        is($r->{status}, 200, "$kind in $locale") or diag $r->{body};
        is_deeply([ @$got{qw(url kind locale)} ], ['/product/1', $kind, $locale],
                  'what it is');
        is(scalar @{ $got->{variants} || [] }, 2, 'two variants');

        is_deeply([ map [ sort keys %$_ ], @{ $got->{variants} } ],
                  [ ([ sort keys %{ $kinds{$kind} } ]) x 2 ], 'their fields');
        is_deeply({ map { ($_ => [ @{ $got->{limits}{$_} }{qw(min max length)} ])
                        } keys %{ $got->{limits} } }, $kinds{$kind},
                  'and their limits');

        my ($one) = values %{ $got->{variants}[0] };
        is(ref $one ? $one->[0] : $one, $text{$locale}, 'the text');
    }
}

is(calls(), 18, 'one call each');
like(AIF->slurp($said), qr/price: 19\.9 EUR/, 'the engine was told the facts');

ask("url=/product/1&kind=$_&locale=es&n=2") for (sort keys %kinds) x 4;
is(calls(), 18, 'asked for again, over both workers, nothing is called');

my $r = ask('url=%2Fproduct%2F1&kind=tweet');
is(json($r)->{locale}, 'en', 'without a locale the shop\'s own');
is(scalar @{ json($r)->{variants} }, 1, 'without a number one');
is(calls(), 19, 'which is another text');
is(json(ask('url=/product/1&kind=tweet', 'other'))->{url}, '/product/1',
   'another scope');
is(calls(), 20, 'has its own texts');
is(ask('url=/product/1&kind=tweet&locale=ES&n=2')->{status}, 200,
   'a locale in capitals');

my @pids = map {
    my $pid = fork // die;
    POSIX::_exit(ask('url=/product/2?wool&kind=push&n=3')->{status} == 200
                 ? 0 : 1) if $pid == 0;
    $pid;
} 1 .. 12;
my $bad = 0;
for (@pids) { waitpid $_, 0; $bad++ if $? }
is($bad, 0, 'twelve at a time get an answer');
is(calls(), 21, 'from one call');

AIF->spew($price, '24.90');
sleep 10.2;                                # how long a page is shared
is(ask('url=/product/1&kind=tweet&locale=es&n=2')->{status}, 200,
   'a changed price');
is(calls(), 22, 'is asked for anew');
like(AIF->slurp($said), qr/price: 24\.9 EUR/, 'with the new one');


# --- what an engine may not write

sub judged {
    my ($name, $kind, $mode, $status) = @_;
    my $product = fresh($mode);

    is(ask("url=/product/$product&kind=$kind&locale=en")->{status}, $status,
       $name);
}

my $wide = '布';

for (['headlines', 'google-ad', 30, 15], ['descriptions', 'google-ad', 90, 45],
     ['primary_text', 'meta-ad', 125, 125], ['text', 'tiktok', 100, 50],
     ['text', 'tweet', 280, 140], ['subject', 'email', 60, 60],
     ['body', 'push', 150, 150])
{
    my ($field, $kind, $most, $mostwide) = @$_;

    judged("$kind: $most letters", $kind, "$field=" . 'a' x $most, 200);
    judged('one more', $kind, "$field=" . 'a' x ($most + 1), 502);
    judged("$mostwide wide ones", $kind, "$field=" . $wide x $mostwide, 200);
    judged('one more', $kind, "$field=" . $wide x ($mostwide + 1), 502);
}

judged('a price of the page', 'tweet', 'text=Linen, ' . ($n + 1) . '.50 EUR',
       200);
judged('a price of its own', 'tweet', 'text=Linen, 3.99 EUR', 502);
judged('a weight of its own', 'email', 'body=It weighs 900 g.', 502);
judged('a discount', 'push', 'body=Now 20% off', 502);
judged('a material', 'meta-ad', 'headline=Soft silk shirt', 502);
judged('a certificate', 'meta-ad', 'primary_text=Certified by OEKO-TEX', 502);
judged('a superlative', 'google-ad', 'headlines=The best shirt', 502);
judged('a name', 'tweet', 'text=As worn by Zanzibaria', 502);
judged('markup', 'tweet', 'text=A <b>linen</b> shirt', 502);
judged('lines where there are none', 'push', "body=A\nshirt", 502);
judged('lines in a letter', 'email', "body=A shirt.\n\nOf linen.", 200);
judged('an empty text', 'push', 'title= ', 502);
judged('no JSON', 'push', 'prose', 502);

my $product = fresh('text=Soft silk');
my $before = calls();
refused('the first time', "url=/product/$product&kind=tweet", 502,
        qr/not used.*page does not say/);
refused('and again', "url=/product/$product&kind=tweet", 502, qr/lately/);
is(calls(), $before + 1, 'is asked once');

$product = fresh('fail');
refused('an engine that fails', "url=/product/$product&kind=tweet", 502,
        qr/engine failed/);
refused('one that is not there', "url=/product/1&kind=tiktok", 502,
        qr/engine failed/, 'nobody');

$product = fresh('slow');
refused('one that is slow', "url=/product/$product&kind=tweet", 504,
        qr/not there yet/, 'impatient');
$nginx->wait_for(sub { ask("url=/product/$product&kind=tweet",
                           'impatient')->{status} == 200 }, 8);
is(ask("url=/product/$product&kind=tweet", 'impatient')->{status}, 200,
   'goes on, and is there then');
mode('');

$product = fresh('dear');
is(ask("url=/product/$product&kind=push", 'tight')->{status}, 200,
   'within the budget');
refused('and beyond it', "url=/product/$product&kind=email", 503,
        qr/budget is used up/, 'tight');
is(ask("url=/product/$product&kind=push", 'tight')->{status}, 200,
   'what is there is given');
mode('');


# --- pages

$before = calls();
refused('no such page', 'url=/gone&kind=push', 404, qr/no such page/);
refused('one that needs a session', 'url=/mine&kind=push', 403,
        qr/not public/);
refused('one that we may read from here', 'url=/admin/product&kind=push', 403,
        qr/not public/);
refused('a location without the filter', 'url=/off/product&kind=push', 403,
        qr/ai_filter/);
refused('a redirect', 'url=/moved&kind=push', 422, qr/redirect/);
refused('a broken page', 'url=/broken&kind=push', 503, qr/could not be read/);
refused('no facts', 'url=/empty&kind=push', 422, qr/too few facts/);
refused('no page', 'url=/data&kind=push', 422, qr/no HTML/);
refused('ourselves', 'url=/ai/copy?url=/product/1%26kind=push&kind=push', 403,
        qr/not public/);
is(calls(), $before, 'nothing of that was sent anywhere');
unlike(AIF->slurp($said), qr/Secret/, 'nor before');

is(ask('url=/latin&kind=push')->{status}, 200, 'a page in another charset');
like(decode('UTF-8', AIF->slurp($said)), qr/name: Café shirt/,
     'is read as what it is');


# --- requests

for my $url (qw(product/1 //evil.example/ http://evil.example/ /a%20b /a%0d%0a
                /caf%C3%A9 /a%23b /a%5Cb /es/product/1 /?token=0123456789abcdef),
             '', '/' . 'a' x 2048)
{
    refused('no path of the site: ' . substr($url, 0, 30),
            "url=$url&kind=push", 400, qr/"url"/);
}

refused('without one', 'kind=push', 400, qr/"url" must be there/);
refused('an unknown kind', 'url=/product/1&kind=fax', 400,
        qr/google-ad, meta-ad, tiktok, tweet, email, push/);
refused('none', 'url=/product/1', 400, qr/"kind" must be one of/);
refused('another locale', 'url=/product/1&kind=push&locale=fr', 400,
        qr/ai_locales/);
refused("n=$_", "url=/product/1&kind=push&n=$_", 400, qr/from 1 to 10/)
    for qw(0 11 -1 x);
refused('n=5 letters', 'url=/product/1&kind=email&n=5', 400, qr/from 1 to 4/);

is($nginx->get('/ai/closed?url=/product/1&kind=push', $auth)->{status}, 403,
   'without users nobody may');
is($nginx->get('/ai/copy?url=/product/1&kind=push')->{status}, 401,
   'without a password nobody may');
is(ask('url=/product/1&kind=push', 'copy',
       'Sec-Fetch-Site: cross-site')->{status}, 403, 'a page of another site');
is($nginx->request(method => 'POST', path => '/ai/copy?url=/product/1&kind=push',
                   headers => [$auth], body => '')->{headers}{allow}, 'GET',
   'another method');
is(ask('url=/product/1&kind=push')->{headers}{'cache-control'}, 'no-store',
   'no cache keeps it');

# the asker goes away: what was paid is kept

$product = fresh('slow');
$before = calls();
my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => AIF->port)
    or die;
print {$s} "GET /ai/copy?url=/product/$product&kind=tiktok HTTP/1.1\r\n"
    . "Host: localhost\r\n$auth\r\n\r\n";
$nginx->wait_for(sub { calls() > $before }, 5);
close $s;
is(ask("url=/product/$product&kind=tiktok")->{status}, 200,
   'whoever went away');
is(calls(), $before + 1, 'it was paid once');


# --- logs, and configurations that can't be

my $logs = join '', map { AIF->slurp($_) } "$nginx->{dir}/info.log",
    $nginx->{log} || ();
unlike($logs, qr/sesame|silk|Zanzibaria/, 'no text and no password is logged');
unlike($nginx->log, qr/\[(?:alert|emerg|crit)\]/, 'no alert');

unlink $said, $mode, $price;
$nginx->stop;

for (['ai_copy users=/dev/null;', qr/must have "engine=name"/],
     ['ai_copy engine=chat wait=0;', qr/must be a time from 1ms to 5m/],
     ['ai_copy engine=chat kind=push;', qr/must be "engine=", "users=" or/],
     ['ai_copy engine=chat; ai_copy engine=chat;', qr/is duplicate/],
     ['ai_copy engine=nowhere;', qr/nowhere/],
     ['ai_copy engine=plain;', qr/can't write: .*must be openai/],
     ['ai_copy engine=chat; } ai_self off; location /x/ { ',
      qr/"ai_self" is off/],
     ['ai_status; ai_copy engine=chat;', qr/conflicts with another/],
     ['ai_copy engine=chat;', undef])
{
    my ($line, $want) = @$_;
    my $try = AIF::Nginx->new(name => 'copy-conf', http => $conf =~
        s!(location = /ai/closed \{ )ai_copy engine=chat;!$1$line!r
        =~ s!(ai_engine nobody)!ai_engine plain { protocol deepl;
             url http://127.0.0.1:1; key_file %%DIR%%/key; }\n$1!r);
    AIF->spew("$try->{dir}/key", "0123456789abcdef\n");
    chmod 0600, "$try->{dir}/key";
    AIF->spew("$try->{dir}/users", "shop:{PLAIN}x\n");
    my ($ok, $output) = $try->test;

    is($ok ? 1 : 0, $want ? 0 : 1, ($want ? 'refused' : 'taken') . ": $line")
        or diag $output;
    like($output, $want || qr/successful/, 'and why');
}

for (['ai_zone shop:8m;', qr/"ai_copy" is used, but no "ai_zone"/],
     ['ai_locales en es ja;', qr/"ai_copy" is used, but no "ai_locales"/])
{
    my ($line, $want) = @$_;
    my $try = AIF::Nginx->new(name => 'copy-conf', http =>
        ($conf =~ s/\Q$line\E//r =~ s/ai_filter on;|ai_translate chat;//gr));
    AIF->spew("$try->{dir}/users", "shop:{PLAIN}x\n");
    my ($ok, $output) = $try->test;

    like($output, $want, "refused without $line");
}

done_testing();
