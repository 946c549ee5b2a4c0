#!/usr/bin/env perl

# The scripted engine itself: what other tests conclude from it must be true.
# Without this, "no text was sent twice" would also pass with an engine that
# doesn't count, and "a broken answer is survived" with one that never breaks.

use strict;
use warnings;
use utf8;

use File::Basename ();
use lib File::Basename::dirname(__FILE__) . '/lib';

use AIF;
use IO::Socket::INET;
use JSON::PP ();
use ScriptedEngine;
use Test::More;
use Time::HiRes ();

binmode $_, ':utf8' for map { Test::More->builder->$_ }
    qw(output failure_output todo_output);

my $json = JSON::PP->new->utf8->canonical;
my $engine = ScriptedEngine->start(AIF->port(1));


# --- what rewrite() promises

my @rewritten = (
    ['Our <g1>soft</g1> shirt', 'Óúr <g1>sóft</g1> shírt'],
    ['Salt &amp; pepper<x2/> mill', 'Sált &amp; péppér<x2/> míll'],
    ['My dry 5 cm x 10 cm fly', 'Myʼ dryʼ 5 cm xʼ 10 cm flyʼ'],
    ['From $29.99 (USD), code AB-1234/X', 'Fróm $29.99 (USD), códé AB-1234/X'],
    ['10% off: see https://a.example/b?c=d or mail me@a.example',
     '10% óff: séé https://a.example/b?c=d ór máíl me@a.example'],
    ['Hello {name}, %s and %1$s, {{x}} ${y} %{z} :id',
     'Hélló {name}, %s ánd %1$s, {{x}} ${y} %{z} :id'],
    ['Купить 日本語', 'Купитьʼ 日本語ʼ'],
    ["It's 2024", "Ít's 2024"],
);

is(ScriptedEngine::rewrite($_->[0]), $_->[1], "rewritten: $_->[1]")
    for @rewritten;


# --- the three dialects

my ($status, $body) = chat('Blue shirt', 'Red <g1>bag</g1>');
is($status, 200, 'openai: status');
my $answer = $json->decode($body);
is_deeply($json->decode(bytes($answer->{choices}[0]{message}{content})),
          { items => [{ id => 203, text => 'Blúé shírt' },
                      { id => 210, text => 'Réd <g1>bág</g1>' }] },
          'openai: ids and texts');
ok($answer->{usage}{prompt_tokens} > 0, 'openai: usage');

($status, $body) = libre('Blue shirt', 'bag');
is_deeply($json->decode($body), { translatedText => ['Blúé shírt', 'bág'] },
          'libretranslate');

($status, $body) = apertium('Blue <g1>bag</g1> &amp; shirt');
is($json->decode($body)->{responseData}{translatedText},
   'Blúé <g1>bág</g1> &amp; shírt', 'apertium');
like($body, qr{<\\/g1>}, 'apertium: slashes are written as APy does');

($status, $body) = apertium(
    'to <apertium-notrans>a@b.example</apertium-notrans>');
is($json->decode($body)->{responseData}{translatedText}, 'tó a@b.example',
   'apertium: what is not to be translated');

my $requests = $engine->requests;
is_deeply([map { "$_->{dialect} $_->{source} $_->{target}" } @$requests],
          ['openai en es', 'libretranslate en es', ('apertium en es') x 2],
          'dialects and locales are seen');
is($requests->[0]{headers}{authorization}, 'Bearer k', 'headers are seen');


# --- counting

is_deeply($engine->log, { 'Blue shirt' => 2, 'Red <g1>bag</g1>' => 1,
                          'bag' => 1, 'Blue <g1>bag</g1> &amp; shirt' => 1,
                          'to a@b.example' => 1 },
          'texts are counted');
is($engine->count('max'), 2, 'the most frequent text');
is($engine->count('requests'), 4, 'requests');
is($engine->count('texts'), 6, 'texts');
is($engine->count('distinct'), 5, 'distinct texts');
like(($engine->ask('GET', '/log'))[1], qr/^2\tBlue shirt$/m, 'log as lines');

