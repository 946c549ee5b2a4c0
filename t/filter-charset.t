#!/usr/bin/env perl

# Guards against: a page in another charset than UTF-8 that leaves in two
# charsets at once, loses a byte outside its texts, or is read by a name that
# its bytes contradict.  Seen to fail with the new page not converted back,
# with what was read of the page before it was converted kept, with the memo's
# charset left out of the comparison, and with a contradicted page written in
# UTF-8.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(decode encode);
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use Origin;
use ScriptedEngine;
use Test::More;

use utf8;

# label => [Encode's name, text, text with placeholders or not]

my %shop = (
    'iso-8859-1'   => ['cp1252', 'Café au lait', 'Größe und Länge'],
    'iso-8859-2'   => ['iso-8859-2', 'Żółta koszula', 'Rozmiar i długość'],
    'iso-8859-5'   => ['iso-8859-5', 'Синяя рубашка', 'Размер'],
    'iso-8859-7'   => ['iso-8859-7', 'Μπλε πουκάμισο', 'Μέγεθος'],
    'iso-8859-15'  => ['iso-8859-15', 'Œuf à la coque', 'Prix en € ici'],
    'windows-1250' => ['cp1250', 'Příliš žluťoučký kůň', 'Velikost košile'],
    'windows-1251' => ['cp1251', 'Синяя рубашка', 'Размер № в таблице'],
    'windows-1253' => ['cp1253', 'Μπλε πουκάμισο', 'Μέγεθος'],
    'windows-1254' => ['cp1254', 'Mavi gömlek ışığı', 'Ölçü ve şekil'],
    'windows-1255' => ['cp1255', 'חולצה כחולה', 'מידה'],
    'windows-1256' => ['cp1256', 'قميص أزرق', 'مقاس'],
    'windows-1257' => ['cp1257', 'Mėlyni marškiniai', 'Dydis ir ilgis ąčę'],
    'windows-874'  => ['cp874', 'เสื้อสีฟ้า', 'ขนาด'],
    'koi8-r'       => ['koi8-r', 'Синяя рубашка', 'Размер'],
    'koi8-u'       => ['koi8-u', 'Синя сорочка її', 'Розмір'],
    'gb2312'       => ['gbk', '蓝色的衬衫', '尺寸和長度'],
    'gb18030'      => ['gb18030', '蓝色的衬衫', '尺寸和長度'],
    'big5'         => ['big5-eten', '藍色的襯衫功許蓋', '尺寸和長度'],
    'shift_jis'    => ['cp932', '表示ソフトポール', '能十貼構申添ー'],
    'euc-jp'       => ['euc-jp', '表示ソフト', '青いシャツ'],
    'euc-kr'       => ['cp949', '파란 셔츠 똠방각하', '크기'],
);

delete $shop{gb18030} unless Encode::find_encoding('gb18030');

sub page {
    my ($label, $one, $two) = @_;

    return '<!doctype html><html><head>' . ($label && "<meta charset=$label>")
         . "<title>$one</title><script>var s = '$one';</script>"
         . "<style>p::after { content: '$two' }</style></head><body>"
         . "<!-- $one --><p title=\"$two\" data-x='$one'>$one <b>$two</b></p>"
         . "<code>$two</code><p>Plain words</p></body></html>";
}

# What the scripted engine makes of it, in UTF-8, as characters.

sub translated {
    my $page = shift;

    $page =~ s{(<title>)([^<]+)}{$1 . ScriptedEngine::rewrite($2)}e;
    $page =~ s{(title=")([^"]+)}{$1 . ScriptedEngine::rewrite($2)}e;
    $page =~ s{(<p title[^>]+>)(.*?)<b>(.*?)</b>}
              {$1 . ScriptedEngine::rewrite("$2<g1>$3</g1>")}e;
    $page =~ s{<(/?)g1>}{<$1b>}g;
    $page =~ s{(<p>)([^<]+)}{$1 . ScriptedEngine::rewrite($2)}e;

    return $page;
}

