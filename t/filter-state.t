#!/usr/bin/env perl

# Guards against: a page whose HTML is translated and whose state isn't, which
# React puts back or gives up; a Flight row whose length is wrong, after which
# no button works; texts of the program that change although React knows
# only the old ones; and pages of frameworks that nobody here can read.  Seen to
# fail with the state's edits left out, with row lengths left as they were, and
# with fragments translated that no state has.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::State;
use Encode qw(encode);
use Test::More;

my $next = <<'END';
<!doctype html><title>{{Blue hat}}</title><div id="__next">
<h1>{{Blue hat}}</h1><p>{{Our}} <b>{{soft}}</b> {{cotton}}</p>
<p>{{In stock}}<!-- -->: <!-- -->5</p><button title="{{Basket}}">Add to cart</button></div>
<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{
"title":"{{Blue hat}}","slug":"Blue hat","parts":["{{Our}} ","{{soft}}"," {{cotton}}"],
"stock":"{{In stock}}"}},"page":"/p","query":{"t":"Blue hat"}}</script>
END

# Long rows of text: their lengths are bytes, in hexadecimal digits.

my $long = 'A description of many words that is long enough';
my $flight = <<'END';
<!doctype html><title>{{Blue hat}}</title><h1>{{Blue hat}}</h1>
<p>{{LONG}}</p><p>{{Sizes}}<!-- -->: <!-- -->5</p><button>Add to cart</button>
<script>(self.__next_f=self.__next_f||[]).push([0]);self.__next_f.push([2,null])</script>
<script>self.__next_f.push([1,"1:I[5,[],\"Blue hat\"]\n2:[\"$\",\"h1\",null,{\"children\":\"{{Blue hat}}\"}]\n"])</script>
<script>self.__next_f.push([1,"3:T%x,{{LONG}}4:[\"$\",\"p\",null,{\"children\":[\"{{Sizes}}\",\": \",5]}]\n"])</script>
<script>self.__next_f.push([1,"5:[\"$\",\"p\",null,{\"children\":\"$3\",\"id\":\"Blue hat\"}]\n"])</script>
END

$flight =~ s/LONG/$long/g;

sub flight {
    my ($page) = @_;
    my ($text) = $page =~ /3:T%x,(.*?)4:/;
    return sprintf $page =~ s/%(?!x)/%%/gr, length $text;
}

my $cut = flight(AIF::State->en($flight));
$cut =~ s{Blue hat(\\"\}\]\\n"\]\)</script>)}
         {Blu"])</script><script>self.__next_f.push([1,"e hat$1};

my $variable = <<'END';
<!doctype html><h1>{{Blue hat}}</h1><p>Add to cart</p>
<script>window.eContext = {"h":"{{Blue hat}}","list":["{{Never shown}}"]}; go('Blue hat');</script>
END
$variable =~ s/"list"/"name"/;

my %html = (type => 'text/html; charset=utf-8');
my $nuxt = '<!doctype html><h1>A blue hat</h1><p>Text</p>'
           . '<script>window.__NUXT__=(function(a){return {t:"%s"}}())</script>';

my $shop = AIF::State->new(
    'ai_json var:eContext name;',
    '/next' => [%html, body => AIF::State->en($next)],
    '/flight' => [%html, body => flight(AIF::State->en($flight))],
    '/cut' => [%html, body => $cut],
    '/variable' => [%html, body => AIF::State->en($variable)],
    '/nuxt' => [%html, body => sprintf $nuxt, 'A blue hat'],
    '/other' => [%html, body => sprintf $nuxt, 'Another hat'],
    '/binary' => [%html, body => flight(AIF::State->en($flight))
                  . '<script>self.__next_f.push([3,"aGF0"])</script>'],
    '/program' => [%html, body => '<p>Add to cart</p><script '
                   . 'id="__NEXT_DATA__" type="application/json">'
                   . '{"props":{}}</script>'],
);
END { undef $shop }

my $r = $shop->warm('/next');
is($r->{body}, AIF::State->es($next), 'Next: page and state are of one mind');
like($r->{headers}{'x-ai'}, qr{^es; HIT; 5/6; hydration$},
     "and the program's text stays");
is($r->{headers}{'cache-control'}, 'max-age=60', 'which makes it no less whole');
like($r->{headers}{etag}, qr/^W\//, 'with an entity tag');

$shop->get('/es/next') for 1 .. 2;
$r = $shop->get('/es/next');
is($r->{body}, AIF::State->es($next), 'the same from memory');
like($r->{headers}{'x-ai'}, qr{^es; HIT; 5/6; hydration$}, 'and so told');

$r = $shop->warm('/flight');
is($r->{body}, flight(AIF::State->es($flight)), 'Flight: and the length of a row');

$r = $shop->warm('/cut');
my $want = flight(AIF::State->es($flight));
my $hat = AIF::State->es('{{Blue hat}}');
$want =~ s{\Q$hat\E(\\"\}\]\\n"\]\)</script>)}
          {$hat"])</script><script>self.__next_f.push([1,"$1};
is($r->{body}, $want, 'a text in two pushes');

$r = $shop->warm('/variable');
is($r->{body}, AIF::State->es($variable), 'a variable that was named');

$r = $shop->get('/es/nuxt');
is($r->{body}, sprintf($nuxt, 'A blue hat'),
   'a framework that is not known and has the text');
like($r->{headers}{'x-ai'}, qr/ORIGIN; \S+; hydration/, 'for that reason');
is($r->{headers}{'cache-control'}, 'private, no-cache', 'and not to be kept');

$r = $shop->warm('/other');
is($r->{body}, AIF::State->es(sprintf($nuxt, 'Another hat')
                              =~ s/A blue hat|Text/{{$&}}/gr),
   "one that hasn't");

$r = $shop->get('/es/binary');
is($r->{body}, flight(AIF::State->en($flight))
               . '<script>self.__next_f.push([3,"aGF0"])</script>',
   'a stream that is not read');

$r = $shop->get('/es/program');
like($r->{headers}{'x-ai'}, qr{ORIGIN; 0/1; hydration},
     'a page of which nothing may change');

is_deeply([$shop->complaints], [], 'the log has no complaint');

done_testing;
