#!/usr/bin/env perl

# Guards against a summary whose numbers are not those of the reviews, a review
# that is judged twice or changed, a summary that is made anew for every new
# review, and words of a personal page that leave the shop.  Seen to fail with
# counts that are believed, with an address that keeps no source, with reviews
# that are asked for on personal pages, and with a claim check that passes all.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Encode qw(decode encode);
use File::Temp qw(tempdir);
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep time);

my $dir = tempdir(CLEANUP => 1);
my $json = JSON::PP->new->canonical->utf8;

my %words = (positive => [qw(warm soft lovely)], negative => [qw(zip thin)],
             neutral => [qw(coat)]);

sub sentiment {
    my $text = shift;
    return $text =~ /\b(?:zip|thin)\b/ ? 'negative'
        : $text =~ /\b(?:warm|soft|lovely)\b/ ? 'positive' : 'neutral';
}

sub lines {
    my $file = shift;
    return -f "$dir/$file" ? split(/\n/, AIF->slurp("$dir/$file")) : ();
}

sub note_down {
    my ($file, $line) = @_;
    open my $fh, '>>', "$dir/$file" or die "$dir/$file: $!\n";
    syswrite $fh, "$line\n";
    close $fh;
}

sub mode { AIF->spew("$dir/mode", shift) }


# The reviews of a product: some of each kind, none twice in all the shop.

my ($seed, $serial) = (7, 0);

sub random {
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return int($seed / 65536) % shift;
}

sub review {
    my ($kind) = @_;
    $serial++;
    my @letters = map { chr(97 + int($serial / 26 ** $_) % 26) } 0 .. 2;
    my $word = $words{$kind}[random(scalar @{ $words{$kind} })];
    return "Customer " . join('', @letters) . " says: $word & \"fine\"";
}

my %reviews = map {
    my $p = $_;
    $p => [map { review('positive') } 1 .. 4 + random(9)],
} 1 .. 20;

for my $p (1 .. 20) {
    push @{ $reviews{$p} }, map { review('negative') } 1 .. random(6);
    push @{ $reviews{$p} }, map { review('neutral') } 1 .. random(4);
}

sub escaped {
    my $text = shift;
    $text =~ s/&/&amp;/g;
    return $text;
}

sub page {
    my ($p) = @_;

    my $list = join '', map {
        "<div class=review><b class=author>Jane Roe</b><p>" . escaped($_)
        . "</p></div>\n" } @{ $reviews{$p} };

    return "<!doctype html><html><head><meta charset=utf-8><title>Shop"
        . "</title></head><body><h1>Coat $p</h1><div id=sum></div>\n$list"
        . "</body></html>\n";
}

sub publish { AIF->spew("$dir/page$_[0]", page($_[0])) }

publish($_) for 1 .. 20;


# The classifier: text-embeddings-inference's form.

my $classifier = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $inputs = $json->decode($request->{body})->{inputs};
    my @texts = map { ref ? $_->[0] : $_ } ref $inputs ? @$inputs : $inputs;

    note_down('judged', encode('UTF-8', $_)) for @texts;
    my $mode = AIF->slurp("$dir/mode");
    sleep 0.2 if $mode eq 'slow';

    return $client->answer(status => '500 No', body => 'no', type => undef)
        if $mode eq 'down';

    $client->answer(type => 'application/json', body => $json->encode([map {
        my $is = $mode eq 'words' ? 'astronaut' : sentiment($_);
        [{ label => uc $is, score => 0.9 }, { label => 'other', score => 0.1 }]
    } @texts]));
});


# The chat model: counts what it is given, and lies as it is told.

