#!/usr/bin/env perl

# Guards against tests that prove nothing, because the scripted engine speaks a
# dialect of its own: clients that other people wrote for DeepL and for OpenAI
# must read its answers and its errors, and DeepL's must ask as we do.  Seen to
# fail with "translation" for "translations" in its answers, with errors that
# have no message, and with another type of our requests.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use Encode ();
use JSON::PP ();
use ScriptedEngine;
use Test::More;

my $sdk = "$AIF::build/browser/engine";

-f "$sdk/.ready" && -f "$sdk/ask.js"
    or plan skip_all => 'no clients: scripts/setup --browser brings them';

my $engine = ScriptedEngine->start(AIF->port(1));
my $json = JSON::PP->new->utf8;
my $out = qx{cd \Q$sdk\E && timeout 60 node ask.js \Q${\ $engine->url}\E};
my $got = eval { $json->decode($out) } or die "node said: $out\n";


# --- DeepL's own

is_deeply([map { $_->{text} } @{ $got->{deepl} }],
          ['Óúr <g1>sóft</g1> bág &amp; móré', 'Blúé shírt'],
          'deepl-node reads the translations');
is($got->{deepl}[0]{detectedSourceLang}, 'en', 'and the language');
is($got->{quota}{error}, 'QuotaExceededError', 'the quota');
like($got->{quota}{message}, qr/scripted failure 456/, 'with what was said');
is($got->{busy}{error}, 'TooManyRequestsError', 'too many requests');
is($got->{key}{error}, 'AuthorizationError', 'a wrong key');


# --- OpenAI's own

is($got->{chat}{object}, 'chat.completion', 'openai reads the completion');
is_deeply($json->decode(Encode::encode('UTF-8',
              $got->{chat}{choices}[0]{message}{content})),
          { items => [{ id => 203, text => 'Blúé shírt' }] }, 'its content');
cmp_ok($got->{chat}{usage}{total_tokens}, '>', 0, 'and the usage');
is($got->{limit}{error}, 'RateLimitError', 'too many requests');
is($got->{long}{error}, 'BadRequestError', 'a request that is too long');
is($got->{long}{type}, 'exceed_context_size_error', 'with its type');
like($got->{form}{message}, qr/response_format/, 'a form that is not known');


# --- we ask as they do

my ($theirs) = grep { $_->{dialect} eq 'deepl' } @{ $engine->requests };

$engine->reset;

my $shop = AIF::Shop->new(protocol => 'deepl', engine => <<'END')
    formality less; glossary_id a-glossary;
END
    ->page(page => 2)->start;

is($shop->get('/es/wait/page.html')->{body}, $shop->translated('page'),
   'a page of ours');

my $ours = $engine->requests->[0];

# what it asks for its own books
delete $theirs->{form}{show_billed_characters};

is($ours->{path}, $theirs->{path}, 'the same path');
is($ours->{headers}{'content-type'}, $theirs->{headers}{'content-type'},
   'the same type');
for my $request ($ours, $theirs) {
    $_ = lc for @{ $request->{form} }{qw(source_lang target_lang)};
}
is_deeply($ours->{form}, $theirs->{form}, 'the same form');

ok($shop->stop, 'nginx ends in time');

done_testing;
