#!/usr/bin/env perl

# Guards against: a log that tells who somebody is, what he looked for, or a
# key.  People with names, addresses and numbers in their cookies, arguments,
# bodies and pages ask for all kinds of pages while everything fails in turn.
# At level info what we write has nothing of theirs; at debug nothing secret is
# in it, and the texts of pages are not, either.  nginx's own words for a
# request (its line, its referrer) are its own, and are taken out of ours
# first.  Seen to fail with words in a message of level info, with what an
# engine quotes in its errors, and with a key in a message of level debug.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use AIF::NoMemory;
use Compress::Zlib ();
use Origin;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $secret = 'sk-Geheimnis4711';
my @personal = ('Rossi', 'Via Roma', 'maria@', '5551234', 'Kundin', 'Orden');
my $person = 'Maria Rossi, Via Roma 1, maria@example.com, +39 055 5551234';

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($where, $way) = $request->{path}
                        =~ m{^/(?:(e\d+|down|teller)/)?(\w+)};
    my @type = (type => 'text/html; charset=utf-8');
    my $page = "<h1>Welcome to $way</h1><p>Kundin $person</p>"
               . "<p title='$person'>Kundin Rossi " . ($where || '') . '</p>'
               . "<p>All our shirts</p>" . '<!-- x -->' x 200;

    return $client->answer(@type, body => $page, cut => 300) if $way eq 'cut';
    return $client->answer(@type, body => $page, pieces => 900, delay => 0.3)
        if $way eq 'slow';
    return $client->answer(@type, body => $page,
                           headers => ['Content-Encoding: gzip'])
        if $way eq 'nogzip';
    return $client->answer(@type, headers => ['Content-Encoding: gzip'],
                           body => Compress::Zlib::memGzip($page))
        if $way eq 'gzip';
    return $client->answer(@type, headers => ['Content-Encoding: br'],
                           body => $page)
        if $way eq 'brotli';
    return $client->answer(type => 'text/html; charset=big5',
                           body => "\xff\xff$page") if $way eq 'charset';
    return $client->answer(type => 'application/json',
                           body => qq({"title":"$person "))
        if $way eq 'json';
    return $client->answer(@type, body => "$page<script>window.__NUXT__="
                           . qq({a:"Kundin $person"}</script>))
        if $way eq 'hydration';
    return $client->answer(@type, body => $page, status => 500)
        if $way eq 'error';
    $client->answer(@type, body => $page x ($way eq 'large' ? 40 : 1));
});

my $engine = ScriptedEngine->start(AIF->port(1));

# one that tells all that it was asked in its errors

my $teller = Origin->start(AIF->port(3), sub {
    my ($request, $client) = @_;
    my $told = "$request->{headers}{authorization} $request->{body}";

    $told = "not this: $1 $told" if $request->{body} =~ /(Kundin Rossi \w+)/;
    $told =~ s/[^ -~]|["\\]/ /g;
    $client->answer(type => 'application/json', status => 400,
                    body => qq({"error":{"message":"$told","code":"bad"}}));
});
my $memory = AIF::NoMemory->new;

my $http = <<'END';
    ai_zone shop:1m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        key_file %%DIR%%/key;
    }
    %%ENGINES%%
    ai_engine teller {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
        key_file %%DIR%%/key;
    }
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model test;
        key_file %%DIR%%/key;
    }
    ai_locales en es;
    ai_locale uri referer cookie:lang;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_filter on;
        ai_translate scripted;
        ai_seo on;
        ai_json title;
        ai_buffer_size 64k;
        ai_hold 500ms;
        ai_query arg=q engine=scripted wait=100ms;
        ai_protect "(a+)+$" "Via \w+";
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /teller/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%; ai_translate teller;
            ai_private allow;
        }
        location /down/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%; ai_translate down;
        }
        %%LOCATIONS%%
    }
END

my @ways = qw(page cut nogzip gzip brotli charset json hydration error large);

