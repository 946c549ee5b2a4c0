#!/usr/bin/env perl

# Guards against sentiments that are right only with an engine of ours: the
# classifier of scripts/models, served by a real llama-server, judges the
# reviews of the demo shop and of public sets, through ai_reviews.  What the
# merchant and the visitor are told is what it says of each text when it is
# asked alone, for every product; how often it is right is printed, beside what
# the commonest label would have.  Seen to fail with labels that are taken for
# their opposite.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::HTTP ();
use AIF::Nginx;
use AIF::Served qw(finish post serve);
use Digest::SHA qw(sha256);
use Encode qw(decode encode);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Origin;
use Test::More;
use Time::HiRes qw(sleep time);

use constant { PRODUCTS => 20, CHINESE => 300 };

binmode Test::More->builder->$_, ':utf8'
    for qw(output failure_output todo_output);

my $json = JSON::PP->new->canonical->utf8;

serve('classifier', AIF->port(1));

my ($goods) = do "$AIF::top/scripts/demo.d/catalogue.pl";
my @demo = @{ $goods->{products} };
my %labelled = (english => english(), chinese => chinese());

# pages of 12 to 31 reviews each, by the English texts in their order

my @texts = map { $_->[0] } english('all');
my @products = map { [splice @texts, 0, 11 + $_] } 1 .. PRODUCTS;

my $chat = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $source = $json->decode($request->{body})->{messages}[-1]{content};
    my %count = (positive => 0, neutral => 0, negative => 0);
    my @said;

    for ($source =~ /^(\d+ \w+: .*)$/mg) {
        my ($n, $is, $text) = /^(\d+) (\w+): (.*)$/;
        $count{$is}++;
        push @{ $said[$n] }, $is, $text =~ /(\p{L}{3,})/ ? $1 : ();
    }

    # what a truthful model would say if it had little to say

    $client->answer(type => 'application/json', body => $json->encode({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant', content => $json->encode({
                summary => 'Customers talk of it.',
                counts => { %count, reviews => $#said },
                claims => [ map {
                    my $is = $_;
                    my @of = grep { @{ $said[$_] } == 2
                                    && $said[$_][0] eq $is } 1 .. $#said;
                    splice @of, 3;
                    @of == 3 || @of * 20 >= $#said && @of
                        ? { kind => 'aspect', about => 'it', sentiment => $is,
                            text => 'They say so.', count => scalar @of,
                            reviews => \@of,
                            words => [map { $said[$_][1] } @of] } : ()
                } qw(positive negative) ] }) } }] }));
});

my $origin = Origin->start(AIF->port(3), sub {
    my ($request, $client) = @_;
    my ($kind, $n) = $request->{path} =~ m{(\w+)/(\d+)$};
    my @said = $kind eq 'page' ? @{ $products[$n] } : $labelled{$kind}[$n][0];
    my $ld = $json->encode({ '@type' => 'Product', name => "$kind $n",
                             category => $kind, review => [map {
        { '@type' => 'Review', reviewBody => s/&/&amp;/gr =~ s/</&lt;/gr }
    } @said] });

    $client->answer(type => 'text/html; charset=utf-8', body => '<html><head>'
        . "<script type=application/ld+json>$ld</script></head>"
        . '<body><div id=sum></div></body></html>');
});

my $shop = fork // die "fork: $!\n";

if ($shop == 0) {
    open STDIN, '<', '/dev/null';
    exec $^X, "$AIF::top/scripts/demo.d/shop", AIF->port(4)
        or POSIX::_exit(127);
}

END { local $?; if ($shop) { kill 'TERM', $shop; waitpid $shop, 0 } }

