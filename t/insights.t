#!/usr/bin/env perl

# Guards against insights that anybody can read, that are not what the reviews
# of the page say, that mix shops, that outgrow their zone, and whose words
# become markup or formulas; a shop of foreigners has them in its own language.
# Seen to fail with users that are not checked, with a scope that is not
# compared, with a personal page that is kept, and with summaries that are taken
# as the visitor reads them.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(decode encode);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Origin;
use POSIX qw(strftime);
use Test::More;

my $json = JSON::PP->new->canonical->utf8;
my $dir = AIF->scratch('insights-said');

sub note_down {
    open my $fh, '>>', "$dir/$_[0]" or die "$dir/$_[0]: $!\n";
    syswrite $fh, 'x';
    close $fh;
}

sub noted { -f "$dir/$_[0]" ? -s _ : 0 }

my @texts = ('=1+1 is "warm" for me', 'So warm & <b>soft</b>', 'Warm',
             'The zip broke', 'Zip stuck', 'A coat');

sub sentiment {
    return $_[0] =~ /zip/i ? 'negative' : $_[0] =~ /warm/i ? 'positive'
                                                           : 'neutral';
}

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $asked = $json->decode($request->{body});
    my $inputs = $asked->{inputs};

    return $client->answer(type => 'application/json', body => $json->encode(
        [map { [{ label => sentiment(ref $_ ? $_->[0] : $_), score => 0.9 }] }
         ref $inputs ? @$inputs : $inputs])) if $inputs;

    my $es = $asked->{messages}[0]{content} =~ /Spanish/;
    my (%count, %with);

    note_down($es ? 'es' : 'en');
    return $client->answer(status => '500 No', body => '')
        if $asked->{messages}[-1]{content} =~ /nobody sums this up/;

    for ($asked->{messages}[-1]{content} =~ /^(\d+ \w+: .*)$/mg) {
        my ($n, $is, $text) = /^(\d+) (\w+): (.*)$/;
        $count{reviews}++;
        $count{$is}++;
        $text =~ /\b$_/i and push @{ $with{$_} }, $n * 1 for qw(warm zip);
    }
    $count{$_} += 0 for qw(positive neutral negative);

    my $content = $json->encode({ summary => 'Customers talk of it.',
        counts => \%count, claims => [map {
            { kind => /zip/ ? 'pain' : 'aspect', about => $_,
              sentiment => /zip/ ? 'negative' : 'positive',
              text => $es ? "Los clientes hablan: $_."
                          : "Customers mention: $_.", words => [$_],
              count => scalar @{ $with{$_} }, reviews => $with{$_} }
        } sort keys %with] });

    $client->answer(type => 'application/json', body => $json->encode({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant', content => $content } }] }));
});

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($p) = $request->{path} =~ /(\w+)$/;
    my @said = $p >= 500 ? (@texts, 'nobody sums this up')
               : $p > 200 ? (@texts, "A coat of $p") : @texts;

    my $ld = $json->encode({ '@type' => 'Product',
        name => $request->{headers}{cookie} ? 'Coat of Jane' : "Coat $p",
        category => $p % 2 ? 'Winter' : 'Summer',
        review => [map { { '@type' => 'Review', reviewBody => $_,
                           author => { name => 'Jane Roe' } } }
                   map { s/&/&amp;/gr =~ s/</&lt;/gr } @said] });

    $client->answer(type => 'text/html; charset=utf-8', body =>
        "<html><head><script type=application/ld+json>$ld</script></head>"
        . "<body><div id=sum></div></body></html>");
});