# each fault is an engine's own: a breaker would be the next one's

my @modes = qw(status=500 status=401 status=429 garbage html cut half close
               nothing huge deep more less swap noids dup content_null length
               too_long markup crlf facts lost control empty long);

my ($engines, $locations) = ('', '');

for my $i (0 .. $#modes) {
    $engines .= "ai_engine e$i { protocol openai; model test; timeout 600ms; "
                . "key_file %%DIR%%/key; "
                . "url http://127.0.0.1:%%PORT_1%%/m/$modes[$i]/v1; }\n";

    # who may teach, waits, and how the search is translated differ
    $locations .= "location /e$i/ { proxy_pass http://127.0.0.1:%%PORT_2%%/; "
                  . "ai_translate e$i; ai_query arg=q engine=e$i wait=100ms;"
                  . ($i % 2 ? ' ai_wait 300ms;' : '')
                  . ($i % 3 ? ' ai_private allow;' : '') . " }\n";
}

$http =~ s/%%ENGINES%%/$engines/;
$http =~ s/%%LOCATIONS%%/$locations/;

for my $level ('info', 'debug') {
    my $nginx = AIF::Nginx->new(name => "log-$level", log_level => $level,
        http => $http, env => { $memory ? $memory->env : () });

    AIF->spew("$nginx->{dir}/key", "$secret\n");
    chmod 0600, "$nginx->{dir}/key";
    $nginx->start;

    SKIP: {
        skip 'this nginx has no messages of level debug', 2
            if $level eq 'debug' && !has_debug();

        visit($nginx);
        $nginx->stop;
        is(judge($nginx, $level), '', "level $level");
        is_deeply([$nginx->complaints(qr/malloc\(\d+\) failed/)], [],
                  'the log has no complaint');
    }
}

done_testing;


sub has_debug {
    return `$ENV{TEST_NGINX_BINARY} -V 2>&1` =~ /--with-debug/;
}


sub visit {
    my $nginx = shift;
    my $n = 0;

    for my $where ('', '/down', '/teller', map { "/e$_" } 0 .. $#modes) {
        for my $way ($where ? qw(page json) : (@ways, 'slow')) {
            my $target = "$where/$way/n" . $n++;
            my @who = ('Cookie: session=Rossi; email=maria@example.com',
                       'Authorization: Basic Rossi5551234',
                       'User-Agent: Kundin/5551234');

            $nginx->get("/es$target?q=Rossi+Via+Roma", @who);
            $nginx->get("/es$target?name=Maria+Rossi");
            $nginx->get("$target?q=Kundin+$n",
                        'Referer: http://localhost/es/Orden-5551234');
            $nginx->request(method => 'POST', path => "/es$target",
                            headers => \@who, body => "name=$person");
        }
    }

    if ($memory) {
        $memory->fail('all');
        $nginx->get('/es/page/memory?q=Rossi', 'Cookie: a=Rossi');
        $nginx->get('/es/large/memory?q=Rossi');
        $memory->fail(0);
    }

    $nginx->reload;
    $nginx->get('/es/page/last?q=Rossi+Via+Roma', 'Cookie: session=Rossi');
    sleep 1;
}


# the first line that tells too much

sub judge {
    my ($nginx, $level) = @_;
    my $lines = 0;

    for my $line (split /\n/, $nginx->log . $nginx->output) {
        return "the key: $line" if $line =~ /\Q$secret\E/;

        # at debug nginx tells all of a request itself

        next if $level eq 'debug' && $line !~ /\[debug\].*: (?:\*\d+ )?ai /;

        # nginx's own words about a request, whatever the message is

        $line =~ s/, (?:request|upstream|referrer|host): ".*?"//g;
        $lines++;

        for my $word (@personal) {
            return "\"$word\": $line" if $line =~ /\Q$word\E/i;
        }
    }

    return $lines > 20 ? '' : "only $lines lines";
}
