#!/usr/bin/env perl

# Guards against: a question that many ask at once and that is asked of the
# engine for each of them; who came later and gets half an answer, or none,
# because the first one went away.  Seen to fail without the look for a flight
# (20 calls on one worker), without the mark in the store (2 calls on two), with
# a call that is stopped when its first visitor goes, and with a mark that a
# stopped call leaves behind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep time);

my $asked = "$AIF::build/once-asked.$$";
my $go = "$AIF::build/once-go.$$";

sub note_down { my ($file, $text) = @_;
                open my $fh, '>>', $file or die "$file: $!\n";
                syswrite $fh, $text; close $fh }

sub chunk { 'data: ' . JSON::PP::encode_json({ choices => [{ index => 0,
            delta => { content => $_[0] }, finish_reason => $_[1] }] })
            . "\n\n" }

# The first words at once, the rest when the test says so.

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my ($question) = $request->{body} =~ /question\\":\\"(.*?)\\"/;

    note_down($asked, "$question\n");

    my $until = time + 20;

    if ($question =~ /fails/) {
        sleep 0.02 until -e $go || time > $until;
        return $client->answer(status => 500, body => 'no', type => undef);
    }

    $client->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                   . "Connection: close\r\n\r\n");
    $client->write(chunk('You can have ', undef));
    $client->write(chunk('it all ', undef));

    sleep 0.02 until -e $go || time > $until;

    my @rest = $question =~ /wrong/ ? ('31 days', ' now.')
                                    : ('30 days ', '[1] at ', 'most.');
    for (@rest) {
        $client->write(chunk($_, undef));
        sleep 0.01;
    }

    $client->write(chunk('', 'stop') . "data: [DONE]\n\n");
});

my $shop = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    $client->answer(body => '<title>Returns</title><p>Return it within 30 '
                            . 'days.</p>');
});

my $answer = 'You can have it all 30 days at most.';

for my $workers (1, 2) {

    my $nginx = AIF::Nginx->new(name => "once-$workers", workers => $workers,
                                http => <<'END');
    ai_zone shop:8m;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 10s; concurrency 64;
    }
    ai_locales en es;
    log_format who '$pid';
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        access_log %%DIR%%/who.log who;
        location / { proxy_pass http://127.0.0.1:%%PORT_2%%; ai_filter on; }
        location = /ask { ai_assistant engine=chat context=/returns; }
        location = /finish {
            ai_assistant engine=chat context=/returns gone=finish;
        }
    }
