#!/usr/bin/env perl

# Guards against a warm-up that leaves a shop cold: of the demo shop, which
# sets a session cookie on every page, nearly every page must be whole for
# somebody who comes for the first time; and against one that spends before it
# has told what it will, that begins anew after a break, or never ends.  Seen
# to fail with one try a page, with an estimate that asks as a person, and
# with a state file that is not read.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Compress::Gzip qw(gzip);
use IO::Socket::INET;
use POSIX ();
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(sleep);

plan skip_all => 'curl is not there'
    unless grep { -x "$_/curl" } split /:/, $ENV{PATH};

my $warm = "$AIF::top/scripts/warm";
my $dir = AIF->scratch('warm-files');
my $shop = start_shop(AIF->port(2));
my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'warm', workers => 2, http => <<'END')->start;
    ai_zone shop:16m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es fr;
    ai_locale uri cookie:lang arg:lang accept-language;
    ai_header X-AI-Status;
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /own/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/product/;
            ai_filter on;
            ai_crawlers mybot;
        }
        location /maps/ { }
        location /none/ { return 404; }
    }
END

my $base = 'http://127.0.0.1:' . AIF->port;
my $goods = do "$AIF::top/scripts/demo.d/catalogue.pl" or die;
my $products = @{ $goods->{products} };
my @paths = ('/', '/story', '/shipping', '/returns',
             (map "/category/$_->{slug}", @{ $goods->{categories} }),
             (map "/product/$_", 1 .. $products));

