#!/usr/bin/env perl

# Guards against a trial run that visitors notice, or that tells nothing: with
# "ai_filter shadow" each answer is the shop's, byte for byte with its headers,
# while texts are fetched, counted and priced.  Seen to fail with a part of a
# page (Range) read as a page, with headers added to answers that are not looked
# at, and with the texts not fetched.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP;
use AIF::Shop;
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

my $engine = ScriptedEngine->start(AIF->port(1));

my $shop = AIF::Shop->new(engine => 'price input=2 output=8; batch 8;',
                          http => <<'END', server => <<'END2');
    split_clients "$http_x_who" $share { 50% shadow; * off; }
    log_format money '$uri $ai_status $ai_hits $ai_misses $ai_input_tokens '
                     '$ai_output_tokens $ai_cost';
END
        access_log %%DIR%%/logs/money.log money;
        etag on;
        location /off/ { alias %%DIR%%/html/; gzip on; gzip_min_length 1; }
        location /shadow/ {
            alias %%DIR%%/html/; gzip on; gzip_min_length 1;
            ai_filter shadow; ai_seo on; ai_header X-Ai; ai_wait 2s;
        }
        location /share/ {
            alias %%DIR%%/html/; ai_filter $share; ai_locale arg:lang;
        }
        location /mode/ {
            alias %%DIR%%/html/; ai_filter $http_x_mode; ai_seo on;
        }
END2
$shop->page(cold => 12)->page(other => 12)->page("s$_" => 1) for 1 .. 40;
$shop->start;

# Status line, headers but for the date, and body.

sub bytes {
    my ($path, @headers) = @_;
    my $r = AIF::HTTP::get($shop->{port}, $path, @headers);
    (my $raw = $r->{raw}) =~ s/^(?:Date|Connection): .*\r\n//mg;
    return $raw;
}

my $same = 0;
my @requests = ([], ['Accept-Encoding: gzip'], ['Range: bytes=5-40'],
                ['If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT'],
                ['Cookie: session=1'], ['User-Agent: Googlebot/2.1']);

for my $round (1, 2) {
    for my $headers (@requests) {
        my $plain = bytes('/off/cold.html', @$headers);
        my $shadow = bytes('/es/shadow/cold.html', @$headers);
        is($shadow, $plain, "round $round, @$headers: the shop's answer");
    }
    $engine->wait_for(texts => 12);
    $shop->wait_for(sub { $shop->engine->{texts_stored} == 12 });
}

is($engine->count('distinct'), 12, 'its texts were fetched');
is($engine->count('max'), 1, 'once');

my $s = $shop->status;
cmp_ok($s->{status}{SHADOW}, '>=', 6, 'pages are counted');
cmp_ok($s->{hits}, '>=', 12, 'as are known fragments');
cmp_ok($s->{misses}, '>=', 12, 'and unknown ones');
is($s->{status}{HIT} + $s->{status}{PARTIAL}, 0, 'none was changed');

cmp_ok($s->{shadow}{origin}, '>=', 1, 'what would have been left alone,');
cmp_ok($s->{shadow}{whole}, '>=', 1, 'and what would have been whole');

my $scope = $s->{engines}{scripted}{scopes}{''};
cmp_ok($scope->{cost}, '>', 0, 'what it costs is known');

sub logged {
    my $uri = shift;
    my $file = "$shop->{dir}/logs/money.log";
    my @lines;
    $shop->wait_for(sub { @lines = AIF->slurp($file) =~ /^\Q$uri\E (.*)$/mg });
    return @lines;
}

my ($first) = grep / 12 [1-9]/, logged('/shadow/cold.html');
like($first, qr/^SHADOW 0 12 \d+ \d+ 0\.\d{9}$/, 'the log has it by page');
my (undef, undef, undef, $input, $output, $cost) = split ' ', $first;
cmp_ok($input, '>', 100, 'tokens that were sent');
cmp_ok($output, '>', 50, 'tokens that come back');
cmp_ok(abs($cost - ($input * 2 + $output * 8) / 1e6), '<', 1e-8, 'at their price');
ok(scalar(grep /^SHADOW 12 0 0 0 0\.0{9}$/, logged('/shadow/cold.html')),
   'and nothing for what is known');

# a share of the visitors

$engine->reset;
for my $n (1 .. 40) {
    my $r = $shop->get("/share/s$n.html?lang=es", "X-Who: $n");
    $r->{body} eq $shop->original("s$n") or fail("page $n is changed");
}
ok($engine->wait_for(texts => 5), 'some of them are in it');
sleep 0.3;
my $texts = $engine->count('texts');
ok($texts > 5 && $texts < 35, "about half: $texts of 40");

# the same page, for some in shadow and for some not

my $plain = '<!doctype html><html lang="en"><head><title>Shirt of cold and b'
            . '</title></head><body><p>Shirt of cold and c</p></body></html>';
AIF->spew("$shop->{dir}/html/head.html", $plain);

is($shop->get('/es/mode/head.html', 'X-Mode: shadow')->{body}, $plain,
   'as the shop has it') for 1 .. 4;
my $on = $shop->get('/es/mode/head.html', 'X-Mode: on')->{body};
like($on, qr/<html[^>]* lang="?es/, 'and with everything beside it');
is($shop->get('/es/mode/head.html', 'X-Mode: shadow')->{body}, $plain,
   'as the shop has it') for 1 .. 2;
is($shop->get('/es/mode/head.html', 'X-Mode: on')->{body}, $on, 'again');

is_deeply([$shop->complaints], [], 'the log has no complaint');
ok($shop->stop, 'nginx ends in time');

done_testing;
