#!/usr/bin/env perl

# Guards against: a customer's id or words in a log, a URL, the engine's request
# (the id) or shared memory after DELETE; an endpoint that lets anybody in; wrong
# JSON that is not told what is wrong; a label that comes back after it was
# forgotten; reports that can be averaged.  Seen to fail with the masks left
# out, with the ticket not compared, with a wiped place that kept its digest, and
# with a budget that is not counted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP ();
use AIF::Nginx;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Origin;
use Test::More;
use Time::HiRes qw(sleep time);

my $said = "$AIF::build/segment-asked.$$";

# A chat model that knows two kinds of people.

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;

    open my $fh, '>>', $said or die "$said: $!\n";
    syswrite $fh, "$request->{uri}\n$request->{body}\n";
    close $fh;

    sleep 1 if $request->{body} =~ /slowly/;

    return $client->answer(status => '500 No', body => 'no', type => undef)
        if $request->{body} =~ /trouble/;

    my $label = $request->{body} =~ /unheard/ ? 'astronaut'
        : $request->{body} =~ /present/ ? 'gift' : 'sport';

    $client->answer(type => 'application/json', body => JSON::PP::encode_json({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant',
            content => qq({"label":"$label","score":0.75}) } }],
        usage => { prompt_tokens => 10, completion_tokens => 5 } }));
});

sub asked { AIF->slurp($said) }

my $conf = <<'END';
    ai_zone shop:8m;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 3s; concurrency 4;
    }
    ai_engine tight {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        max_tokens 10; budget day=1700;
    }
    ai_engine nobody {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
    }
    ai_locales en es;
    log_format kind '[$ai_segment]';
    log_format all '$request $status $http_user_agent $http_referer';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/access.log all;
        error_log %%DIR%%/info.log info;
        location = /segment {
            ai_segment engine=chat labels=sport,gift key=%%DIR%%/key
                       users=%%DIR%%/users ttl=30d size=64k
                       epsilon=0.5 epsilon_day=1;
        }
        location = /brief {
            ai_segment engine=chat labels=sport,gift,home key=%%DIR%%/key
                       users=%%DIR%%/users ttl=1s size=64k;
        }
        location = /down {
            ai_segment engine=nobody labels=sport,gift key=%%DIR%%/key
                       users=%%DIR%%/users size=64k;
        }
        location = /tight {
            ai_segment engine=tight labels=sport,gift key=%%DIR%%/key
                       users=%%DIR%%/users size=64k;
            if ($arg_never) { set $x 1; }
        }
        location = /shop {
            ai_filter on; ai_translate chat; default_type text/html;
            ai_generate "#text" prompt=description engine=chat;
            ai_segment_from $cookie_uid consent=$cookie_consent;
            access_log %%DIR%%/shop.log kind;
            return 200 '<p id="text"></p>';
        }
        location = /closed {
            ai_segment engine=chat labels=sport,gift key=%%DIR%%/key size=64k;
        }
        location = /exact {
            ai_segment engine=chat labels=sport,gift,exact key=%%DIR%%/key
                       users=%%DIR%%/users size=64k epsilon=50 epsilon_day=100;
        }
    }
END

my $nginx = AIF::Nginx->new(name => 'segment', workers => 2, http => $conf,
                            main => 'worker_rlimit_core 0;');

AIF->spew("$nginx->{dir}/key", "0123456789abcdef0123456789abcdef\n");
chmod 0600, "$nginx->{dir}/key";
AIF->spew("$nginx->{dir}/users",
          "# people\nshop:{PLAIN}open sesame\nother:{SHA}"
          . "W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");
AIF->spew($said, '');
$nginx->start;

my $auth = 'Authorization: Basic ' . encode_base64('shop:open sesame', '');

sub post {
    my ($to, $body, @headers) = @_;

    $body = JSON::PP->new->canonical->encode($body) if ref $body;
    @headers = ('Content-Type: application/json', $auth) unless @headers;

    return $nginx->request(method => 'POST', path => $to, body => $body,
                           headers => \@headers);
}