my $chat = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $asked = $json->decode($request->{body});
    my $source = $asked->{messages}[-1]{content};
    my $mode = AIF->slurp("$dir/mode");
    my (%count, %said, %with, $content);

    if ($source =~ /^reviews: /) {

        note_down('summed', 'x');

        $count{$_} = 0 for qw(reviews positive neutral negative);

        for ($source =~ /^(\d+ \w+: .*)$/mg) {
            my ($n, $is, $text) = /^(\d+) (\w+): (.*)$/;
            $count{reviews}++;
            $count{$is}++;
            push @{ $with{$_} }, $n for grep { $text =~ /\b$_\b/ }
                qw(warm soft lovely zip thin);
        }

        my @claims = map {
            my $n = @{ $with{$_} };
            { kind => /zip|thin/ ? 'pain' : 'aspect', about => $_,
              sentiment => /zip|thin/ ? 'negative' : 'positive',
              text => /zip|thin/ ? "Customers dislike: $_."
                                 : "Customers like: $_.",
              count => $n, reviews => [map { $_ * 1 } @{ $with{$_} }],
              words => [$_] }
        } grep { $with{$_} && (@{ $with{$_} } >= 3
                               || @{ $with{$_} } * 20 >= $count{reviews}) }
            sort keys %with;

        $count{positive}++ if $mode eq 'lie=counts';
        $claims[0]{count}++ if $mode eq 'lie=claim';
        $claims[0]{words} = ['unheard'] if $mode eq 'lie=words';
        $claims[0]{text} = 'Customers like: wool.' if $mode eq 'lie=wool';
        @claims = grep { $_->{sentiment} ne 'negative' } @claims
            if $mode eq 'lie=silence';

        $content = { summary => $mode eq 'lie=number'
                         ? 'Over 90 customers like it.'
                         : 'Customers talk <of> it.',
                     counts => \%count, claims => \@claims };
        $content->{summary} = 'Customers talk of it.'
            if $content->{summary} =~ /</ && $mode ne 'markup';

    } else {
        note_down('judged', encode('UTF-8', $source));
        $content = { label => sentiment($source), score => 0.8 };
    }

    $client->answer(type => 'application/json', body => $json->encode({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant', content => $json->encode($content) } }],
        usage => { prompt_tokens => 10, completion_tokens => 5 } }));
});

my $origin = Origin->start(AIF->port(3), sub {
    my ($request, $client) = @_;
    my ($p) = $request->{path} =~ /(\w+)$/;

    my $body = -f "$dir/page$p" ? AIF->slurp("$dir/page$p") : '-';
    $body =~ s{</body>}{<div class=review><p>My secret, so warm</p></div>$&}
        if $request->{headers}{cookie};

    $client->answer(body => $body,
                    status => -f "$dir/page$p" ? 200 : 404,
                    type => 'text/html; charset=utf-8');
});

mode('');

my $nginx = AIF::Nginx->new(name => 'reviews', workers => 2,
                            http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine bert {
        protocol classifier; url http://127.0.0.1:%%PORT_1%%; timeout 3s;
    }
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_2%%/v1; model test;
        timeout 3s;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ai_label on;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_reviews ".review" engine=bert summary=chat into=#sum;
        ai_translate chat;
        ai_include nav;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_3%%; ai_filter on; ai_wait 5s;
        }
        location /chat/ {
            ai_scope second;
            ai_reviews ".review" engine=chat into=#sum renew=0%;
            proxy_pass http://127.0.0.1:%%PORT_3%%/; ai_filter on; ai_wait 5s;
        }
        location /judge/ {
            ai_scope third;
            ai_reviews ".review" engine=bert;
            proxy_pass http://127.0.0.1:%%PORT_3%%/; ai_filter on; ai_wait 5s;
        }
        location /private/ {
            ai_scope fourth;
            proxy_pass http://127.0.0.1:%%PORT_3%%/; ai_filter on; ai_wait 5s;
        }
        location /status { ai_status; }
    }
END

sub summary {
    my $r = shift;
    my ($text) = $r->{body} =~ m{<div id=sum>(.*?)</div>}s;
    $text = decode('UTF-8', defined $text ? $text : '');
    $text =~ s/<[^>]*>/|/g;
    return $text;
}

# what a person would count

sub truth {
    my ($p, $locale) = @_;
    my %n = (positive => 0, neutral => 0, negative => 0);
    my @list = @{ $reviews{$p} };
    $n{sentiment($_)}++ for @list;
    my @names = $locale eq 'es' ? qw(Opiniones positivas neutras negativas)
                                : qw(Reviews positive neutral negative);
    return "$names[0]: " . @list . join('', map {
        " \x{b7} $names[$_]: " . $n{qw(x positive neutral negative)[$_]}
    } 1 .. 3);
}


