#!/usr/bin/env perl

# The writer of scripts/models, served by a real llama-server: it answers in
# the form and the language that it is asked for, and names no number that it
# was not given.  Seen to fail with weights that had learnt single sentences
# only.

use strict;
use warnings;
use utf8;

use AIF;
use AIF::Served qw(finish post serve);
use JSON::PP;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $json = JSON::PP->new->utf8->canonical;
my $port = AIF->port(1);

my $schema = { type => 'object', required => ['items'],
    additionalProperties => JSON::PP::false,
    properties => { items => { type => 'array', items => {
        type => 'object', required => [qw(id text)],
        additionalProperties => JSON::PP::false,
        properties => { id => { type => 'integer' },
                        text => { type => 'string' } } } } } };

my $facts = join "\n", 'name: Blue rain jacket', 'brand: Hill & Harbour',
    'category: Clothes', 'price: 89 USD', 'stock: in stock', 'rating: 4.7',
    'reviews: 3', 'material: recycled plastic', 'size: L', 'size: M',
    'size: S', 'size: XL', 'attribute: Colour: blue',
    'attribute: Weight: 320 g';

serve('writer', $port);

my %said;

for my $task ('Write a description of a product.',
              'Write a meta description for a product page.',
              'Write a page title for a product.')
{
    for my $language ('English (en)', 'Spanish (es)') {
        my $text = written("$task\nWrite in $language, for the visitors of an"
                           . ' online shop.');
        my $what = "$task $language";

        $said{$what} = $text;
        like($text, qr/Blue rain jacket/, "$what: the name is in it");
        is_deeply([ grep { $facts !~ /(?<![\d.])\Q$_\E(?![\d])/ }
                    $text =~ /\d+(?:\.\d+)?/g ], [],
                  "$what: every number is among the facts") or diag $text;
    }
}

isnt($said{'Write a description of a product. English (en)'},
     $said{'Write a description of a product. Spanish (es)'},
     'languages differ');
like($said{'Write a description of a product. Spanish (es)'},
     qr/\b(?:chaqueta|plástico|azul)\b/, 'Spanish is Spanish');
like($said{'Write a description of a product. English (en)'},
     qr/\b(?:recycled plastic|brand|weighs|weight|comes)\b/,
     'English is English');

my $other = $facts;
$other =~ s/320 g/451 g/;
$other =~ s/Hill & Harbour/Talmira/;
my $changed = written("Write a description of a product.\nWrite in English"
                      . ' (en).', $other);
unlike($changed, qr/320|Hill/, 'other facts, other words') or diag $changed;

my $reply = post($port, '/v1/chat/completions', { messages => [
    { role => 'system', content => 'Answer a customer\'s question from the'
                                   . " passages.\nWrite in English (en)." },
    { role => 'user', content => $json->encode({ passages => [
        { id => 1, text => 'Your parcel comes in 4 days. All prices are in'
                           . ' dollars.' },
        { id => 2, text => 'You can send the product back in 30 days.' } ],
        question => 'How long is the return period?' }) } ],
    temperature => 0, max_tokens => 60 });
like($reply->{choices}[0]{message}{content}, qr/\b30 days\b/,
     'a question is answered from the passages');

finish();

done_testing;


sub written {
    my ($system, $about) = @_;
    my $reply = post($port, '/v1/chat/completions', { model => 'shop-writer',
        messages => [ { role => 'system', content => $system },
                      { role => 'user', content => $json->encode({ items => [
                          { id => 203, facts => $about || $facts } ] }) } ],
        temperature => 0, max_tokens => 300,
        response_format => { type => 'json_schema', json_schema => {
            name => 'texts', strict => JSON::PP::true,
            schema => $schema } } });
    my $data = eval { JSON::PP->new->decode(
        $reply->{choices}[0]{message}{content}) } || {};

    is($data->{items} && @{ $data->{items} } && $data->{items}[0]{id}, 203,
       'an item under its id') or diag explain $reply;

    return $data->{items}[0]{text} // '';
}