sub known { $nginx->request(method => 'GET', path => $_[0] || '/segment',
                            headers => [$auth, "X-AI-Customer: $_[1]"]) }

sub forget { $nginx->request(method => 'DELETE', path => '/segment',
                             headers => [$auth, "X-AI-Customer: $_[0]"]) }

sub json { JSON::PP::decode_json($_[0]{body}) }

my $id = 'customer-Zq81xW';

my %anna = (id => $id, orders => [
    { sku => 'SKU-77', title => 'Football', category => 'Balls', price => 19.9,
      at => '2026-03-04' } ],
    reviews => ['Write me: anna.rossi@example.com, it flies well']);


# Who may.

is($nginx->get('/closed', $auth)->{status}, 403, 'without users nobody may');
is($nginx->get('/segment')->{status}, 401, 'without a password nobody may');
like($nginx->get('/segment')->{headers}{'www-authenticate'}, qr/^Basic /,
     'and is asked for one');
is($nginx->get('/segment', 'Authorization: Basic '
               . encode_base64('shop:open', ''))->{status}, 401,
   'another password');
is($nginx->get('/segment', 'Authorization: Basic '
               . encode_base64('nobody:open sesame', ''))->{status}, 401,
   'another name');
is(known('/segment', 'x')->{status}, 404, 'the right one');
is($nginx->get('/segment', 'X-AI-Customer: x', 'Authorization: Basic '
               . encode_base64('other:test1', ''))->{status}, 401,
   'a hash of another password');

my $r = post('/segment', '{}', 'Content-Type: application/json', $auth,
             'Sec-Fetch-Site: cross-site');
is($r->{status}, 403, 'a page of another site');
$r = post('/segment', '{}', 'Content-Type: text/plain', $auth);
is($r->{status}, 415, 'what a form could send');
is($nginx->request(method => 'PUT', path => '/segment', body => '{}',
                   headers => [$auth])->{headers}{allow}, 'GET, POST, DELETE',
   'another method');
is($nginx->request(method => 'GET', path => '/segment?id=1',
                   headers => [$auth])->{status}, 400, 'an id in the URL');


# A customer.

$r = post('/segment', \%anna);
is($r->{status}, 200, 'a customer is classified');
is(json($r)->{segment}, 'sport', 'the label');
is_deeply(json($r)->{scores}, { sport => 0.75, gift => 0 }, 'the scores');
cmp_ok(abs(json($r)->{expires} - time - 30 * 86400), '<', 60, 'the time');
is($r->{headers}{'cache-control'}, 'no-store', 'no cache keeps it');

like(asked(), qr/Football.*Balls.*19\.9/, 'the engine was told of the order');
unlike(asked(), qr/\Q$id\E|SKU-77|2026-03/, 'but neither id, number nor date');
unlike(asked(), qr/anna\.rossi/, 'and no address');

is(json(known('/segment', $id))->{segment}, 'sport', 'it is known');
is(known('/brief', $id)->{status}, 404, 'not among other labels');

$anna{orders}[0]{title} = 'A present';
is(json(post('/segment', \%anna))->{segment}, 'gift', 'another label');
is(json(known('/segment', $id))->{segment}, 'gift', 'takes the first one\'s place');


# The visitor.

sub kind {
    my $n = () = -f "$nginx->{dir}/shop.log"
        ? AIF->slurp("$nginx->{dir}/shop.log") =~ /\n/g : ();
    my $got = $nginx->get('/shop', "Cookie: $_[0]");
    my @lines;
    $nginx->wait_for(sub {
        @lines = split /\n/, AIF->slurp("$nginx->{dir}/shop.log");
        @lines > $n;
    });
    return "$lines[-1] " . ($got->{headers}{'cache-control'} || '');
}