# Encode approximates: what doesn't come back is to be a reference.

sub native {
    my ($code, $text) = @_;
    my $out = '';

    for my $char (split //, $text) {
        my $bytes = encode($code, $char);
        $out .= decode($code, $bytes) eq $char ? $bytes
                                               : sprintf '&#x%x;', ord $char;
    }

    return $out;
}

my %body = (
    contradicted => encode('UTF-8', page('iso-8859-1', 'Żółta 蓝色', 'Синяя')),
    signs => encode('UTF-8', page('iso-8859-1', "All rights \xa9", '– yes –')),
    chance => encode('cp1252', page('iso-8859-1', 'Some', 'words'))
              =~ s/Plain/NESCAF\xc9\xae/r,
    damaged => encode('gbk', page('gbk', '蓝色的衬衫', '尺寸')) =~ s/Plain/\xb0/r,
    lost => encode('cp1252', page('', 'Café', 'Größe')),
    odd => encode('cp1252', page('utf-99', 'Café', 'Größe')),
    bom => "\xef\xbb\xbf" . encode('UTF-8', page('gbk', '蓝色', 'é')),
    utf16 => encode('UTF-16', page('', 'Some', 'words')),
    meta16 => encode('UTF-8', page('utf-16', 'Żółta', 'words')),
    iso2022 => encode('iso-2022-jp', page('iso-2022-jp', '表示', '青い')),
    utf8 => encode('UTF-8', page('windows-1251', 'Żółta', 'Größe')),
    ascii => page('us-ascii', 'Some', 'words'),
    late => encode('cp1251', page('', 'Синяя', 'Размер')
                             =~ s{</body>}{<meta charset=windows-1251></body>}r),
);

for my $label (keys %shop) {
    my ($code, $one, $two) = @{ $shop{$label} };

    $body{$label} = encode($code, page($label, $one, $two));
    $body{"header-$label"} = encode($code, page('', $one, $two));
}

if (my $dir = AIF->data('pages')) {
    for (['ap-93-rc-race-shop', 'cp1252'], ['ap-94-rc-race-shop', 'cp1252'],
         ['ap-95-streetstorm', 'cp1251'])
    {
        my ($name, $code) = @$_;
        $body{$name} = AIF->slurp("$dir/$name.html");
        $body{"utf8-$name"} = encode('UTF-8', decode($code, $body{$name}));
    }
}

my %type = (
    (map { /^utf8-/ ? ($_ => 'utf-8') : () } keys %body),
    (map { ("header-$_" => $_) } keys %shop),
    utf8 => 'utf-8', utf16 => 'utf-16',
);

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($name) = $request->{path} =~ m{([^/]+)\z};
    my $body = $body{$name};
    my $type = $request->{headers}{'x-type'} || $type{$name};
    my @headers;

    if ($request->{args}{gzip}) {
        IO::Compress::Gzip::gzip(\(my $plain = $body), \$body, -Time => 0);
        @headers = 'Content-Encoding: gzip';
    }

    $client->answer(body => $body, headers => \@headers,
                    pieces => $request->{args}{pieces}
                              || (length $body > 10000 ? undef : 61),
                    chunked => $request->{args}{chunked},
                    cut => $request->{args}{cut},
                    type => 'text/html' . ($type ? "; charset=$type" : ''));
});

my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'charset', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        queue 10000; batch 100;
    }
    ai_engine down {
        protocol openai; url http://127.0.0.1:%%PORT_9%%/v1; model none;
    }
    ai_locales en es fr xx;
    ai_locale arg:lang;
    ai_header X-Ai;
    ai_wait 5s;

    charset_map koi8-r utf-8 {
        C1 D0B0; C2 D0B1; D7 D0B2;
    }

    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        ai_filter on;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
        location /down/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate down;
            ai_wait 0;
        }
        location /shadow/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter shadow;
        }
        location /small/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_buffer_size 300;
        }
        location /named/ {
            alias %%DIR%%/html/;
            default_type text/html;
            charset windows-1251;
        }
        location /recoded/ {
            alias %%DIR%%/html/;
            default_type text/html;
            source_charset koi8-r;
            charset utf-8;
        }
        location /coded/ {
            alias %%DIR%%/html/;
            default_type text/html;
            source_charset utf-8;
            charset koi8-r;
        }
    }