END

    unlink $go;
    AIF->spew($asked, '');
    $nginx->start;

    my $ask = sub {
        my ($question, $stream, $to) = @_;
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => AIF->port(0)) or die "$!\n";
        my $body = JSON::PP::encode_json({ question => $question });

        print $s 'POST ', $to || '/ask', " HTTP/1.1\r\nHost: x\r\n"
            . "Connection: close\r\n"
            . ($stream ? "Accept: text/event-stream\r\n" : '')
            . "Content-Type: application/json\r\nContent-Length: "
            . length($body) . "\r\n\r\n$body";

        return { socket => $s, stream => $stream, seen => '' };
    };

    my $read = sub {
        my ($until, @who) = @_;
        my $set = IO::Select->new(map { $_->{socket} } @who);
        my %by = map { fileno($_->{socket}) => $_ } @who;
        my $end = time + 15;

        while ($set->count && time < $end && !$until->()) {
            for my $s ($set->can_read(0.1)) {
                my $who = $by{ fileno $s };
                my $n = sysread $s, $who->{seen}, 65536, length $who->{seen};
                next if $n;
                $set->remove($s);
                close $s;
            }
        }
    };

    my $never = sub { 0 };

    # neither a date nor the size of a chunk is part of it

    my $text = sub {
        my (undef, $body) = split /\r\n\r\n/, $_[0]{seen}, 2;
        $body =~ s/^[0-9a-f]+\r$//mg;
        return $body;
    };

    # what somebody got: "!" is the hand-over, "..." no end

    my $said = sub {
        my $who = shift;
        my $body = $who->{seen};
        $body =~ s/\A.*?\r\n\r\n//s;

        if ($who->{stream}) {
            my $text = join '', $body =~ /token\ndata: \{"text":"(.*?)"/g;
            return $text . ($body =~ /event: done\ndata: \{"answered":true/
                            ? '' : $body =~ /event: done/ ? '!' : '...');
        }

        return $body =~ /"answered":true/ && $body =~ /"answer":"(.*?)"/ ? $1
               : $body =~ /"answered":false/ ? '!' : '...';
    };

    my $calls = sub { my $q = shift;
                      my $n = () = AIF->slurp($asked) =~ /^\Q$q\E$/mg; $n };

    my @who = map { $ask->('how long?', $_ % 2) } 1 .. 20;

    if ($workers == 1) {
        my @streams = grep { $_->{stream} } @who;

        $read->(sub { !grep { $_->{seen} !~ /it all/ } @streams }, @streams);
        is(scalar(grep { $said->($_) =~ /^You can have it all/ } @streams), 10,
           'all streams have the first words');

        push @who, my $late = $ask->('how long?', 1);
        $read->(sub { $late->{seen} =~ /it all/ }, $late);
        like($said->($late), qr/^You can have it all/,
             'who comes later gets what was shown');
    }

    sleep 0.5;
    AIF->spew($go, '');
    $read->($never, @who);

    is_deeply([map { $said->($_) } @who], [($answer) x @who],
              "$workers: all have the whole answer");
    is($calls->('how long?'), 1, 'of one call');

    # The first one goes away in the middle.

    for my $to ('/ask', '/finish') {
        unlink $go;

        my $first = $ask->("gone $to?", 1, $to);
        $read->(sub { $first->{seen} =~ /it all/ }, $first);
        like($first->{seen}, qr/it all/, 'the first has some words');

        @who = map { $ask->("gone $to?", $_ % 2, $to) } 1 .. 8;
        sleep 0.5;
        close $first->{socket};
        sleep 0.5;
        AIF->spew($go, '');
        $read->($never, @who);

        is_deeply([map { $said->($_) } @who], [($answer) x 8],
                  "$workers, $to: the others have their answer");
        cmp_ok($calls->("gone $to?"), '<=', $workers, 'of one call a worker');
    }

    # Everybody goes away: the next one does not wait all them.

    unlink $go;
    my @gone = map { $ask->('nobody?', 1) } 1 .. 3;
    sleep 0.5;
    close $_->{socket} for @gone;
    sleep 0.3;
    AIF->spew($go, '');
    my $next = $ask->('nobody?', 0);
    $read->($never, $next);
    is($said->($next), $answer, 'after all went the next one has his answer');

    # What is refused, and what fails.

    unlink $go;
    @who = map { $ask->('wrong?', $_ % 2) } 1 .. 8;
    sleep 0.5;
    AIF->spew($go, '');
    $read->($never, @who);
    is(scalar(grep { $said->($_) =~ /!$/ } @who), 8, 'a refused answer: all '
       . 'are handed over');
    is(scalar(grep { $text->($_) =~ /31/ } @who), 0, 'and nobody has seen it');
    is($calls->('wrong?'), 1, 'of one call');

    $next = $ask->('wrong?', 0);
    $read->($never, $next);
    is($said->($next), '!', 'who asks at once is handed over');
    is($calls->('wrong?'), 1, 'and costs nothing');

    unlink $go;
    @who = map { $ask->('fails?', $_ % 2) } 1 .. 8;
    sleep 0.5;
    AIF->spew($go, '');
    $read->($never, @who);
    is(scalar(grep { $_->{seen} =~ m{\AHTTP/1.1 502} } @who), 8,
       'a failing engine: all are told so');
    cmp_ok($calls->('fails?'), '<=', $workers, 'by one call a worker');

    my %pids = map { $_ => 1 } split /\n/, AIF->slurp("$nginx->{dir}/who.log");
    cmp_ok(scalar(keys %pids), '>=', $workers, 'by all workers');

    is_deeply([grep { !/the engine failed/ } $nginx->complaints], [],
              'no complaint');
    ok($nginx->stop, 'nginx ends in time');
}

unlink $asked, $go;
done_testing();
