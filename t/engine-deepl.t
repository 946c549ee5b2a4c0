#!/usr/bin/env perl

# Guards against DeepL asked in a way that it doesn't know, against texts mixed
# up in its answers, which have no ids, and against a spent quota that stops
# pages.  Seen to fail with the language in small letters, with batches of more
# than fifty, and with 456 taken for a moment's trouble.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Shop;
use ScriptedEngine;
use Test::More;

my $engine = ScriptedEngine->start(AIF->port(1));
my $backup = ScriptedEngine->start(AIF->port(3));

my $dir = AIF->scratch('deepl');
AIF->spew("$dir/key", "a-key:fx\n");
chmod 0600, "$dir/key";

my $shop = AIF::Shop->new(protocol => 'deepl', backup => '', engine => <<END)
    key_file $dir/key; formality less; glossary_id a-glossary; batch 128;
END
    ->page(page => 60)->page(quota => 3)->page(again => 3)->start;

is($shop->get('/es/wait/page.html')->{body}, $shop->translated('page'),
   'a page through DeepL');

my @requests = @{ $engine->requests };
is_deeply([sort map { scalar @{ $_->{texts} } } @requests], [10, 50],
          'in calls of at most fifty texts');

my $r = $requests[0];
is($r->{path}, '/v2/translate', 'its path');
is($r->{headers}{authorization}, 'DeepL-Auth-Key a-key:fx', 'its key');
is($r->{headers}{'content-type'},
   'application/x-www-form-urlencoded;charset=utf-8', 'a form');
is_deeply($r->{form}, { source_lang => 'EN', target_lang => 'ES',
                        formality => 'less', glossary_id => 'a-glossary',
                        split_sentences => 'nonewlines',
                        preserve_formatting => 1, tag_handling => 'xml',
                        outline_detection => 0 }, 'and what is in it');

$engine->mode('status=456');
is($shop->get('/es/wait/quota.html')->{body}, $shop->translated('quota'),
   'without quota the next engine is asked');
is($backup->count('texts'), 3, 'for these texts');
like($shop->log, qr/ai engine "scripted" call failed: the engine refused, status 456: scripted failure 456/,
     'and the log says why');

is_deeply([$shop->complaints], [], 'the log has no complaint');
unlike($shop->log, qr/a-key/, 'and no key');
ok($shop->stop, 'nginx ends in time');

done_testing;