my $nginx = AIF::Nginx->new(name => 'reviews-served', http => <<'END');
    ai_zone shop:32m;
    ai_engine bert {
        protocol classifier; url http://127.0.0.1:%%PORT_1%%; timeout 60s;
        queue 1024;
    }
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_2%%/v1; model test;
    }
    ai_locales en es;
    ai_mask off;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_wait 60s;
        ai_hold 100s;
        ai_reviews auto engine=bert;
        location /product/ { proxy_pass http://127.0.0.1:%%PORT_4%%; ai_filter on; }
        location /page/ {
            ai_scope pages;
            ai_reviews auto engine=bert summary=chat into=#sum;
            proxy_pass http://127.0.0.1:%%PORT_3%%; ai_filter on;
        }
        location / { proxy_pass http://127.0.0.1:%%PORT_3%%; ai_filter on; }
        location = /insights { ai_insights users=%%DIR%%/users size=16m; }
        location = /pages { ai_scope pages;
                            ai_insights users=%%DIR%%/users size=16m; }
        location = /status { ai_status; }
    }
END

AIF->spew("$nginx->{dir}/users", "shop:{PLAIN}sesame\n");
$nginx->start;

my $auth = 'Authorization: Basic ' . encode_base64('shop:sesame', '');

sub insights {
    return { map { $_->{product} => $_ } @{ $json->decode(
        $nginx->get("/$_[0]", $auth)->{body})->{products} } };
}

# each text alone, as nobody but this test asks it

my %alone;

sub alone {
    my @new = grep { !$alone{$_} } @_;

    while (my @some = splice @new, 0, 64) {
        my $said = post(AIF->port(1), '/predict',
            { inputs => [map { [$_] } @some], truncate => JSON::PP::true });
        $alone{ $some[$_] } = $said->[$_][0]{label} for 0 .. $#some;
    }

    my %count = (positive => 0, neutral => 0, negative => 0);
    $count{ $alone{$_} }++ for @_;

    return \%count;
}

sub counts { return { map { $_ => $_[0]{$_} } qw(positive neutral negative) } }


# --- the demo shop

my @said = grep { @{ $demo[$_ - 1]{reviews} } } 1 .. @demo;

$nginx->wait_for(sub { $nginx->get('/product/1')->{status} == 200 }, 10);

# nobody waits where there is no place for a summary: the next visit tells

sub told {
    my ($args, @paths) = @_;
    my $told;

    $nginx->get($_) for @paths;

    for (1 .. 60) {
        $nginx->get($_) for @paths;
        $told = insights($args);
        last if keys %$told == @paths;
        sleep 0.5;
    }

    return $told;
}

my $all = told('insights', map { "/product/$_" } @said);

is(scalar keys %$all, scalar @said, 'products of the demo shop: ' . @said);

my ($same, $right, $stars) = (0, 0, 0);

for my $p (map { $demo[$_ - 1] } @said) {
    my @words = map { $_->[2] } @{ $p->{reviews} };
    my $is = $all->{ $p->{name} };
    $same += $is && $is->{reviews} == @words
        && $json->encode(counts($is)) eq $json->encode(alone(@words));

    for (grep { $_->[1] != 3 } @{ $p->{reviews} }) {
        $stars++;
        $right += $alone{ $_->[2] } eq ($_->[1] > 3 ? 'positive' : 'negative');
    }
}

is($same, scalar @said, 'each is told what the classifier says of each text');
note "the demo shop: $right of $stars reviews as their stars say";


# --- 20 products: what visitors read

SKIP: {
    skip 'the labelled reviews are not here', 2 unless @{ $products[0] };

    my $true = 0;

    for my $n (0 .. $#products) {
        my $body = decode('UTF-8', $nginx->get("/page/$n", timeout => 90)
                                          ->{body});
        my $is = alone(@{ $products[$n] });
        my $line = 'Reviews: ' . @{ $products[$n] } . join '', map {
            " \x{b7} $_: $is->{$_}" } qw(positive neutral negative);

        $true += index($body, $line) >= 0 or diag "/page/$n: not $line";
    }

    is($true, PRODUCTS, 'the counts of ' . PRODUCTS . ' pages are those that'
       . ' the real classifier gives');

    my $told = insights('pages');
    is((grep { $json->encode(counts($told->{"page $_"} || {}))
               eq $json->encode(alone(@{ $products[$_] })) } 0 .. $#products),
       PRODUCTS, '... and the merchant reads the same');
}


# --- how often it is right: one review a page

for my $kind (qw(english chinese)) {

    SKIP: {
        my @rows = @{ $labelled{$kind} }
            or skip "the labelled reviews ($kind) are not here", 1;
        my ($right, $found, %label) = (0, 0);

        my $told = told("insights?category=$kind",
                        map { "/$kind/$_" } 0 .. $#rows);

        for my $n (0 .. $#rows) {
            my $is = $told->{"$kind $n"} or next;
            $found++;
            $label{ $rows[$n][1] }++;
            $right += $is->{ $rows[$n][1] } == 1;
        }

        my ($most) = sort { $b <=> $a } values %label;
        is($found, scalar @rows, "$kind: every review was judged");
        note sprintf '%s: %d of %d right (%.1f%%), the commonest label has %d'
            . ' (%.1f%%)', $kind, $right, $found, 100 * $right / $found, $most,
            100 * $most / $found;

        # it was made for English

        cmp_ok($right, '>', 1.2 * $most, 'better than the commonest label')
            if $kind eq 'english';
    }
}

my $engine = $json->decode($nginx->get('/status')->{body})->{engines}{bert};
is($engine->{errors} // 0, 0, 'no call failed');
is_deeply([$nginx->complaints], [], 'the log has no complaint');

$nginx->stop;
finish();

done_testing;


# Texts and labels; of the English ones only those that scripts/train never
# learns from, by the text's digest, unless all are asked for.

sub english {
    my $file = AIF->data('text/uci-amazon-cells-labelled.txt') or return [];
    my %seen;
    my @rows = grep { $_->[0] =~ /\p{L}/ && !$seen{ $_->[0] }++ } map {
        chomp;
        my ($text, $label) = split /\t/;
        [join(' ', split ' ', decode('UTF-8', $text)),
         $label ? 'positive' : 'negative', $text]
    } split /^/, AIF->slurp($file);

    return @_ ? @rows : [grep {
        ord(sha256(join ' ', split ' ', $_->[2])) < 51 } @rows];
}

sub chinese {
    my $file = AIF->data('text/multisent-chinese-test.csv') or return [];
    my (%seen, @rows);

    for (split /\r?\n/, decode('UTF-8', AIF->slurp($file))) {
        /^("(?:[^"]|"")*"|[^,]*),(positive|neutral|negative),/ or next;
        my ($text, $label) = ($1, $2);
        $text =~ s/^"|"$//g;
        $text =~ s/""/"/g;
        $text = join ' ', split ' ', $text;
        push @rows, [$text, $label] unless $seen{$text}++ || $text !~ /\p{L}/;
    }

    # some of each label, as they come

    my %of;
    return [grep { $of{ $_->[1] }++ < CHINESE / 3 } @rows];
}