$engine->reset;
is($engine->count('requests'), 0, 'nothing after a reset');
is_deeply($engine->log, {}, 'no text after a reset');


# --- bad answers

$engine->mode('status=500;status=429,retry_after=7,times=2;');
is((libre('a'))[0], 500, 'the first step');
like((http('/translate', '{"q":"a"}'))[2], qr/Retry-After: 7\r/,
     'the second step');
is((libre('a'))[0], 429, 'the second step again');
is((libre('a'))[0], 200, 'the last step');
is((libre('a'))[0], 200, 'the last step stays');

ok(!eval { $engine->mode('nonsense'); 1 }, 'an unknown mode is refused');

my %chat = (
    swap         => { 203 => 'twó', 210 => 'óné', 217 => 'thréé' },
    shift        => { 203 => 'óné', 210 => 'thréé' },
    less         => { 203 => 'óné', 210 => 'twó' },
    more         => { 203 => 'óné', 210 => 'twó', 217 => 'thréé',
                      218 => 'one too many' },
    mark         => { 203 => '[es] one', 210 => '[es] two',
                      217 => '[es] three' },
    echo         => { 203 => 'one', 210 => 'two', 217 => 'three' },
    empty        => { 203 => '', 210 => '', 217 => '' },
);

for my $mode (sort keys %chat) {
    $engine->mode($mode);
    my $items = content(chat('one', 'two', 'three'));
    is_deeply({ map { $_->{id} => $_->{text} } @$items }, $chat{$mode},
              "mode $mode");
}

$engine->mode('noids');
is_deeply(content(chat('one')), [{ text => 'óné' }], 'mode noids');
$engine->mode('dup');
is(scalar @{content(chat('one'))}, 2, 'mode dup');
$engine->mode('less');
is_deeply($json->decode((libre('one', 'two'))[1]),
          { translatedText => ['óné'] }, 'mode less: libretranslate');

for (['markup', qr/<script>/], ['crlf', qr/\r\nSet-Cookie/], ['facts', qr/13/],
     ['entities', qr/&nbsp;/], ['control', qr/\x01/], ['lost', qr/^[^<]+$/],
     ['long', qr/^.{700}/s])
{
    $engine->mode($_->[0]);
    like($json->decode((apertium('02 <g1>bag</g1>'))[1])
             ->{responseData}{translatedText}, $_->[1], "mode $_->[0]");
}