like(kind("uid=$id; consent=1"), qr/^\[gift\] .*private/, 'his kind, and his page');
like(kind("uid=$id; consent=0"), qr/^\[-?\] .*private/, 'none without consent');
like(kind("uid=$id"), qr/^\[-?\] /, 'nor if he was not asked');
like(kind("uid=$id; consent=denied-$id"), qr/^\[-?\] /,
     'nor with another word than on or 1');
like(AIF->slurp("$nginx->{dir}/info.log"),
     qr/"consent of ai_segment_from" is off: its value "..." is none/,
     '... which is told, without the word');
like(kind('uid=gift; consent=1'), qr/^\[-?\] /, 'an id is no label');
like(kind('consent=1'), qr/^\[-?\] /, 'nor is nobody');


# Forgetting.

sub trace {
    no warnings 'portable';
    my $found = 0;
    my ($master) = AIF->slurp("$nginx->{dir}/logs/nginx.pid") =~ /(\d+)/;

    # the zone: what the master has mapped and shares

    open my $maps, '<', "/proc/$master/maps" or die "maps: $!\n";
    open my $mem, '<:raw', "/proc/$master/mem" or die "mem: $!\n";

    while (<$maps>) {
        my ($from, $to) = /^(\w+)-(\w+) rw-s .*zero/ or next;
        sysseek $mem, hex $from, 0;
        sysread $mem, my $bytes, hex($to) - hex $from;
        $found++ while $bytes =~ /\Q$_[0]\E/g;
    }

    return $found;
}

require Digest::SHA;
my $digest = Digest::SHA::hmac_sha256(
    pack('Q> a* Q> a*', 0, '', length $id, $id),
    '0123456789abcdef0123456789abcdef');

cmp_ok(trace($digest), '>', 0, 'the digest of the id is in the zone');
is(trace($id), 0, 'the id is not');

is(forget($id)->{status}, 204, 'forgotten');
is(known('/segment', $id)->{status}, 404, 'and unknown');
is(trace($digest), 0, 'no trace in the zone');
is(forget('somebody else')->{status}, 204, 'an unknown one is, too');
is($nginx->request(method => 'DELETE', path => '/segment',
                   headers => [$auth])->{status}, 400, 'nobody is not');

# who is forgotten while the engine thinks

my $pid = fork // die;

if ($pid == 0) {
    my $late = post('/segment', { id => $id, reviews => ['slowly'] });
    POSIX::_exit($late->{status} == 503 ? 0 : 1);
}

$nginx->wait_for(sub { asked() =~ /slowly/ }, 5);
is(forget($id)->{status}, 204, 'forgotten while it is classified');
waitpid $pid, 0;
is($?, 0, 'the shop is told to post it again');
is(known('/segment', $id)->{status}, 404, 'and it does not come back');

post('/brief', { id => 'b', reviews => ['well'] });
is(known('/brief', 'b')->{status}, 200, 'known for a second');
sleep 2.1;
is(known('/brief', 'b')->{status}, 404, 'then no more');


# What is wrong.

my @wrong = (
    [ '', 400, qr/not JSON/ ],
    [ '{"id":"' . $id . '"', 400, qr/not JSON/ ],
    [ '[]', 400, qr/must be an object/ ],
    [ '{"id":["' . $id . '"],"reviews":["a"]}', 400, qr/"id" must be/ ],
    [ '{"id":"' . $id . '","orders":"none"}', 400, qr/"orders" must be/ ],
    [ '{"id":"' . $id . '","reviews":[7]}', 400, qr/review must be/ ],
    [ '{"id":"' . $id . '"}', 400, qr/must be an order/ ],
    [ '{"id":"' . $id . '","x":' . '[' x 200000, 400, qr/too deep|not JSON/ ],
    [ '{"id":"' . $id . '","x":"' . 'a' x 1000000 . '"}', 413,
      qr/at most 262144 bytes/ ],
    [ "{\"id\":\"\xff\",\"reviews\":[\"a\"]}", 400, qr/not JSON/ ],
);

