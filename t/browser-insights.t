#!/usr/bin/env perl

# Guards against a page for the merchant that not every merchant can use: axe-core
# in Chromium finds nothing, the page's own policy lets everything of it through,
# Arabic names run from the right, and the form asks.  Seen to fail with a select
# without a label, with a style attribute, and without dir="auto".

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use Encode qw(decode);
use JSON::PP ();
use Origin;
use Test::More;

my $lacks = AIF::Browser->lacks('judges');
plan skip_all => $lacks if $lacks;

my $json = JSON::PP->new->canonical->utf8;

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $asked = $json->decode($request->{body});
    my $inputs = $asked->{inputs};

    return $client->answer(type => 'application/json', body => $json->encode(
        [map { [{ label => $_->[0] =~ /zip/ ? 'negative' : 'positive',
                  score => 0.9 }] }
         map { ref $_ ? $_ : [$_] } ref $inputs ? @$inputs : $inputs]))
        if $inputs;

    my @lines = $asked->{messages}[-1]{content} =~ /^\d+ \w+: .*$/mg;
    my @zip = grep { $lines[$_ - 1] =~ /zip/ } 1 .. @lines;
    my @warm = grep { $lines[$_ - 1] =~ /warm/ } 1 .. @lines;

    $client->answer(type => 'application/json', body => $json->encode({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant', content => $json->encode({
                summary => 'Customers talk of it.', counts => {
                    reviews => scalar @lines, positive => scalar @warm,
                    neutral => 0, negative => scalar @zip },
                claims => [
                    { kind => 'aspect', about => 'warmth', count => scalar @warm,
                      sentiment => 'positive', text => 'It is warm.',
                      reviews => \@warm, words => ['warm'] },
                    { kind => 'pain', about => 'zip', count => scalar @zip,
                      sentiment => 'negative', text => 'The zip breaks.',
                      reviews => \@zip, words => ['zip'] } ] }) } }] }));
});

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $ld = $json->encode({ '@type' => 'Product',
        name => $request->{path} =~ /1$/ ? 'Coat' : "\x{645}\x{639}\x{637}\x{641}",
        category => 'Winter', review => [map {
            { '@type' => 'Review', reviewBody => $_ } }
            'So warm', 'Very warm coat', 'warm', 'The zip broke'] });

    $client->answer(type => 'text/html; charset=utf-8', body =>
        "<html><head><script type=application/ld+json>$ld</script></head>"
        . '<body><div id=sum></div></body></html>');
});

my $nginx = AIF::Nginx->new(name => 'browser-insights', http => <<'END');
    ai_zone shop:8m;
    ai_engine bert { protocol classifier; url http://127.0.0.1:%%PORT_1%%; }
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            ai_reviews auto engine=bert summary=chat into=#sum;
            proxy_pass http://127.0.0.1:%%PORT_2%%; ai_filter on; ai_wait 5s;
        }
        location = /insights { ai_insights users=%%DIR%%/users; }
    }
END

AIF->spew("$nginx->{dir}/users", "shop:{PLAIN}sesame\n");
$nginx->start;
$nginx->get("/$_") for 1, 2;

my $axe = AIF::Browser::made('judges') . '/node_modules/axe-core/axe.min.js';
my $url = "http://shop:sesame\@127.0.0.1:$nginx->{port}/insights";

my $seen = AIF::Browser->drive({ settle => 100 },
    { open => $url }, { axe => $axe },
    { read => ['main', 'svg rect@*', 'h2:dir(rtl)@*', 'h2:dir(ltr)@*'] },
    { fill => ['input[name=aspect]', 'zip'] },
    { click => 'button' }, { settle => 100 },
    { read => ['main'] });

my $page = $seen->{steps}[3];

is_deeply($seen->{complaints}, [], 'the console says nothing');
is_deeply($seen->{steps}[2], [], 'axe-core finds nothing');
like($page->{main}, qr/Months.*Categories.*Winter.*Aspects.*warmth/s,
     'the page says what it has to');
cmp_ok($page->{'svg rect@*'}, '>=', 9, 'with charts');
is($page->{'h2:dir(rtl)@*'}, 1, 'an Arabic name runs from the right');
is($page->{'h2:dir(ltr)@*'}, 4, '... and no other');
like($seen->{steps}[7]{main}, qr/zip/, 'the form asks');
unlike($seen->{steps}[7]{main}, qr/warmth/, '... for what it says');

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;