my $nginx = AIF::Nginx->new(name => 'insights', workers => 2, http => <<'END');
    ai_zone shop:8m;
    ai_engine bert { protocol classifier; url http://127.0.0.1:%%PORT_1%%; }
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_reviews auto engine=bert summary=chat into=#sum;
        ai_translate chat;
        ai_include nav;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%; ai_filter on; ai_wait 5s;
        }
        location /other/ {
            ai_scope other;
            proxy_pass http://127.0.0.1:%%PORT_2%%/; ai_filter on; ai_wait 5s;
        }
        location = /insights { ai_insights users=%%DIR%%/users size=256k; }
        location = /theirs {
            ai_scope other; ai_insights users=%%DIR%%/users size=256k;
        }
        location = /closed { ai_insights size=256k; }
    }
END

AIF->spew("$nginx->{dir}/users", "shop:{PLAIN}open sesame\n");
$nginx->start;

my $auth = 'Authorization: Basic ' . encode_base64('shop:open sesame', '');

sub insights {
    my ($args, @headers) = @_;
    return $nginx->get("/insights$args", $auth, @headers);
}

is(insights('')->{body}, qq({"products":[]}\n), 'nothing is known yet');

$nginx->get("/$_") for 1, 2;
$nginx->get('/1', 'Cookie: a=b');
$nginx->get('/other/3');

my $r = insights('');
my $all = JSON::PP::decode_json($r->{body})->{products};
is_deeply([map { $_->{product} } @$all], ['Coat 1', 'Coat 2'],
          'two products, and nobody else\'s');
is($all->[0]{period}, strftime('%Y-%m', gmtime), 'of this month');
is_deeply([@{ $all->[0] }{qw(category reviews positive neutral negative)}],
          ['Winter', 6, 3, 1, 2], 'with the counts of the classifier');
is_deeply([map { [@$_{qw(kind aspect sentiment count text)}] }
           @{ $all->[0]{claims} }],
          [['aspect', 'warm', 'positive', 3, 'Customers mention: warm.'],
           ['pain', 'zip', 'negative', 2, 'Customers mention: zip.']],
          'and the claims of the page');
is($all->[0]{claims}[1]{example}, 'The zip broke', 'each with an example');
unlike($r->{body}, qr/Jane/, 'nothing personal is in it');
like($r->{headers}{'cache-control'}, qr/no-store/, 'nobody keeps it');

my $theirs = JSON::PP::decode_json($nginx->get('/theirs', $auth)->{body});
is_deeply([map { $_->{product} } @{ $theirs->{products} }], ['Coat 3'],
          'another shop has its own');

for (['product=coat+2', 'Coat 2'], ['category=winter', 'Coat 1'],
     ['aspect=ZIP', 'Coat 1,Coat 2'], ['aspect=colour', ''],
     ['period=' . strftime('%Y-%m', gmtime), 'Coat 1,Coat 2'],
     ['period=2001-01', ''])
{
    my ($args, $what) = @$_;
    my $got = JSON::PP::decode_json(insights("?$args")->{body})->{products};
    is(join(',', map { $_->{product} } @$got), $what, $args);
}

$r = insights('?format=csv');
like($r->{headers}{'content-type'}, qr{^text/csv}, 'CSV');
is(scalar(split /\r\n/, $r->{body}), 5, '... has a line for each claim');
like($r->{body}, qr/,"'=1\+1 is ""warm"" for me"\r\n/,
     '... where nothing is a formula');

$r = insights('', 'Accept: text/html,*/*');
like($r->{headers}{'content-type'}, qr{^text/html}, 'a browser gets a page');
like($r->{body}, qr{<h2 dir="auto">Coat 1</h2>.*<svg.*<rect}s, '... with charts');
unlike($r->{body}, qr{<b>|<script|style=|onclick}, '... and nobody\'s markup');
like($r->{headers}{'content-security-policy'}, qr/^default-src 'none'; /,
     '... that may load nothing');

sub groups { return JSON::PP::decode_json(insights("?by=$_[0]")->{body})
                         ->{groups} }

is_deeply([map { [@$_{qw(name products count positive neutral negative)}] }
           @{ groups('category') }],
          [['Summer', 1, 6, 3, 1, 2], ['Winter', 1, 6, 3, 1, 2]],
          'by category');