# --- 20 products, asked for over two workers at once

mode('slow');
my @pids = map {
    my $pid = fork;
    if ($pid == 0) {
        require POSIX;
        $nginx->get("/$_") for 1 .. 3;
        POSIX::_exit(0);
    }
    $pid;
} 1 .. 6;
waitpid $_, 0 for @pids;
mode('');

my ($right, $claims, $true, $untouched, $labelled) = (0, 0, 0, 0, 0);

for my $p (1 .. 20) {
    for my $locale ('', '/es') {

        my $r = $nginx->get("$locale/$p");
        my $text = summary($r);
        my $truth = truth($p, $locale ? 'es' : 'en');

        $right += index($text, $truth) >= 0;
        $labelled += $r->{body} =~ /<ul data-ai="reviews">/;

        while ($text =~ m{like: (\w+)\. \((\d+)/(\d+)\)}g) {
            my ($word, $n, $of) = ($1, $2, $3);
            $claims++;
            $true += $of == @{ $reviews{$p} }
                && $n == grep { /\b$word\b/ } @{ $reviews{$p} };
        }

        (my $rest = $r->{body}) =~ s{<ul data-ai="reviews">.*?</ul>}{}s;
        $rest =~ s{<script type="application/ld\+json">.*?</script>}{}s;
        my ($all) = $rest =~ /(<div class=review>.*)<\/body>/s;
        $untouched += index(page($p), $all) >= 0;
    }
}

is($right, 40, 'the counts of 20 products in 2 locales are the classifier\'s');
is($labelled, 40, 'all are labelled');

cmp_ok($claims, '>', 60, 'there are claims');
is($true, $claims, 'of as many reviews as it says');
is($untouched, 40, 'no byte of a review is another');

my %judged;
$judged{$_}++ for lines('judged');
is(scalar(keys %judged), $serial, 'every review was judged');
is((grep { $_ != 1 } values %judged), 0, 'and none twice');
ok(!(grep { /Jane/ } keys %judged), 'nobody was told who wrote it');
ok(!(grep { /&amp;/ } keys %judged), 'a classifier reads what people read');
is(scalar(lines('summed')), 40, 'a summary is made once in a locale');


# --- lies

for my $lie (qw(counts claim words silence number wool)) {

    my $p = 100 + length $lie;
    $reviews{"9$lie"} = [map({ review('positive') } 1 .. 6),
                         map({ review('negative') } 1 .. 2)];
    publish("9$lie");
    mode("lie=$lie");
    my $r = $nginx->get("/9$lie");
    is(summary($r), '', "a lie is not shown: $lie");
    is($r->{body}, page("9$lie"), '... the page is the shop\'s');
}

my $guard = JSON::PP::decode_json($nginx->get('/status')->{body})->{engines};
$guard = ref $guard eq 'HASH' ? $guard->{chat}
    : (grep { $_->{name} eq 'chat' } @$guard)[0];
is($guard->{guard}{support}, 4, 'they are counted');
mode('');


# --- some reviews more, then many

my @before = lines('summed');
my $had = @{ $reviews{1} };
push @{ $reviews{1} }, review('positive');
publish(1);
my $text = summary($nginx->get('/1'));
is(scalar(lines('summed')), scalar(@before), 'for one more it is not made anew');
like($text, qr/Reviews: @{[$had + 1]} /, 'but counts it');
is(index($text, truth(1, 'en')) >= 0, 1, 'as the classifier does');

push @{ $reviews{1} }, map { review('positive') } 1 .. $had;
publish(1);
$text = summary($nginx->get('/1'));
is(scalar(lines('summed')), scalar(@before) + 1, 'for many more it is');
is(index($text, truth(1, 'en')) >= 0, 1, 'with their counts');

@{ $reviews{1} } = reverse @{ $reviews{1} };
publish(1);
is(summary($nginx->get('/1')), $text, 'another order is the same');
is(scalar(lines('summed')), scalar(@before) + 1, 'and asks nobody');


# --- a chat model judges where there is no classifier