mkdir "$nginx->{dir}/html/maps";
gzip(\sitemap(@paths[4 .. $#paths]), \my $second) or die;
AIF->spew("$nginx->{dir}/html/maps/one.xml", sitemap(@paths[0 .. 3]));
AIF->spew("$nginx->{dir}/html/maps/two.xml.gz", $second);
AIF->spew("$dir/index.xml", '<?xml version="1.0"?><sitemapindex><!-- <sitemap>'
          . "<loc>http://no/</loc></sitemap> -->\n"
          . join('', map "<sitemap>\n <loc> http://shop.example/maps/$_ </loc>"
                         . '</sitemap>', 'none') . '</sitemapindex>');
AIF->spew("$dir/index.xml", AIF->slurp("$dir/index.xml")
          =~ s{http://shop\.example/maps/none}{$base/maps/one.xml}r
          =~ s{</sitemapindex>}{<sitemap><loc>$base/maps/two.xml.gz</loc></sitemap><sitemap><loc>$base/none/</loc></sitemap></sitemapindex>}r);
AIF->spew("$dir/map.xml", sitemap(@paths));

sub sitemap {
    return '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://'
           . 'www.sitemaps.org/schemas/sitemap/0.9">'
           . join('', map "<url>\n<loc>http://shop.example$_</loc>\n<image:image>"
                          . "<image:loc>http://no/a.png</image:loc></image:image>"
                          . "</url>\n", @_) . '</urlset>';
}

sub start_shop {
    my $port = shift;
    my $pid = fork;

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        exec $^X, "$AIF::top/scripts/demo.d/shop", $port or POSIX::_exit(127);
    }

    for (1 .. 200) {
        return $pid if IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                             PeerPort => $port);
        sleep 0.05;
    }

    die "the shop does not start\n";
}

END {
    local $?;
    kill TERM => $shop and waitpid $shop, 0 if $shop;
}

sub warm {
    my $said = `$warm --rate 500 --pause 0.2 @_ 2>&1`;
    return ($? >> 8, $said);
}

sub whole {
    my ($locale, @headers) = @_;
    return scalar grep {
        ($nginx->get("/$locale$_", 'Host: shop.example', @headers)
               ->{headers}{'x-ai-status'} || '') =~ /; HIT; /
    } @paths;
}

# before anything is spent

my ($status, $said) = warm("--base $base --estimate $dir/map.xml es fr");
is($status, 0, 'an estimate') or diag $said;
my ($texts, $letters) = $said =~ /at most (\d+) texts, (\d+) letters/;
cmp_ok($texts || 0, '>', 10 * @paths, 'tells the texts') or diag $said;
cmp_ok($letters || 0, '>', 3 * ($texts || 0), 'and their letters');
is($engine->count('requests'), 0, 'and asks for none');

AIF->spew("$dir/own.xml", sitemap(map "/own/$_", 1 .. 9));
($status, $said) = warm("--base $base --estimate $dir/own.xml es");
isnt($status, 0, 'a look that is taken for a visitor\'s');
like($said, qr{"ai_crawlers".*--sample 0}s, 'ends, and tells why');
cmp_ok($engine->count('requests'), '<=', 2, 'after one page, of two calls');
$engine->reset;

# a part, then the rest

($status, $said) = warm("--base $base --max-pages 3 --sample 0",
                        "--state $dir/state $dir/map.xml es");
is($status, 0, 'three pages') or diag $said;
like($said, qr/^warm: 3 of 3 whole, \d+ requests/m, 'are whole');
my $lines = () = AIF->slurp("$dir/state") =~ m{^es http://shop\.example/}mg;
is($lines, 3, 'and written down');

($status, $said) = warm("--base $base --sample 0 --state $dir/state",
                        "$dir/map.xml es");
is($status, 0, 'the rest') or diag $said;
like($said, qr/3 done before/, 'without those');

cmp_ok(whole('es'), '>=', 0.95 * @paths,
       'who comes for the first time has whole pages');
cmp_ok(whole('es', 'Cookie: shop_session=0123456789abcdef'), '>=',
       0.95 * @paths, 'and who came before');
is(whole('fr'), 0, 'in this locale');

# an index of sitemaps, at nginx itself; other ways to tell the locale

is(do { my @said = warm("--base $base --estimate --sample 0 $dir/index.xml fr");
        $said[1] =~ /^warm: (\d+) pages/m && $1 }, scalar @paths,
   'an index of sitemaps, one of them packed, one missing');

my %way = ('--cookie lang' => 3, '--arg lang' => 4, '--accept-language' => 5);

for my $way (sort keys %way) {
    AIF->spew("$dir/one.xml", sitemap("/product/$way{$way}"));
    ($status, $said) = warm("--base $base --sample 0 $way $dir/one.xml fr");
    is($status, 0, "$way: whole") or diag $said;
    like($nginx->get("/fr/product/$way{$way}", 'Host: shop.example')
               ->{headers}{'x-ai-status'}, qr/^fr; HIT/, 'in that locale');
}

# what can't be

AIF->spew("$dir/bad.xml", sitemap('/nothing', '/style.css'));
($status, $said) = warm("--base $base --sample 0 $dir/bad.xml fr");
is($status, 1, 'pages that do not come whole');
like($said, qr/^warm: +1  HTTP 404$/m, 'are told');
like($said, qr/^warm: +1  BYPASS type$/m, 'with the reason');
like($said, qr/ 2 requests/, 'and not asked for again');

$engine->mode('status=500');
AIF->spew("$dir/one.xml", sitemap('/basket'));
($status, $said) = warm("--base $base --sample 0 --tries 3 $dir/one.xml fr");
is($status, 1, 'an engine that fails');
like($said, qr/ 3 requests/, 'is asked for so often');
like($said, qr/^warm: +1  (?:PARTIAL|MISS) (?:engine|pending|breaker)$/m,
     'and told') or diag $said;

for my $bad ('', "$dir/map.xml", "$dir/none.xml es", "$dir/map.xml 'e s'",
             "--rate 0 $dir/map.xml es", "--cookie a --arg b $dir/map.xml es",
             "http://127.0.0.1:1/ es", "/dev/null es")
{
    my ($status, $said) = warm($bad);
    ok($status == 2 && $said =~ /^warm: /m, "refused: $bad") or diag $said;
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