for (['garbage', qr/garbage/], ['html', qr/^<!DOCTYPE/],
     ['deep', qr{^(?:\[{1000}){1000}\z}],
     ['content_null', qr/"content":null/], ['fence', qr/```json/],
     ['think', qr/<think>/], ['length', qr/"finish_reason":"length"/],
     ['half', qr/^\{.*[^}]$/], ['huge=300000', qr/x"\}$/])
{
    $engine->mode($_->[0]);
    ($status, $body) = chat('one', 'two');
    ok($status == 200 && $body =~ $_->[1], "mode $_->[0]");
}

is(length $body, 300000, 'mode huge: the size');
$engine->mode('nousage');
unlike((chat('one'))[1], qr/usage/, 'mode nousage');
$engine->mode('too_long,texts_max=2');
is((chat('one', 'two'))[0], 200, 'mode too_long: as many as fit');
like((chat('one', 'two', 'three'))[1], qr/exceed_context_size/,
     'mode too_long: more');

$engine->mode('close');
is((eval { libre('a') })[0], undef, 'mode close');
$engine->mode('cut');
my $raw = (http('/translate', '{"q":"a long enough text"}'))[2];
my ($announced) = $raw =~ /Content-Length: (\d+)/;
ok($announced > length(($raw =~ /\r\n\r\n(.*)/s)[0]), 'mode cut');

$engine->mode('');
is((http('/m/status=503/translate', '{"q":"a"}'))[0], 503,
   'a mode in the path');
is((libre('a'))[0], 200, 'and in that request only');


# --- time

my $then = Time::HiRes::time();
$engine->mode('delay=200');
$engine->reset;
my @socks = map { send_only('/translate', '{"q":"a"}') } 1 .. 20;
like(join('', map { scalar <$_> } @socks), qr/^(?:HTTP.1.1 200 OK\r\n){20}$/,
     'twenty clients at a time');
my $took = Time::HiRes::time() - $then;
ok($took >= 0.2 && $took < 2, 'each waits, none for the others');
is($engine->count('peak'), 20, 'they were there at a time');

$engine->mode('drip=10');
$then = Time::HiRes::time();
($status, $body) = libre('a');
is($json->decode($body)->{translatedText}[0], 'á', 'mode drip: the answer');
ok(Time::HiRes::time() - $then > 0.5, 'mode drip: slow');

$engine->mode('nothing');
my $s = send_only('/translate', '{"q":"a"}');
ok(!IO::Select->new($s)->can_read(0.3), 'mode nothing');
close $s;

$engine->mode('');
$engine->reset;
$s = send_only('/translate', '{"q":"a"}');
ok(read_answer($s), 'a first request on a connection');
print {$s} message('/translate', '{"q":"b"}');
like(read_answer($s), qr/"b\x{ca}\x{bc}"/, 'a second one');
is($engine->count('requests'), 2, 'both were counted');


# --- its end

my $pid = $engine->pid;
$engine->stop;
ok(!kill(0, $pid), 'stopped');

my $child = fork;
if (!$child) {
    my $orphan = ScriptedEngine->start(AIF->port(2));
    print {*STDERR} '';
    POSIX::_exit(0);                # without END
}
waitpid $child, 0;
ok(gone(AIF->port(2)), 'it does not outlive a process that was killed');

done_testing();


sub bytes { my $s = shift; utf8::encode($s); return $s }

sub message {
    my ($path, $body, $type) = @_;

    return "POST $path HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
           . 'Content-Type: ' . ($type || 'application/json') . "\r\n"
           . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

sub send_only {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => AIF->port(1)) or die "$@\n";
    print {$s} message(@_);
    $s->flush;
    return $s;
}

sub read_answer {
    my $s = shift;
    local $/ = "\r\n\r\n";
    my $head = <$s>;
    return undef unless defined $head;
    my ($length) = $head =~ /Content-Length: (\d+)/;
    read($s, my $body, $length);
    $_[0] = $head . $body if @_;
    return $body;
}

sub http {
    my $s = send_only(@_);
    my $raw;
    my $body = read_answer($s, $raw);
    return unless defined $body;
    return (($raw =~ /^HTTP.1.1 (\d+)/)[0], $body, $raw);
}

sub chat {
    my $id = 196;
    my $user = $json->encode({ items => [map { { id => $id += 7, text => $_ } }
                                         @_] });
    utf8::decode($user);

    return http('/v1/chat/completions', $json->encode({
        model => 'm', messages => [
            { role => 'system', content => 'You translate texts of an online '
              . 'shop from English (en) to Spanish (es).' },
            { role => 'user', content => $user }] }));
}

sub content {
    my $content = $json->decode($_[1])->{choices}[0]{message}{content};
    return $json->decode(bytes($content))->{items};
}

sub libre {
    return http('/translate', $json->encode({ q => [@_], source => 'en',
                                              target => 'es' }));
}

sub apertium {
    (my $q = bytes($_[0])) =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    return http('/translate', "langpair=en%7Ces&q=$q&format=html",
                'application/x-www-form-urlencoded');
}

sub gone {
    for (1 .. 60) {
        return 1 unless IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                              PeerPort => $_[0]);
        Time::HiRes::sleep(0.1);
    }
    return 0;
}
