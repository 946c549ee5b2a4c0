#!/usr/bin/env perl

# Guards against: HTML that a framework has as a string (React's
# dangerouslySetInnerHTML), translated in the page and not in the string, or
# the other way round: React would put one in the other's place.  Whatever
# becomes of such a text, page and string have the same; what stands beside it
# is translated.  Seen to fail with texts of the page replaced whatever React
# has.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::State;
use JSON::PP ();
use Test::More;

my $html = '<p>Our <b>softest</b> cotton shirt</p><ul><li>Washed</li></ul>';
my $plain = 'A shirt for the summer';
my $json = JSON::PP->new->canonical->encode(
    { props => { title => $plain, description => $html } });
my $push = JSON::PP->new->allow_nonref->encode(
    "1:[\"\$\",\"div\",null,{\"children\":\"$plain\"}]\n"
    . sprintf('2:T%x,%s', length $html, $html));
(my $escaped = $json) =~ s/</\\u003c/g;

my $body = "<h1>$plain</h1><div>$html</div>";

my %page = (
    next => qq(<div id="__next">$body</div>)
            . qq(<script id="__NEXT_DATA__" type="application/json">)
            . qq($json</script>),
    escaped => qq(<div id="__next">$body</div>)
               . qq(<script id="__NEXT_DATA__" type="application/json">)
               . qq($escaped</script>),
    flight => qq($body<script>self.__next_f.push([1,$push])</script>),
    variable => qq($body<script>window.eContext = $escaped;</script>),
);

my $shop = AIF::State->new('ai_json title description var:eContext;',
    (map { ("/$_" => [type => 'text/html; charset=utf-8',
                      body => $page{$_}]) } keys %page),
    '/answer' => [type => 'application/json', body => $json]);

for my $name (sort keys %page) {
    my $r = $shop->warm("/$name");
    my $new = AIF::State->es("{{$plain}}");

    (my $text = $r->{body}) =~ s/\\u003c/</g;

    like($text, qr{<h1>\Q$new\E</h1>}, "$name: the text beside is translated");
    is(() = $text =~ /\Q$new\E/g, 2, '... twice');

    for my $part ('Our <b>softest</b> cotton shirt', 'Washed') {
        my $n = () = $text =~ /\Q$part\E/g;
        ok($n == 0 || $n == 2, "... \"$part\" is the same in both")
            or diag $text;
    }
}

my $r = $shop->warm('/answer');

is($r->{body}, AIF::State->es($json =~ s/\Q$plain\E/{{$plain}}/r),
   'JSON alone: HTML in it stays, the text is translated');

is_deeply([$shop->complaints], [], 'the log has no complaint');

done_testing;