is_deeply([map { [@$_{qw(kind name products count positive negative)}] }
           @{ groups('aspect') }],
          [['aspect', 'warm', 2, 6, 6, 0], ['pain', 'zip', 2, 4, 0, 4]],
          'by aspect, over products');
is_deeply([map { [@$_{qw(name products count)}] } @{ groups('period') }],
          [[strftime('%Y-%m', gmtime), 2, 12]], 'by month');
is(scalar(@{ groups('aspect&category=winter') }), 2, '... of a category');
$r = insights('?by=aspect&format=csv&aspect=zip');
is($r->{body}, "name,kind,products,count,positive,neutral,negative,example\r\n"
   . qq("zip","pain",2,4,0,0,4,"The zip broke"\r\n), '... as CSV');
$r = insights('?by=aspect&product=%22%3E%3Cscript%3E&format=html');
unlike($r->{body}, qr/<script/, 'what was asked for is no markup');
like($r->{body}, qr/value="&quot;&gt;&lt;script&gt;"/, '... and is there');

is($nginx->get('/insights')->{status}, 401, 'who says nothing is asked');
is($nginx->get('/closed', $auth)->{status}, 403, 'without users nobody may');

for ('format=xml', 'by=colour', 'period=2026', 'period=2026-13', 'product=%ff',
     'product=' . 'x' x 300)
{
    $r = insights("?$_");
    is($r->{status}, 400, substr($_, 0, 20) . ' is refused');
    ok(JSON::PP::decode_json($r->{body})->{error}{message}, '... in words');
}
is($nginx->request(method => 'POST', path => '/insights', body => '{}',
                   headers => [$auth])->{status}, 405,
   'it is read only');


# --- a shop where only foreigners come

my $had = noted('en');
my $page = $nginx->get('/es/201')->{body};
like($page, qr/Opiniones: 7.*Los clientes hablan: warm/s,
     'a foreigner reads his own language');

sub of { return JSON::PP::decode_json(insights("?product=coat+$_[0]")->{body})
                     ->{products}[0] }

my $got = $nginx->wait_for(sub {
    $nginx->get('/es/201?again=' . rand);
    my $of = of(201);
    $of && @{ $of->{claims} } && $of
});
is_deeply([@$got{qw(category reviews positive neutral negative)}],
          ['Winter', 7, 3, 2, 2], 'and the merchant has the product');
is_deeply([map { $_->{text} } @{ $got->{claims} }],
          ['Customers mention: warm.', 'Customers mention: zip.'],
          'in the language of the shop');
is(noted('en'), $had + 1, 'which was asked for once');
$nginx->get("/es/201?n=$_") for 1 .. 3;
is(noted('en'), $had + 1, 'and not again');

$nginx->get('/es/202', 'Cookie: a=b');
is(of(202), undef, 'of a personal page nothing is kept');

$nginx->get('/es/500');
is_deeply([@{ of(500) }{qw(reviews positive neutral negative)}], [7, 3, 2, 2],
          'without a summary there are the counts');
$nginx->get('/501');
is_deeply(of(501)->{claims}, [], '... in the shop\'s locale, too');


# --- more products than there is room for

$nginx->get("/$_") for 10 .. 120;
$all = JSON::PP::decode_json(insights('')->{body})->{products};
cmp_ok(scalar(@$all), '>=', 20, 'the zone has many');
cmp_ok(scalar(@$all), '<=', 64, 'and its size is its size');
ok((grep { $_->{product} eq 'Coat 120' } @$all), 'the latest is there');

my $said = AIF::Nginx->new(name => 'insights-bad', http => <<'END');
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { ai_insights size=1k; }
    }
END
like(($said->test)[1], qr/invalid parameter "size=1k" in "ai_insights"/,
     'too small a zone is refused');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing();
