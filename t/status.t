#!/usr/bin/env perl

# Guards against: a status that is no JSON (for an engine's name with a quote
# in it), lacks a member that the schema promises, tells a key or a URL, is kept
# by a cache, or counts nothing.  Seen to fail without escaping, with room
# for a fifth of an engine's members, and with another Cache-Control.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use JSON::PP ();
use Test::More;

my $body = '<p>12345</p>';
my $many = join '', map <<"END", 1 .. 20;
    ai_engine e$_ {
        protocol libretranslate; url http://127.0.0.1:%%PORT_9%%;
    }
END

my $scopes = 'server { listen 127.0.0.1:%%PORT%%; ai_locales en es; ai_filter on;'
         . join '', map { "location /$_ { ai_scope s$_; ai_translate "
                          . join(' ', map "e$_", 1 .. 20) . '; }' } 1 .. 20;
$scopes .= '}';

my $http = <<'END';
    ai_zone "s\"h\\op:8m";
    ai_engine "tr\"ans\\lator é" {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
        key_file %%DIR%%/key; concurrency 3;
    }
    ai_locales en es;

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_locale arg:lang;
        ai_translate "tr\"ans\\lator é";
        default_type text/html;
        location / {
            ai_filter on;
            return 200 "<p>12345</p>";
        }
        location /plain {
            ai_filter on;
            default_type text/plain;
            return 200 "12345";
        }
        location /status {
            ai_status json;
        }
        location /bare {
            ai_status;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'status', http => $http);

AIF->spew("$nginx->{dir}/key", 'secret-0123');
chmod 0600, "$nginx->{dir}/key";
$nginx->start;

END {
    undef $nginx;
}


sub status {
    my $r = $nginx->get($_[0] || '/status');

    return eval { JSON::PP->new->utf8->decode($r->{body}) }
           || BAIL_OUT("no JSON: $@\n$r->{body}");
}


my $r = $nginx->get('/status');
is($r->{status}, 200, 'it is there');
is($r->{headers}{'content-type'}, 'application/json', 'JSON');
is($r->{headers}{'cache-control'}, 'no-store', 'for no cache');
is($r->{headers}{'content-length'}, length $r->{body}, 'of a known length');
unlike($r->{body}, qr/secret|127\.0\.0\.1/, 'without secrets or addresses');

my $s = status();
is($s->{version}, 1, 'the version of the schema');
like($s->{module}, qr/^\d+\.\d+\.\d+$/, 'of the module');
like($s->{nginx}, qr/^\d+\.\d+\.\d+$/, 'of nginx');
is($s->{pid}, ($nginx->workers)[0], 'the worker');

is_deeply([sort keys %$s], [qw(anonymous engines fragments generation hits
    misses module nginx pages pid query reasons shadow status version wait_ms
    waited zone)], 'members');
is_deeply([sort keys %{ $s->{anonymous} }], [qw(again failed fetches limited
    refused withheld)], 'of the anonymous fetches');
is_deeply([sort keys %{ $s->{query} }], [qw(asked changed late limited)],
          'of the visitors\' words');
is_deeply([sort keys %{ $s->{zone} }], [qw(emptied evicted free full marks name
    size texts)], 'of the zone');
is_deeply([sort keys %{ $s->{status} }],
          [qw(BYPASS HIT MISS ORIGIN PARTIAL SHADOW)], 'of the status');
ok(exists $s->{reasons}{$_}, "reason $_")
    for qw(off bypass locale type size slow encoding charset method status
           personal crawler budget breaker queue engine guard hydration markup
           memory store cut facts);

is($s->{zone}{name}, 's"h\op', "the zone's name is escaped");
is($s->{zone}{size}, 8 * 1024 * 1024, 'its size');
ok($s->{zone}{free} > 0 && $s->{zone}{free} <= $s->{zone}{size}, 'and room');

my ($name) = keys %{ $s->{engines} };
is($name, "tr\"ans\\lator \x{e9}", "so is the engine's name");

my $e = $s->{engines}{$name};
is_deeply([sort keys %$e], [qw(answers breaker bytes_received bytes_sent calls
    concurrency dropped errors form guard in_flight input_tokens output_tokens
    protocol retries retry_after_ms scopes terms_missed texts_sent texts_stored throttled
    time_ms unit)], 'members of an engine');
is($e->{unit}, 'tokens', 'what it counts');
is_deeply($e->{scopes}, { '' => { calls => 0, input => 0, output => 0,
                                  cost => 0, refused => 0,
                                  minute => { used => 0, budget => 0 },
                                  day => { used => 0, budget => 0 } } },
          'and what that cost');
is_deeply($e->{breaker}, { state => 'closed', failures => 0, until_ms => 0,
                           opened => 0 }, 'its breaker');
is(keys %{ $e->{guard} }, 22, 'its guard');
is_deeply([@$e{qw(protocol concurrency in_flight)}], ['openai', 3, 0],
          'what it is');
ok(!grep(ref && ref ne 'HASH', values %$s, values %$e), 'no lists');

$nginx->get('/?lang=es') for 1 .. 3;
$nginx->get('/');
$nginx->get('/plain?lang=es');

my $now = status('/bare');
is($now->{pages} - $s->{pages}, 4, 'candidates are counted');
is($now->{reasons}{locale} - $s->{reasons}{locale}, 1, 'as are reasons');
is($now->{reasons}{type} - $s->{reasons}{type}, 1, 'each by itself');
is($now->{status}{BYPASS} - $s->{status}{BYPASS}, 2, 'and what became of them');

$r = $nginx->request(method => 'HEAD', path => '/status');
is("$r->{status} $r->{body}", '200 ', 'HEAD');
ok($r->{headers}{'content-length'} > 500, '... has the length');

for my $method (qw(POST PUT DELETE OPTIONS)) {
    $r = $nginx->request(method => $method, path => '/status', body => 'a');
    is($r->{status}, 405, "$method is refused");
}

$nginx->reload(http => $many . $http . $scopes);
$now = status();
is(keys %{ $now->{engines} }, 21, 'room for many engines');
is(keys %{ $now->{engines}{e7}{scopes} }, 20, 'in many scopes');
ok($now->{pages} >= 4, 'counters survive a reload');

$nginx->reload(http => 'server { listen 127.0.0.1:%%PORT%%;'
                       . ' location /status { ai_status; } }');
$now = status();
is_deeply([sort keys %$now], [qw(module nginx pid version)],
          'without a zone there is little to tell');

for my $case (['prometheus', 'is not supported yet, it must be "json"'],
              ['html', 'is not supported yet, it must be "json"'],
              ['xml', 'invalid value "xml" in "ai_status" directive'],
              ['json; return 200; ai_status', 'is duplicate|conflicts with'])
{
    my ($ok, $said) = $nginx->test(http =>
        "server { listen 127.0.0.1:%%PORT%%;"
        . " location / { ai_status $case->[0]; } }");

    ok(!$ok, "nginx -t refuses \"$case->[0]\"");
    like($said, qr/$case->[1]/, '... and says why');
}

is_deeply([$nginx->complaints(qr/\[emerg\].* in .*nginx\.conf/)], [],
          'the log has no complaint');

done_testing;