END

for my $label (sort keys %shop) {
    my ($code, $one, $two) = @{ $shop{$label} };

    for my $name ($label, "header-$label") {
        my $page = page($name eq $label ? $label : '', $one, $two);
        my $want = native($code, translated($page));
        my $r = $nginx->get("/$name?lang=es");

        is($r->{body}, $want, "$name is translated in its charset");
        is($r->{headers}{'content-length'}, length $want, '... with its length');
        is($r->{headers}{'content-type'},
           'text/html' . ($type{$name} ? "; charset=$type{$name}" : ''),
           '... and its type');

        my @wrong = grep { $nginx->get("/$name?lang=es&$_")->{body} ne $want }
                    'pieces=1', 'pieces=7', 'pieces=100000', 'chunked=1';
        is_deeply(\@wrong, [], '... in whatever pieces it comes');

        $r = $nginx->get("/$name?lang=es&gzip=1", 'Accept-Encoding: gzip');
        is($r->{headers}{'content-encoding'}, 'gzip', '... compressed');
        IO::Uncompress::Gunzip::gunzip(\$r->{body}, \my $body);
        is($body, $want, '... the same');

        is($nginx->get("/down/$name?lang=xx")->{body}, $body{$name},
           '... the shop\'s bytes when the engine is down');

        $r = $nginx->get("/shadow/$name?lang=fr");
        is($r->{body}, $body{$name}, '... and in shadow mode');
    }
}

# the same bytes: known by the memo, not under another name

for (1 .. 3) {
    is($nginx->get('/utf8?lang=es')->{body},
       encode('UTF-8', translated(page('windows-1251', 'Żółta', 'Größe'))),
       "the header outranks the page, visit $_");
}

my %as = map {
    my $type = $_;
    $type => [map { $nginx->get('/header-windows-1251?lang=es&memo=1',
                                "X-Type: $type")->{body} } 1 .. 3]
} 'windows-1251', 'windows-1252';

is($as{$_}[2], $as{$_}[0], "$_: the third visit is like the first") for keys %as;
isnt($as{'windows-1251'}[2], $as{'windows-1252'}[0],
     'the same bytes under another name are another page');

for (1 .. 3) {
    my $r = $nginx->get('/windows-1251?lang=es');
    is($r->{headers}{'x-ai'}, 'es; HIT; 4/4', "visit $_ is a hit");
    is($r->{body}, native('cp1251', translated(page('windows-1251',
        @{ $shop{'windows-1251'} }[1, 2]))), '... and the same');
}

my $etag = $nginx->get('/gb2312?lang=es')->{headers}{etag};
is($nginx->get('/gb2312?lang=es', "If-None-Match: $etag")->{status}, 304,
   'the entity tag holds');

# what the bytes contradict

for my $case (['contradicted', 'iso-8859-1', 'Żółta 蓝色', 'Синяя'],
              ['signs', 'iso-8859-1', "All rights \xa9", '– yes –'])
{
    my ($name, $label, $one, $two) = @$case;
    my $page = page($label, $one, $two);
    my $body = $nginx->get("/$name?lang=es")->{body};
    my $got = decode('UTF-8', $body);

    $got =~ s/&#x([0-9a-f]+);/chr hex $1/ge;
    is($got, translated($page), "$name: UTF-8 is believed");

    my @parts = $body =~ m{<title>(.*?)</title>|title="(.*?)"|<p[^>]*>(.*?)</p>}g;
    ok(!(grep { defined && /[^\x00-\x7f]/ } @parts),
       '... and its new texts are right in any charset');
    like($body, qr/\Q@{[encode('UTF-8', "var s = '$one'")]}\E/,
         '... its own bytes stay');
}