for (@wrong) {
    my ($body, $status, $message) = @$_;
    my $name = substr $body, 0, 40;

    $r = post('/segment', $body);
    is($r->{status}, $status, "$status for $name");
    like(json($r)->{error}{message}, $message, 'and why');
    unlike($r->{body}, qr/\Q$id\E/, 'without what it was');
}

# 10^6 brackets in pieces of unknown length

$r = $nginx->request(raw => "POST /segment HTTP/1.1\r\nHost: localhost\r\n"
    . "$auth\r\nContent-Type: application/json\r\nConnection: close\r\n"
    . "Transfer-Encoding: chunked\r\n\r\n" . sprintf("%x\r\n", 1000000)
    . '[' x 1000000 . "\r\n0\r\n\r\n", timeout => 10);
is($r->{status}, 413, 'a million brackets of unknown length');

$r = post('/segment', { id => $id, reviews => ['trouble'] });
is($r->{status}, 502, 'the engine fails');
is(json($r)->{error}{code}, 'engine_failed', 'and the shop is told');
$r = post('/segment', { id => $id, reviews => ['unheard'] });
is($r->{status}, 502, 'the engine has another label');
is(post('/down', { id => $id, reviews => ['a'] })->{status}, 502,
   'the engine is not there');
$r = post('/tight', { id => $id, reviews => ['well ' x 1000] });
is($r->{status}, 503, 'no budget');
like(json($r)->{error}{message}, qr/budget is used up/, 'and the shop is told');
is(known('/segment', $id)->{status}, 404, 'nothing is kept of that');

# the shop goes away while the engine thinks

my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                              PeerPort => AIF->port) or die;
my $body = '{"id":"gone","reviews":["slowly as well"]}';
print {$s} "POST /segment HTTP/1.1\r\nHost: localhost\r\n$auth\r\n"
    . "Content-Type: application/json\r\nContent-Length: " . length($body)
    . "\r\n\r\n$body";
$nginx->wait_for(sub { asked() =~ /as well/ }, 5);
close $s;
$nginx->wait_for(sub { known('/segment', 'gone')->{status} == 200 }, 5);
is(known('/segment', 'gone')->{status}, 200,
   'what was paid is kept, whoever went away');


# Reports.

post('/exact', { id => "e$_", reviews => [$_ < 3 ? 'present' : 'ball'] })
    for 1 .. 6;

$r = $nginx->get('/exact', $auth);
is($r->{status}, 200, 'a report');
is_deeply(json($r), { epsilon => 50,
                      labels => { sport => 4, gift => 2, exact => 0 } },
          'with nearly no noise it has the numbers');
is($nginx->get('/segment', $auth)->{status}, 200, 'one with noise');
is($nginx->get('/segment', $auth)->{status}, 200, 'another one');
$r = $nginx->get('/segment', $auth);
is($r->{status}, 429, 'then the day is over');
$nginx->reload;
is($nginx->get('/segment', $auth)->{status}, 429, 'a reload does not help');
is(known('/segment', 'gone')->{status}, 200, 'which forgets nobody');

AIF->spew("$nginx->{dir}/key", "another key, another key\n");
$nginx->reload;
is(known('/segment', 'gone')->{status}, 404, 'another key knows nobody');


# Logs: the requests above had an id, words and a password.

my $logs = join '', map { AIF->slurp($_) } "$nginx->{dir}/access.log",
    "$nginx->{dir}/info.log", $nginx->{log} || ();

like($logs, qr/POST \/segment/, 'requests are logged');
unlike($logs, qr/\Q$id\E|sesame|Football|anna|flies|0123456789abcdef/,
       'nothing of what they had');
unlike($nginx->log, qr/\[(?:alert|emerg|crit)\]/, 'no alert');

unlink $said;
$nginx->stop;
done_testing();
