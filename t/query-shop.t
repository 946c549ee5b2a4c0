#!/usr/bin/env perl

# A Spanish visitor's "camisa blanca" finds the white shirt on the demo shop, in
# its page and in its JSON, and reads his own words there.  It would fail if
# the shop were asked in Spanish, as it is with "ai_query off", where this was
# seen.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP qw(get);
use AIF::Nginx;
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep);

# a translator that knows a few words, and leaves the others as they are

my %word = (camisa => 'shirt', blanca => "white", lana => 'wool');

my $translator = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $ask = JSON::PP->new->utf8->decode($request->{body});
    my @texts = map {
        my $text = lc;
        $text =~ s/\bcamisa blanca\b/white shirt/g;
        $text =~ s/(\w+)/exists $word{$1} ? $word{$1} : $1/ge;
        $ask->{source} eq 'es' ? $text : $_
    } @{ $ask->{q} };

    $client->answer(type => 'application/json', body =>
        JSON::PP->new->utf8->encode({ translatedText => \@texts }));
});

my $shop_port = AIF->port(2);
my $pid = fork;
defined $pid or die "fork: $!\n";

if ($pid == 0) {
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    exec $^X, "$AIF::top/scripts/demo.d/shop", $shop_port;
    exit 127;
}

END { if ($pid) { local $?; kill TERM => $pid; waitpid $pid, 0 } }

my $up = 0;

for (1 .. 100) {
    $up = eval { get($shop_port, '/')->{status} == 200 } and last;
    sleep 0.1;
}

ok($up, 'the demo shop is there');

my $nginx = AIF::Nginx->new(name => 'query-shop', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine translator {
        protocol libretranslate; url http://127.0.0.1:%%PORT_1%%;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ai_wait 2s;
    ai_incomplete mixed=1;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_filter on;
        ai_translate translator;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_query arg=q engine=translator wait=2s;
        }
        location /off/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/;
        }
    }
END

my $want = JSON::PP->new->utf8->decode(
    get($shop_port, '/search?q=white+shirt&format=json')->{body});
cmp_ok($want->{count}, '>', 0, 'the shop has a white shirt');

my $r = $nginx->get('/es/off/search?q=camisa+blanca&format=json');
is(JSON::PP->new->utf8->decode($r->{body})->{count}, 0,
   'of which it knows nothing in Spanish');

$r = $nginx->get('/es/search?q=camisa+blanca&format=json');
is_deeply(JSON::PP->new->utf8->decode($r->{body}), $want,
          'JSON: the visitor finds it');

$nginx->get('/es/search?q=camisa%20blanca') for 1 .. 2;
$r = $nginx->get('/es/search?q=camisa%20blanca');
my $id = $want->{products}[0]{id};
like($r->{body}, qr{product/$id"}, 'HTML: the visitor finds it');
like($r->{body}, qr{name="q" value="camisa blanca"}, 'the field has his words');
like($r->{body}, qr{<q translate="no">camisa blanca</q>}, 'and so has the head');

$r = $nginx->get('/search?q=camisa+blanca&format=json');
is(JSON::PP->new->utf8->decode($r->{body})->{count}, 0,
   'who reads English is taken at his word');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
