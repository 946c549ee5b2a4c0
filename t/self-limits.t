#!/usr/bin/env perl

# Guards against an anonymous fetch that costs the worker its memory, its
# connections, its time or its end, that a failure makes again at once or never
# again, and against the log of one that tells what somebody looked for.  Seen
# to fail without the limit of calls, of waiting ones and of the rate, with the
# places of each worker its own, with nobody looking for a free one, with the
# page kept in memory, with a queue that is worked off at the end, with
# nginx's own words for the request, and without a look at what became of the
# texts.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP ();
use AIF::Nginx;
use IO::Socket::INET;
use JSON::PP ();
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep time);

my $strangers = AIF->scratch('self-limits-origin') . '/strangers';
AIF->spew($strangers, '');

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($way, $name) = $request->{path} =~ m{^/(\w+)/?(\w*)};
    my @type = (type => 'text/html; charset=utf-8');
    my $page = "<p>A page of shirts at $way $name</p>";

    if (!$request->{headers}{cookie}) {
        open my $log, '>>', $strangers or die;
        syswrite $log, "$request->{uri}\n";

        sleep 30 if $way eq 'hang';
        sleep 2 if $way eq 'late';
        sleep 0.5 if $way eq 'brief';
        return $client->answer(@type, body => $page x 1000, cut => 5000)
            if $way eq 'cut';
        return $client->answer(@type, status => 500, body => $page)
            if $way eq 'error';

        if ($way eq 'large') {
            $client->write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                           . "Connection: close\r\n\r\n");
            for (1 .. 1600) {
                $client->write('x' x 65536) or return;
            }
            return;
        }
    }

    $client->answer(@type, body => $page);
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $conf = <<'END';
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 2s;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            proxy_set_header Connection close;
            proxy_http_version 1.1;
            ai_filter on;
        }
        location /slow/ { alias %%DIR%%/html/; limit_rate 1k; }
        location /status { ai_status; }
        location /pid { return 200 "pid $pid\n"; }
    }
END

my $nginx = AIF::Nginx->new(name => 'self-limits', workers => 2,
                            http => $conf)->start;

my @person = ('Cookie: session=MariaRossi');

sub seen { my $n = () = AIF->slurp($strangers) =~ /^\Q$_[0]\E/mg; $n }
sub texts { join "\n", sort keys %{ $engine->log } }

sub status {
    JSON::PP->new->decode($nginx->get('/status')->{body})->{anonymous};
}

sub counted {
    my ($what, $n, $seconds) = @_;
    return $nginx->wait_for(sub { status()->{$what} >= $n }, $seconds || 5);
}

sub memory {
    my ($kb) = 0;
    for my $pid ($nginx->workers) {
        my ($n) = AIF->slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+)/m;
        $kb += $n;
    }
    return $kb;
}

# asks this worker for a page, as a person

sub on {
    my ($pid, $path) = @_;

    for (1 .. 200) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $nginx->{port}) or die;
        print {$s} "GET /pid HTTP/1.1\r\nHost: a\r\n\r\n";
        sysread $s, my $answer, 4096;
        next if $answer !~ /^pid $pid$/m;

        print {$s} "GET $path HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n"
                   . "Connection: close\r\n\r\n";
        local $/;
        return scalar <$s>;
    }

    die "worker $pid never answered\n";
}

# what goes wrong

my $begin = time;
$nginx->get('/es/hang/maria?q=MariaRossi', @person);
$nginx->get('/es/cut/a?q=MariaRossi', @person);
$nginx->get('/es/error/a?q=MariaRossi', @person);
ok(counted('failed', 2), 'a page that is cut and an error are failures');
is(seen('/cut/a'), 1, 'seen once');

my $memory = memory();
$nginx->get('/es/large/a', @person);
ok(counted('failed', 3), 'a page of 100 MB is one');
SKIP: {
    skip 'a sanitizer keeps what is freed', 1
        if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

    cmp_ok(memory() - $memory, '<', 10_000, 'that is not kept');
}

$nginx->get("/es/page/$_") for 1 .. 20;
cmp_ok(time - $begin, '<', 9, 'meanwhile others are served');
ok(counted('failed', 4, 12), 'who hangs is left after 10 seconds');

my $n = () = $nginx->log =~ /anonymous fetch of a page failed/g;
cmp_ok($n, '>=', 1, 'the log tells') and cmp_ok($n, '<=', 2, 'once a worker');
like($nginx->log, qr/\[warn\] .*: ai anonymous fetch of a page failed: /,
     'as a warning');

