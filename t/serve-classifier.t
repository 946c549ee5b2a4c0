#!/usr/bin/env perl

# The classifier of scripts/models, served by a real llama-server and an
# adapter of ours: it answers /predict alone, in a batch and where the question
# is wrong, and is better than the commonest label.  Nothing is left running.
# Seen to fail with an adapter that compares labels of all groups, and with one
# that does not end its engine.

use strict;
use warnings;

use AIF;
use AIF::HTTP qw(request);
use AIF::Served qw(asked finish post serve);
use JSON::PP;
use Test::More;

my $json = JSON::PP->new->utf8->canonical;
my $port = AIF->port(1);

serve('classifier', $port);

my $one = post($port, '/predict',
               { inputs => 'It broke after two days. I sent it back.' });
is(ref $one, 'ARRAY', 'one text: an array of labels');
is($one->[0]{label}, 'negative', 'the best comes first');
cmp_ok(abs($one->[0]{score} + $one->[1]{score} - 1), '<', 1e-6,
       'scores are shares');
is(scalar @$one, 2, 'of this group alone');

my $two = post($port, '/predict', { inputs => [
    ['This is great, I love it.'], ['Terrible, it does not work.'] ] });
is_deeply([ map { $_->[0]{label} } @$two ], [qw(positive negative)],
          'a batch, in its order');

my $customer = post($port, '/segment/predict', { inputs =>
    "Bought: Trail shoes (Sport), 79.90\nBought: Camping stove (Sport), 55\n"
    . 'Wrote: I take it on every hike.' });
is($customer->[0]{label}, 'sport', 'a customer');
is(scalar @$customer, 4, 'four labels of customers');

my $raw = post($port, '/predict', { inputs => 'good',
                                          raw_scores => JSON::PP::true });
cmp_ok(abs($raw->[0]{score}), '>', 0, 'raw scores');

my $long = 'This cup is good. ' x 400;
is(status($port, { inputs => $long }), 413, 'a text that is too long');
is(post($port, '/predict', { inputs => $long,
                                   truncate => JSON::PP::true })->[0]{label},
   'positive', 'unless it may be cut');

for my $case ([ { inputs => [ 'a', 'b' ] }, 422, 'a pair' ],
              [ { inputs => [] }, 422, 'nothing' ],
              [ { inputs => { a => 1 } }, 422, 'an object' ],
              [ { inputs => ' ' }, 422, 'an empty text' ],
              [ { input => 'a' }, 422, 'no inputs' ],
              [ { inputs => [ map { ['a'] } 1 .. 129 ] }, 413, '129 texts' ],
              [ '{"inputs":', 400, 'broken JSON' ],
              [ '[1]', 400, 'no object' ],
              [ 'x' x 2_200_000, 413, 'two megabytes' ])
{
    my ($body, $status, $name) = @$case;
    my $r = asked($port, '/predict', $body);

    is($r->{status}, $status, $name);
    is(ref eval { $json->decode($r->{body}) }, 'HASH', "$name: says so");
}

is(request($port, path => '/nothing')->{status}, 404, 'no such path');
is(request($port, path => '/predict')->{status}, 405, 'GET');
is(status($port, { inputs => 'still there' }), 200, 'still there');

is_deeply([ grep { !/^127\.0\.0\.1:/ } listening($port) ], [],
          'it listens on 127.0.0.1 only');

SKIP: {
    my $file = AIF->data('text/uci-amazon-cells-labelled.txt')
        or skip 'the labelled reviews are not here', 1;
    my ($right, $n, %label) = (0, 0);

    # what scripts/train never learns from: its rule is the text's digest
    require Digest::SHA;
    my @rows = grep { ord(Digest::SHA::sha256($_->[0])) < 51 }
               map { chomp; my @row = split /\t/; $row[0] = join ' ',
                     split ' ', $row[0]; [ @row ] }
               split /^/, AIF->slurp($file);
    my $got = post($port, '/predict', { inputs => [
        map { my $text = $_->[0]; utf8::decode($text); [$text] }
        @rows[0 .. 119] ], truncate => JSON::PP::true });

    for my $i (0 .. 119) {
        my $label = $rows[$i][1] ? 'positive' : 'negative';
        $label{$label}++;
        $right += $got->[$i][0]{label} eq $label;
    }

    my ($most) = sort { $b <=> $a } values %label;
    cmp_ok($right, '>', 1.2 * $most, 'labelled reviews that it never saw:'
           . " $right of 120 right, the commonest label would have $most");
}

finish();

done_testing;


sub status { return asked($_[0], '/predict', $_[1])->{status} }


sub listening {
    my $port = sprintf '%04X', shift;
    my @out;

    for my $file ('/proc/net/tcp', '/proc/net/tcp6') {
        next unless -r $file;
        for (split /\n/, AIF->slurp($file)) {
            my @f = split;
            next unless ($f[3] || '') eq '0A' && $f[1] =~ /^(.*):$port$/;
            push @out, ($1 eq '0100007F' ? '127.0.0.1' : $1) . ":$port";
        }
    }

    return @out;
}
