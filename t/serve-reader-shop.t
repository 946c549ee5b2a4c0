#!/usr/bin/env perl

# The two small models of scripts/models behind the module, with the demo
# shop's pages: a question about returns is answered from the page of returns,
# one for a private number is handed over to a person, a price comes from the
# product's facts; and reviews get a summary whose counts are the classifier's
# and whose claims are seen.  Seen to fail with a reader that answers all, with
# one that cites the first source only, and with claims of one review more.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use AIF::Served qw(finish post serve);
use Encode qw(decode encode);
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep);

my $json = JSON::PP->new->utf8->canonical;

serve('reader', AIF->port(1));
serve('classifier', AIF->port(2));

my @reviews = (
    'The zip broke after two days. I am disappointed.',
    'Terrible, the zip is broken. I want my money back.',
    'The zip does not work. A waste of money.',
    'I love the fabric, it is very soft. Great quality!',
    'Great jacket, the fabric is soft and I love it.',
    'Excellent fabric, I am very happy with it.',
    'A great price and perfect. I love it.',
    'Perfect, I love it. The fabric is great.',
);

my $shop = fork // die "fork: $!\n";

if ($shop == 0) {
    exec "$AIF::top/scripts/demo.d/shop", AIF->port(3) or POSIX::_exit(1);
}

my $said = Origin->start(AIF->port(4), sub {
    my ($request, $client) = @_;

    $client->answer(type => 'text/html; charset=utf-8', body =>
        '<!doctype html><html><head><title>Coat</title></head><body>'
        . '<div id=sum></div>' . join('', map { "<p class=review>$_</p>" }
        @reviews) . '</body></html>');
});

my $nginx = AIF::Nginx->new(name => 'reader', workers => 1, http => <<'END');
    ai_zone shop:8m;
    ai_engine reader {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1;
        model shop-reader;
    }
    ai_engine bert {
        protocol classifier; url http://127.0.0.1:%%PORT_2%%;
    }
    ai_locales en es;
    ai_locale uri;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { proxy_pass http://127.0.0.1:%%PORT_3%%; ai_filter on; }
        location = /coat {
            proxy_pass http://127.0.0.1:%%PORT_4%%; ai_filter on; ai_wait 10s;
            ai_reviews ".review" engine=bert summary=reader into=#sum;
            ai_translate reader;
            ai_include nav;
        }
        location = /ask {
            ai_assistant engine=reader context=/returns context=/shipping
                         contact=help@shop.example;
        }
    }
END

$nginx->start;
sleep 0.1 until $nginx->get('/returns')->{status} == 200;

my $r = ask('How long is the return period?');
like($r->{answer}, qr/\b30 days\b/, 'a question about returns');
is_deeply($r->{sources}, [ { url => '/returns',
    title => 'Returns - Hill & Harbour' } ], 'cites the page of returns');

$r = ask("What is the boss's phone number?");
ok(!$r->{answered}, 'a private number is not to be had');
is($r->{contact}, 'mailto:help@shop.example', 'a person is');

$r = ask('How much is it?');
like($r->{answer}, qr/\b89 USD\b/, 'a price of the facts');
is($r->{sources}[0]{url}, '/product/1', 'cites the product');

ok(!ask('Cuánto cuesta?', 'es')->{answered}, 'another language is handed over');

my $stream = $nginx->request(method => 'POST', path => '/ask',
    body => $json->encode({ question => 'How heavy is it?',
                            page => '/product/1' }),
    headers => ['Content-Type: application/json',
                'Accept: text/event-stream']);
like($stream->{body}, qr/event: token\n.*event: source\n.*event: done\n/s,
     'a stream');
like($stream->{body}, qr/320/, 'with the weight');


# Reviews

my %count = (positive => 0, negative => 0);
$count{ $_->[0]{label} }++
    for @{ post(AIF->port(2), '/predict', { inputs => [ map { [$_] }
                                                        @reviews ] }) };

for my $case ([ '', 'Reviews: 8', 'positive', 'negative', 'fabric', 'zip' ],
              [ '/es', 'Opiniones: 8', 'positivas', 'negativas', 'tejido',
                'cremallera' ])
{
    my ($at, $all, $good, $bad, $like, $dislike) = @$case;
    my ($text) = decode('UTF-8', $nginx->get("$at/coat")->{body})
        =~ m{<div id=sum>(.*?)</div>}s;
    $text //= '';

    like($text, qr/\Q$all\E/, "$at/coat: how many");
    like($text, qr/$good: $count{positive}\b/, 'the classifier\'s counts');
    like($text, qr/$bad: $count{negative}\b/, 'of both kinds');
    like($text, qr{$like\. \(4/8\)}, 'what four praise');
    like($text, qr{$dislike\. \(3/8\)}, 'what three complain of');
}

is_deeply([ $nginx->complaints ], [], 'the log has no complaint');

$nginx->stop;
kill TERM => $shop;
waitpid $shop, 0;
finish();

done_testing;


sub ask {
    my ($question, $locale) = @_;
    my $r = $nginx->request(method => 'POST', path => '/ask',
        body => $json->encode({ question => $question,
            page => '/product/1', ($locale ? (locale => $locale) : ()) }),
        headers => ['Content-Type: application/json']);

    return eval { $json->decode($r->{body}) } || {};
}


END {
    local $?;
    kill TERM => $shop if $shop;
}
