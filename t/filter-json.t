#!/usr/bin/env perl

# Guards against: search answers in the shop's language on a translated page,
# JSON of which more than the listed texts changes, and wrong JSON that is
# touched.  Seen to fail with every string taken for listed, and with
# what follows the JSON not looked at.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::State;
use Test::More;

my $search = <<'END';
{ "q" : "hat", "found":[
  {"id":"blue hat","name":"{{Blue hat}}","price":19.90,"url":"\/hat",
   "detail":{"title":"{{A hat \u0026 more}}"},"title":"Untouched title"},
  {"id":2,"name":"{{Green hat}}  ","tags":["Blue hat"],"name2":"\u00e9"} ] }
END

my $rows = <<'END';
0:["build",[["children","p",["$L1",{"children":["p",{}]}],null,null]]]
1:["$","h1","Blue hat",{"children":"{{Blue hat}}","className":"Blue hat"}]
2:["$","p",null,{"children":["{{Very}} ",["$","b",null,{"children":"{{soft}}"}]]}]
3:["$","$L9",null,{"name":"{{Green hat}}","onSale":true}]
END

my $shop = AIF::State->new(
    'ai_json name *.detail.title;',
    '/search' => [type => 'application/json', body => AIF::State->en($search)],
    '/wrong' => [type => 'application/json', body => '{"name":"Blue hat"} x'],
    '/latin' => [type => 'application/json; charset=iso-8859-1',
                 body => '{"name":"Blue hat"}'],
    '/none' => [type => 'application/json', body => '{"sku":"Blue hat"}'],
    '/rsc' => [type => 'text/x-component', body => AIF::State->en($rows)],
    '/broken' => [type => 'text/x-component', body => "0:[\"x\"\n"],
);
END { undef $shop }

# of a text that changes the escapes are ours

my $title = AIF::State->es('{{A hat &amp; more}}') =~ s/&amp;/&/r;
my $want = AIF::State->es($search =~ s/\{\{A hat.*?\}\}/TITLE/r);
$want =~ s/TITLE/$title/;

my $r = $shop->warm('/search');
is($shop->{first}{body}, AIF::State->en($search), 'first as the shop sent it');
is($shop->{first}{headers}{'cache-control'}, 'private, no-cache',
   'which nobody may keep');
is($r->{body}, $want, 'then the listed texts, and no other byte');
is($r->{headers}{'content-language'}, 'es', 'Content-Language');
is($r->{headers}{'content-type'}, 'application/json', 'the type stays');
is($r->{headers}{'content-length'}, length $want, 'Content-Length');
is($r->{headers}{'cache-control'}, 'max-age=60', "the shop's Cache-Control");
like($r->{headers}{etag}, qr/^W\//, 'an entity tag of ours');
like($r->{headers}{'x-ai'}, qr{^es; HIT; 3/3$}, 'a hit');

$r = $shop->get('/es/wrong');
is($r->{body}, '{"name":"Blue hat"} x', 'what is no JSON is left alone');
like($r->{headers}{'x-ai'}, qr/ORIGIN; 0\/0; markup/, 'and said to be');

$r = $shop->get('/es/latin');
is($r->{body}, '{"name":"Blue hat"}', 'who says that JSON is no UTF-8');
like($r->{headers}{'x-ai'}, qr/; charset$/, '... is left alone');

$r = $shop->get('/es/none');
is($r->{body}, '{"sku":"Blue hat"}', 'nothing to translate');
is($r->{headers}{'cache-control'}, 'max-age=60', 'is complete');

$r = $shop->get('/es/nokeys/search');
is($r->{body}, AIF::State->en($search), 'without keys JSON is no page');
is($r->{headers}{etag}, '"o"', 'but what it was');

$r = $shop->warm('/rsc');
is($r->{body}, AIF::State->es($rows), 'a navigation of React');
like($r->{headers}{vary}, qr/RSC/, "the shop's Vary stays");

$r = $shop->get('/es/broken');
is($r->{body}, "0:[\"x\"\n", 'a broken one is left alone');

is_deeply([$shop->complaints], [], 'the log has no complaint');

done_testing;