$reviews{chat} = [map({ review('positive') } 1 .. 4), review('negative')];
publish('chat');
$text = summary($nginx->get('/chat/chat'));
is(index($text, truth('chat', 'en')) >= 0, 1, 'a chat model judges');


# --- without a place for it, reviews are judged all the same

$reviews{judge} = [map { review('positive') } 1 .. 4];
publish('judge');
my $n = lines('judged');
mode('slow');
my $started = time;
my $r = $nginx->get('/judge/judge');
cmp_ok(time - $started, '<', 0.15, 'nobody waits for what is not shown');
mode('');
is($r->{body}, page('judge'), 'without a place nothing is inserted');
for (1 .. 50) { last if lines('judged') == $n + 4; sleep 0.1 }
is(scalar(lines('judged')), $n + 4, 'reviews are judged');
$nginx->get('/judge/judge');
is(scalar(lines('judged')), $n + 4, 'once');


# --- what is private stays

$reviews{private} = [map { review('positive') } 1 .. 12];
publish('private');
$n = lines('judged');
$r = $nginx->get('/private/private', 'Cookie: session=1');
is(summary($r), '', 'a personal page is the shop\'s');
like($r->{body}, qr/My secret/, 'with what is only his');
for (1 .. 50) { last if lines('judged') >= $n + 12; sleep 0.1 }
is(scalar(lines('judged')), $n + 12, 'what a stranger sees is judged');
like(summary($nginx->get('/private/private')), qr/Reviews: 12/,
     'a stranger has a summary');
like(summary($nginx->get('/private/private', 'Cookie: session=1')),
     qr/Reviews: 12/, 'and then all have it');
ok(!(grep { /secret/ } lines('judged')), 'what is personal never left');


# --- addresses of people

$reviews{mail} = [map({ review('positive') } 1 .. 3),
                  review('positive') . ' mail me@example.org'];
publish('mail');
like(summary($nginx->get('/mail')), qr/Reviews: 4/,
     'a review with an address is judged');
ok(!(grep { /example\.org/ } lines('judged')), 'which nobody sees');



# --- faults

for my $mode ('down', 'words') {
    $reviews{$mode} = [map { review('positive') } 1 .. 4];
    publish($mode);
    mode($mode);
    $r = $nginx->get("/$mode");
    is($r->{body}, page($mode), "a classifier that is no use ($mode): origin");
    like($r->{headers}{'cache-control'} || '', qr/private, no-cache/,
         '... which nobody keeps');
}
mode('');

$reviews{two} = [map { review('positive') } 1 .. 2];
publish('two');
$r = $nginx->get('/two');
is($r->{body}, page('two'), 'of two reviews there is no summary');
like($r->{headers}{'x-ai'}, qr/facts/, 'and it says why');


# --- configurations that are refused

for (['ai_reviews;', qr/invalid number of arguments in "ai_reviews"/],
     ['ai_reviews .r;', qr/"ai_reviews" directive must have "engine="/],
     ['ai_reviews .r engine=none;', qr/"none"/],
     ['ai_reviews .r engine=bert summary=chat;',
      qr/has "summary=", but no place for it: "into="/],
     ['ai_reviews .r engine=bert into=.s;', qr/"bert" in .* can't write/],
     ['ai_reviews nosuch engine=bert;', qr/invalid selector "nosuch"/],
     ['ai_reviews .r engine=bert renew=120%;', qr/invalid parameter "renew/],
     ['ai_reviews .r engine=libre;', qr/"libre" in .* can't judge/])
{
    my ($line, $message) = @$_;
    my $bad = AIF::Nginx->new(name => 'reviews-bad', http => <<"END");
    ai_zone shop:1m;
    ai_engine bert { protocol classifier; url http://127.0.0.1:%%PORT_1%%; }
    ai_engine libre { protocol libretranslate; url http://127.0.0.1:%%PORT_1%%; }
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_2%%/v1; model test;
    }
    ai_locales en es;
    server { listen 127.0.0.1:%%PORT%%; location / { $line } }
END
    my ($ok, $said) = $bad->test;
    like($ok ? 'accepted' : $said, $message, "refused: $line");
}

is_deeply([grep { !/answer rejected/ } $nginx->complaints], [],
          'the log has no complaint');

done_testing();