is($nginx->get('/meta16?lang=es')->{body},
   encode('UTF-8', translated(page('utf-16', 'Żółta', 'words'))),
   'who says UTF-16 in ASCII is UTF-8');
is($nginx->get('/bom?lang=es')->{body}, "\xef\xbb\xbf"
   . encode('UTF-8', translated(page('gbk', '蓝色', 'é'))),
   'a byte order mark is believed');
is($nginx->get('/ascii?lang=es')->{body},
   native('ascii', translated(page('us-ascii', 'Some', 'words'))),
   'US-ASCII stays US-ASCII');
like($nginx->get('/late?lang=es')->{headers}{'x-ai'}, qr/HIT/,
     'a name at the end of the page is found');

for my $name (qw(chance damaged lost odd utf16 iso2022)) {
    my $r = $nginx->get("/$name?lang=es");

    is($r->{body}, $body{$name}, "$name: the shop's bytes");
    like($r->{headers}{'x-ai'}, qr/ORIGIN|BYPASS/, '... untouched');
    like($r->{headers}{'x-ai'}, qr/; charset$/, '... for its charset');
}

is($nginx->get('/small/gb2312?lang=es')->{body}, $body{gb2312},
   'too large: the shop\'s bytes');

my $r = $nginx->get('/gb2312?lang=es&cut=150');
ok($r->{cut}, 'cut off by the shop, cut off by us');
is($r->{body}, substr($body{gb2312}, 0, 150), '... in the same place');

# Real pages: what is made of one is what is made of its UTF-8 form, in the
# page's charset.

for my $case (['ap-93-rc-race-shop', 'cp1252'], ['ap-94-rc-race-shop', 'cp1252'],
              ['ap-95-streetstorm', 'cp1251'])
{
    my ($name, $code) = @$case;

    SKIP: {
        skip "$name is not here", 3 unless $body{$name};

        my $r = $nginx->get("/$name?lang=es");
        my ($hits, $n) = $r->{headers}{'x-ai'} =~ m{; (\d+)/(\d+)};

        cmp_ok($hits, '>=', 0.8 * $n, "$name: $hits of $n texts");
        isnt($r->{body}, $body{$name}, '... are translated');
        is($r->{body} eq native($code, decode('UTF-8',
           $nginx->get("/utf8-$name?lang=es")->{body})), 1,
           '... as those of its UTF-8 form are');
    }
}

# nginx's own charset filter comes before us

AIF->spew("$nginx->{dir}/html/cp1251", encode('cp1251', '<p>Синяя рубашка</p>'));
AIF->spew("$nginx->{dir}/html/koi8", encode('koi8-r', '<p>ваб</p>'));
AIF->spew("$nginx->{dir}/html/utf8", encode('UTF-8', '<p>ваб</p>'));

$r = $nginx->get('/named/cp1251?lang=es');
is($r->{body}, native('cp1251', '<p>' . ScriptedEngine::rewrite('Синяя рубашка')
                                . '</p>'), 'the directive "charset" is heard');
is($r->{headers}{'content-type'}, 'text/html; charset=windows-1251', '... and stays');

$r = $nginx->get('/recoded/koi8?lang=es');
is($r->{body}, encode('UTF-8', '<p>' . ScriptedEngine::rewrite('ваб') . '</p>'),
   'recoded to UTF-8 before us');
is($r->{headers}{'content-type'}, 'text/html; charset=utf-8', '... and said so');

$r = $nginx->get('/coded/utf8?lang=es');
is($r->{body}, native('koi8-r', '<p>' . ScriptedEngine::rewrite('ваб') . '</p>'),
   'recoded to KOI8-R before us');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
