#!/usr/bin/env perl

# Guards against a crawler that spends: of a page that it asks for nothing is
# sent and nothing renewed, but what is known it reads.  Seen to fail with the
# look at the User-Agent left out, and with a limit that is no crawler.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(time);

my $google = 'User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; '
             . '+http://www.google.com/bot.html)';
my $person = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) '
             . 'Gecko/20100101 Firefox/128.0';

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ /(\w+)$/;
    $client->answer(type => 'text/html; charset=utf-8',
                    body => "<h1>The shirt $name</h1><p>A sleeve</p>");
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $conf = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model MODEL;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ai_wait 2s;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /all/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_crawlers off;
        }
        location /own/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_crawlers "^partner(/[0-9.]+)?$" "(a+)+$";
        }
        location /both/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            ai_crawlers known price;
        }
        location /status { ai_status; }
    }
END

sub conf { (my $c = $conf) =~ s/MODEL/$_[0]/; return $c }

my $nginx = AIF::Nginx->new(name => 'crawler', http => conf('one'))->start;

sub ai {
    my ($path, @headers) = @_;
    return $nginx->get($path, @headers)->{headers}{'x-ai'} || '';
}

is(ai('/es/red', $google), 'es; MISS; 0/2; crawler', 'a crawler misses');
is($engine->count('requests'), 0, 'and nothing was asked');

is(ai('/es/red', $person), 'es; HIT; 2/2', 'a person has it asked');
is(ai('/es/red', $google), 'es; HIT; 2/2', 'then the crawler reads it');
is(ai('/es/blue', $google), 'es; PARTIAL; 1/2; crawler', 'or the known part');
is(ai('/es/blue', $google, 'Cookie: a=b'), 'es; PARTIAL; 1/2; crawler',
   'with a cookie too');
is(ai('/es/grey'), 'es; HIT; 2/2', 'no User-Agent is no crawler');

$engine->reset;
is(ai('/es/all/green', $google), 'es; HIT; 2/2', 'unless it is switched off');
is($engine->count('texts'), 1, 'then it asks');

# expressions of one's own

is(ai('/es/own/one', 'User-Agent: Partner/1.0'), 'es; PARTIAL; 1/2; crawler',
   'an expression, in any case of letters');
is(ai('/es/own/one', 'User-Agent: partners'), 'es; HIT; 2/2',
   'which says what it says');
is(ai('/es/own/two', $google), 'es; HIT; 2/2', 'is instead of the list');
is(ai('/es/both/four', $google), 'es; PARTIAL; 1/2; crawler', 'or with it');
is(ai('/es/both/four', "User-Agent: \xffPRICES\xe9"),
   'es; PARTIAL; 1/2; crawler', 'whatever the bytes are');
is(ai('/es/both/four', $person), 'es; HIT; 2/2', 'people are people');

my $begin = time;
ai('/es/own/three', 'User-Agent: ' . 'a' x 400 . 'b') for 1 .. 20;
cmp_ok(time - $begin, '<', 2, 'a runaway is stopped');
is(ai('/es/own/three', 'User-Agent: ' . 'a' x 400 . 'b'),
   'es; PARTIAL; 1/2; crawler', 'and is nobody');

# another model: all is stale

$engine->reset;
$nginx->reload(http => conf('two'));
is(ai('/es/red', $google), 'es; HIT; 2/2', 'stale texts are served');
is($engine->count('requests'), 0, 'and a crawler renews none');
is(ai('/es/red', $person), 'es; HIT; 2/2', 'a person');
ok($engine->wait_for(texts => 2), 'does');

like($nginx->get('/status')->{body}, qr/"crawler":2[67][,}]/, 'it is counted');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

for my $bad (['"("', 'invalid pattern "(" in "ai_crawlers" directive: '],
             ['"a)b"', 'unmatched closing parenthesis at 1'],
             ['""', 'must not have an empty pattern'])
{
    my ($ok, $said) = $nginx->test(http => conf('two')
                                   =~ s/ai_crawlers off/ai_crawlers $bad->[0]/r);
    ok(!$ok && $said =~ /\Q$bad->[1]/, "$bad->[0] is refused") or diag $said;
}

done_testing;