$nginx->get('/es/hang/maria?q=MariaRossi', @person);
$nginx->get('/es/cut/a?q=MariaRossi', @person);
$nginx->get('/es/large/a', @person);
sleep 0.3;
is(status()->{fetches}, 4, 'and none of them is asked again at once');

# the engine fails: the page has to come again

$engine->mode('status=500');
$nginx->get('/es/again/a', @person);
ok(counted('again', 1), 'a page whose texts the engine has not made');
$engine->mode('');
$nginx->get('/es/good/a', @person);
ok($nginx->wait_for(sub { $nginx->get('/es/good/a')->{headers}{'x-ai'}
                          =~ /HIT/ }, 20), 'with the engine back');
is(status()->{again}, 1, 'it is well') or diag explain status();

# many at a time

my $before = status();
my @clients = map {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $nginx->{port}) or die;
    print {$s} "GET /es/hang/n$_ HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n"
               . "Connection: close\r\n\r\n";
    $s->flush;
    $s
} 1 .. 150;
for my $s (@clients) { local $/; readline $s }
@clients = ();
sleep 0.5;
is(seen('/hang/n'), 4, 'few at a time, of both workers together');
cmp_ok(status()->{limited} - $before->{limited}, '>=', 150 - 4 - 32,
       'those who do not wait for them are counted');

my @old = $nginx->workers;
$begin = time;
ok($nginx->reload, 'a reload');
ok($nginx->wait_for(sub { !grep { -d "/proc/$_" } @old }, 15),
   'the old workers end with what they have begun');
is(seen('/hang/n'), 4, 'and begin nothing more');

# who waits gets his turn, also when the places are the other worker's

my ($one, $two) = $nginx->workers;

on($one, "/es/late/w$_") for 1 .. 4;
on($two, '/es/brief/w');
ok($nginx->wait_for(sub { seen('/late/w') == 4 }),
   'one worker has all places');
is(seen('/brief/'), 0, 'the other one waits');
ok($nginx->wait_for(sub { seen('/brief/') }, 4), 'and has its turn');
ok($nginx->wait_for(sub { texts() =~ /brief w/ }), 'the page teaches');

# a reload while one is on its way

$nginx->get('/es/late/a', @person);
ok($nginx->wait_for(sub { seen('/late/a') }), 'a fetch is on its way');
@old = $nginx->workers;
ok($nginx->reload, 'a reload');
ok($nginx->wait_for(sub { texts() =~ /late a/ }, 8), 'it teaches');
ok($nginx->wait_for(sub { !grep { -d "/proc/$_" } @old }, 8),
   'and the old workers end');

# the end while one is on its way

$nginx->get('/es/hang/last', @person);
ok($nginx->wait_for(sub { seen('/hang/last') }), 'a fetch is on its way');
unlike($nginx->log, qr/maria|rossi/i, 'the log knows nobody') or diag $nginx->log;
is_deeply([$nginx->complaints], [], 'and has no complaint');
ok($nginx->stop('TERM', 3), 'nginx ends in time');
is_deeply([$nginx->complaints], [], 'without a complaint');

# no connections left

my $small = AIF::Nginx->new(name => 'self-small', http => $conf);
{
    no warnings 'redefine';
    my $write = \&AIF::Nginx::write_conf;
    *AIF::Nginx::write_conf = sub {
        $write->(@_);
        my $file = "$_[0]{dir}/nginx.conf";
        AIF->spew($file, AIF->slurp($file)
                         =~ s/worker_connections 1024/worker_connections 32/r);
    };
}
$nginx = $small->start;
AIF->spew("$nginx->{dir}/html/large.html", 'x' x 20000);

my @slow = map {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $nginx->{port}) or die;
    print {$s} "GET /slow/large.html HTTP/1.1\r\nHost: a\r\n\r\n";
    $s->flush;
    $s
} 1 .. 24;
sleep 0.3;

my $r = $nginx->get('/es/full/a', @person);
is($r->{status}, 200, 'without connections a page answers');
is($r->{body}, '<p>A page of shirts at full a</p>', 'with the origin');
is(status()->{limited}, 1, 'and is not asked for again');
is(seen('/full/a'), 0, 'by anybody');

@slow = ();
ok($nginx->wait_for(sub { $nginx->get('/es/full/a', @person);
                          seen('/full/a') }), 'with room again it is');

unlike($nginx->log, qr/maria|rossi/i, 'the log knows nobody');
is_deeply([$nginx->complaints], [], 'the log has no complaint');
ok($nginx->stop, 'nginx ends in time');

done_testing;
