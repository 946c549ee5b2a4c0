#!/usr/bin/env perl

# Guards against: a wrong configuration that nginx -t lets through, or refuses
# without saying what, where and what it must be.  Each case is a line to put
# into the http, server or location block, and what must be said of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Test::More;

my $engine = 'ai_engine e { protocol openai; url http://127.0.0.1:1/v1;'
             . ' model m; }';

sub conf {
    my %arg = (zone => 'ai_zone z:1m;', engine => $engine,
               locales => 'ai_locales en es;', http => '', location => '',
               translate => 'ai_translate e;', filter => 'ai_filter on;', @_);

    return "$arg{zone}\n$arg{engine}\n$arg{locales}\n$arg{http}\n"
           . "server { listen 127.0.0.1:%%PORT%%;\nlocation / {\n"
           . "$arg{filter}\n$arg{translate}\n$arg{location}\n} }\n";
}

sub engine {
    return "ai_engine e { protocol openai; url http://127.0.0.1:1; model m;"
           . " $_[0] }";
}

my $nginx = AIF::Nginx->new(name => 'conf');
my $key = "$nginx->{dir}/key";

AIF->spew($key, "secret\n");
chmod 0600, $key;
AIF->spew("$key.open", "secret\n");
chmod 0644, "$key.open";
AIF->spew("$key.long", "0123456789abcdef\n");
chmod 0600, "$key.long";
AIF->spew("$key.empty", "\n");
AIF->spew("$key.two", "one\ntwo\n");
AIF->spew("$key.csv", "one\n\"two\n");
AIF->spew("$key.locked", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
AIF->spew("$key.large", 'x' x 20_000);
chmod 0600, "$key.locked", "$key.large";

# a prompt and its file

my $prompts = 0;

sub prompt {
    my ($what, $text, $rest) = @_;
    my $file = "$nginx->{dir}/prompt." . ++$prompts;

    AIF->spew($file, $text);

    return 'ai_prompt mine { task translate; ' . ($what ? "$what $file;" : '')
           . ($rest || '') . ' }';
}

my $mine = 'ai_translate e prompt=mine;';

my @refused = (

    # zones

    [{ zone => '' }, qr/"ai_filter" is used, but no "ai_zone" is defined/],
    [{ zone => 'ai_zone z;' }, qr/invalid value "z" in "ai_zone".*"name:size"/],
    [{ zone => 'ai_zone z:big;' }, qr/invalid size "big" of "ai_zone" "z"/],
    [{ zone => 'ai_zone z:8k;' }, qr/zone "z" is too small/],
    [{ zone => 'ai_zone z:1m; ai_zone y:1m;' }, qr/"ai_zone" directive is dup/],

    # customers

    [{ location => "ai_segment engine=e labels=a,b users=$key;" },
     qr/"ai_segment" directive must have "engine=name", "labels=a,b" and/],
    [{ location => "ai_segment engine=e labels=a key=$key.long;" },
     qr/must have two labels or more/],
    [{ location => "ai_segment engine=e labels=a,B key=$key.long;" },
     qr/invalid label "B", it must have 1 to 32 of a-z/],
    [{ location => "ai_segment engine=e labels=a,b,a key=$key.long;" },
     qr/duplicate label "a"/],
    [{ location => 'ai_segment engine=e labels=' . join(',', 'a' .. 'q')
                   . " key=$key.long;" }, qr/at most 16 labels/],
    [{ location => "ai_segment engine=e labels=a,b key=$key;" },
     qr/key file "\S+" of "ai_segment" must hold one line .* 16 to 409/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.none;" },
     qr/can't read the key file of "ai_segment"/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long"
                   . ' users=/nowhere/users;' },
     qr/can't find the file of users/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long size=1k;" },
     qr/"size" of 64k or more/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long ttl=no;" },
     qr/"ttl" that is a time greater than 0/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long epsilon=0;" },
     qr/an epsilon from 0.001 to 100/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long epsilon=2;" },
     qr/"epsilon_day" that is not less than "epsilon"/],
    [{ location => "ai_segment engine=e labels=a,b key=$key.long some=1;" },
     qr/invalid parameter "some=1", it must be one of engine=/],
    [{ location => "ai_segment engine=x labels=a,b key=$key.long;" },
     qr/unknown engine "x"/],
    [{ location => "ai_status; ai_segment engine=e labels=a,b key=$key.long;" },
     qr/conflicts with another content handler/],
    [{ http => "server { location / { ai_segment engine=e labels=a,b "
               . "key=$key.long size=1m; } }",
       location => "ai_segment engine=e labels=a,b key=$key.long;" },
     qr/same "key" and "size" in every location/],
    [{ zone => '', filter => '',
       location => "ai_segment engine=e labels=a,b key=$key.long;" },
     qr/"ai_segment" is used, but no "ai_zone" is defined/],

    [{ location => 'ai_segment_from $cookie_uid;' },
     qr/"ai_segment_from" directive must be "\$id consent=\$variable"/],
    [{ location => 'ai_segment_from gift;' }, qr/directive must be "\$id con/],
    [{ location => 'ai_segment_from $cookie_uid consent=1;' },
     qr/directive must be "\$id consent/],
    [{ location => 'ai_segment_from $cookie_uid consent=$cookie_ok;' },
     qr/asks for customers' labels, but no location has "ai_segment"/],

    # questions

    [{ location => 'ai_assistant context=/returns;' },
     qr/"ai_assistant" directive must have "engine=name"/],
    [{ location => 'ai_assistant engine=x;' }, qr/unknown engine "x"/],
    [{ location => 'ai_assistant engine=e context=returns;' },
     qr{"context" that is a path of this site, such as "/returns"}],
    [{ location => 'ai_assistant engine=e context=/a#b;' },
     qr/"context" that is written as in a URL/],
    [{ location => 'ai_assistant engine=e '
                   . join(' ', map { "context=/$_" } 1 .. 16) . ';' },
     qr/at most 15 "context" pages/],
    [{ location => 'ai_assistant engine=e contact=javascript:x@y;' },
     qr/"contact" that is a URL \(https:, mailto:, tel:\), a path or/],
    [{ location => 'ai_assistant engine=e context_size=25k;' },
     qr/"context_size" from 512 to 24k/],
    [{ location => 'ai_assistant engine=e max_question=0;' },
     qr/"max_question" from 1 to 2000 characters/],
    [{ location => 'ai_assistant engine=e gone=away;' },
     qr/invalid parameter "gone=away", it must be one of engine=/],
    [{ location => 'ai_status; ai_assistant engine=e;' },
     qr/conflicts with another content handler/],
    [{ location => 'ai_assistant engine=c;', http => 'ai_engine c { protocol '
                   . 'libretranslate; url http://127.0.0.1:1; }' },
     qr/engine "c" can't write: "ai_assistant" needs one of protocol openai/],
    [{ filter => '', translate => '', location => 'ai_assistant engine=e;' },
     qr/"ai_assistant" is used, but no location has "ai_filter"/],

    # engines

    [{ engine => '' }, qr/unknown engine "e" in \S+nginx.conf:\d+: define it/],
    [{ engine => "$engine $engine" }, qr/duplicate engine "e"/],
    [{ engine => 'ai_engine e { url http://a; model m; }' },
     qr/engine "e" must have "protocol"/],
    [{ engine => 'ai_engine e { protocol openai; model m; }' },
     qr/engine "e" must have "url"/],
    [{ engine => 'ai_engine e { protocol openai; url http://a; }' },
     qr/engine "e" must have "model"/],
    [{ engine => 'ai_engine e { protocol soap; }' },
     qr/unknown protocol "soap" of engine "e", it must be one of .*"openai"/],
    [{ engine => 'ai_engine e { url 127.0.0.1:1; }' },
     qr{invalid url "127.0.0.1:1" .* begin with "http://" or "https://"}],
    [{ engine => 'ai_engine e { url http://u:p@a/; }' }, qr/no user, query/],
    [{ engine => 'ai_engine e { url http://a/?k=1; }' }, qr/no user, query/],
    [{ engine => 'ai_engine e { url http:///v1; }' }, qr/must have a host/],
    [{ engine => engine('color red;') },
     qr/unknown directive "color" in engine "e"/],
    [{ engine => engine('timeout;') }, qr/invalid number of arguments in/],
    [{ engine => engine('timeout soon;') }, qr/"timeout" of engine "e" must be/],
    [{ engine => engine('timeout 0;') }, qr/"timeout" of engine "e" must be/],
    [{ engine => engine('batch 1000;') }, qr/"batch" of .* at most 128/],
    [{ engine => engine('concurrency 1000;') }, qr/"concurrency" .* at most 256/],
    [{ engine => engine('queue 0;') }, qr/"queue" .* greater than 0/],
    [{ engine => engine('batch 2; batch 3;') }, qr/"batch" .* is duplicate/],
    [{ engine => engine('temperature 3;') }, qr/"temperature" .* from 0 to 2/],
    [{ engine => engine('key_file /nowhere/key;') },
     qr{can't read the key file of engine "e".*"/nowhere/key" failed \(2:}],
    [{ engine => engine("key_file $key.empty;") }, qr/must hold one line/],
    [{ engine => engine("key_file $key.two;") }, qr/must hold one line/],
    [{ engine => engine('trusted_certificate /nowhere/ca;') },
     qr{"trusted_certificate" of engine "e" names no file with certificates}],
    [{ engine => engine("trusted_certificate $key;") },
     qr{"trusted_certificate" of engine "e" names no file with certificates}],
    [{ engine => engine("certificate $key;") },
     qr/engine "e" must have both "certificate" and "certificate_key"/],
    [{ engine => engine("certificate_key $key;") },
     qr/engine "e" must have both "certificate" and "certificate_key"/],
    [{ engine => engine("certificate $key; certificate_key /nowhere/key;") },
     qr{can't read the certificate key of engine "e": open\(\) "/nowhere/key"}],
    [{ engine => engine("certificate $key; certificate_key $key;") },
     qr/of engine "e" are no certificate and its key/],
    [{ engine => engine("certificate $key; certificate_key $key.locked;") },
     qr/certificate key "\S+key.locked" of engine "e" must not be encrypted/],
    [{ engine => engine("certificate $key; certificate_key $key.large;") },
     qr/certificate key "\S+key.large" .* is larger than 16384 bytes/],
    [{ engine => engine('proxy 127.0.0.1:3128;') },
     qr/"proxy" of engine "e" must be the address of an HTTP proxy/],
    [{ engine => engine('proxy http://me:secret@127.0.0.1:3128;') },
     qr/"proxy" of engine "e" must be .* without user and path/],
    [{ engine => engine('proxy http://127.0.0.1;') },
     qr/"proxy" of engine "e" must be .* with its port/],
    [{ engine => engine('proxy http://127.0.0.1:1; proxy http://127.0.0.1:2;') },
     qr/"proxy" of engine "e" is duplicate/],
    [{ engine => 'ai_engine e { protocol openai; url http://a:99999; }' },
     qr/invalid port in url "http:.*99999" of engine "e"/],
    [{ engine => engine("header Authorization 'Bearer secret';") },
     qr/"header" of engine "e" must not be a key: keys belong into "key_file"/],
    [{ engine => engine("header 'X: y' z;") }, qr/"header" .* must be a name/],

    [{ engine => engine('formality less;') },
     qr/for the protocol "deepl", and that of engine "e" is "openai"/],
    [{ engine => 'ai_engine e { protocol deepl; url http://a; formality rude; }'
     }, qr/"formality" of engine "e" must be "default", "more"/],
    [{ engine => 'ai_engine e { protocol classifier; url http://a; }' },
     qr/"ai_translate" has engine "e", whose protocol "classifier" doesn't/],
    [{ engine => 'ai_engine e { protocol classifier; url http://a; }',
       translate => '', location => 'ai_query arg=q engine=e;' },
     qr/"ai_query" has engine "e", whose protocol "classifier" doesn't/],

    # the glossary

    [{ location => 'ai_glossary /nowhere/g.csv;' }, qr{"/nowhere/g.csv" failed}],
    [{ location => "ai_glossary $key.two; ai_glossary off;" }, qr/is dupl/],
    [{ location => "ai_glossary $key.csv;" },
     qr/ai glossary ".*key.csv" is not taken: line 2 has a quote without an end/],

    # prompts

    [{ translate => $mine },
     qr/unknown prompt "mine" in \S+nginx.conf:\d+: define it by "ai_prompt m/],
    [{ http => 'ai_prompt Mine { }' }, qr/invalid name "Mine" of a prompt/],
    [{ http => 'ai_prompt mine { }' }, qr/"mine" must have "system" or "user"/],
    [{ http => prompt('system', 'a') x 2 }, qr/duplicate prompt "mine"/],
    [{ http => prompt('', 'a', 'color red;') },
     qr/unknown directive "color" in prompt "mine"/],
    [{ http => prompt('', 'a', 'tone warm kind;') }, qr/number of arguments in/],
    [{ http => prompt('', 'a', 'tone ' . 'a' x 513 . ';') },
     qr/"tone" of prompt "mine" is too long/],
    [{ http => prompt('', 'a', 'max_length 0;') },
     qr/"max_length" of prompt "mine" must be a number from 1 to 8000/],
    [{ http => prompt('', 'a', 'task dance;') }, qr/"translate" or "write"/],
    [{ http => prompt('', 'a', 'answer yaml;') }, qr/"items" or "text"/],
    [{ http => 'ai_prompt translate { task write; }' },
     qr/"task" of prompt "translate" can't be changed/],
    [{ http => prompt('', 'a', 'system /nowhere/p;') },
     qr{"/nowhere/p" failed \(2:}],
    [{ http => prompt('system', "\n") }, qr/at least one and at most 32768/],
    [{ http => prompt('system', 'a' x 32769) }, qr/at most 32768 bytes/],
    [{ http => prompt('system', "a\xff") }, qr/is not UTF-8 text/],
    [{ http => prompt('system', 'a {nope} b') },
     qr/has an unknown variable "\{nope}"; a brace .* is written "\{\{"/],
    [{ http => prompt('system', 'a {facts}') },
     qr/"\{facts}" in "user" only: data are no instructions/],
    [{ http => prompt('user', 'none') }, qr/must have "\{facts}" once/],
    [{ http => prompt('user', '{facts}', 'task write;'), translate => $mine },
     qr/"ai_translate" has "prompt=mine", which doesn't translate/],
    [{ http => 'ai_prompt assistant { user /nowhere; }' },
     qr/"user" of prompt "assistant" is not allowed, .* only "system" and "t/],
    [{ http => 'ai_prompt assistant { answer items; }' },
     qr/"answer" of prompt "assistant" is not allowed/],
    [{ http => 'ai_prompt assistant { task translate; }' },
     qr/"task" of prompt "assistant" is not allowed/],
    [{ http => 'ai_prompt assistant { max_length 100; }' },
     qr/"max_length" of prompt "assistant" is not allowed/],
    [{ http => 'ai_prompt assistant { }' }, qr/"assistant" must have "system"/],
    [{ translate => 'ai_translate e prompt=a prompt=b;' },
     qr/duplicate "prompt" in "ai_translate"/],

    # money

    [{ engine => engine('price 3;') }, qr/"price" of engine "e" must have "inp/],
    [{ engine => engine('price input=1.2345678;') },
     qr/invalid price "input=1.2345678" of engine "e".*6 decimals/],
    [{ engine => engine('price input=1; price input=2;') },
     qr/"price" of engine "e" is duplicate/],
    [{ engine => 'ai_engine e { protocol apertium; url http://a;'
                 . ' price input=1 output=2; }' },
     qr/engine "e" has an "output" price, but characters are paid by what/],
    [{ engine => engine('budget 5;') }, qr/"budget" .* must have "day=", "min/],
    [{ engine => engine('budget scope=a;') }, qr/"budget" .* must have "day="/],
    [{ engine => engine('budget day=2k;') },
     qr/invalid budget "day=2k" of engine "e", .* from 1 to 1000000000000/],
    [{ engine => engine('max_tokens 9; budget day=9999; budget day=9999;') },
     qr/"budget" of engine "e" is duplicate/],
    [{ engine => engine('budget day=9999;') },
     qr/engine "e" has a budget and must have "max_tokens"/],
    [{ engine => engine('max_tokens 9000; budget day=99999 minute=9999;') },
     qr/budget of 9999 tokens of engine "e" is less than one call may cost, .*at least \d{5}/],
    [{ engine => engine('max_tokens 10; budget day=9999;'),
       http => prompt('system', 'word ' x 2000), translate => $mine },
     qr/budget of 9999 tokens .* and prompt "mine" at least 1\d{4}/],
    [{ location => 'ai_scope ' . 'a' x 65 . ';' },
     qr/"a{65}" in "ai_scope" is too long, a name has at most 64 bytes/],
    [{ location => 'ai_scope a; ai_scope b;' }, qr/"ai_scope" .* is duplicate/],
    [{ location => join '', map { "location /$_ { ai_scope s$_; }" } 1 .. 512 },
     qr/too many engines in too many scopes .*: at most 512 pairs/],

    # locales

    [{ locales => '' }, qr/no "ai_locales" are defined for it/],
    [{ locales => 'ai_locales en spanish_language;' },
     qr/invalid locale "spanish_language" in "ai_locales".*BCP 47/],
    [{ locales => 'ai_locales en es ES;' }, qr/duplicate locale "ES"/],
    [{ http => 'ai_locale path;' }, qr/"path" in "ai_locale"/],

    # the location

    [{ filter => 'ai_filter yes;' },
     qr/invalid value "yes" in "ai_filter" directive, it must be "on", "off"/],
    [{ filter => 'ai_filter $nothing_like_it;' }, qr/unknown "nothing_like_it"/],
    [{ translate => 'ai_translate e e;' }, qr/duplicate engine "e"/],
    [{ location => 'ai_exclude .a>;' }, qr/invalid selector ".a>" in "ai_excl/],
    [{ location => 'ai_exclude ".a:hover";' }, qr/invalid selector ".a:hover"/],
    [{ location => "ai_exclude .price #cart;\nai_wait 1s;" },
     qr/invalid selector "ai_wait".*#/],
    [{ location => 'ai_include nonsense;' }, qr/invalid selector "nonsense".*#/],
    [{ location => 'ai_attributes onclick;' }, qr/"onclick" .* holds no text/],
    [{ location => 'ai_attributes "a b";' }, qr/invalid attribute name "a b"/],
    [{ location => 'ai_incomplete mixed=101;' }, qr/0 to 100 per cent/],
    [{ location => 'ai_incomplete half;' }, qr/invalid value "half" in "ai_inc/],
    [{ location => 'ai_wait long;' }, qr/"ai_wait" directive invalid value/],
    [{ location => 'ai_hold 0;' }, qr/"ai_hold" must be greater than 0/],
    [{ location => 'ai_valid 0;' }, qr/"ai_valid" .* at least 1s, or "off"/],
    [{ location => 'ai_private nobody;' },
     qr/"nobody" in "ai_private" .*"anonymous", "lookup" or "allow"/],
    [{ location => 'ai_private allow cookies=a;' }, qr/"cookie=name" or "arg=/],
    [{ location => 'ai_buffer_size many;' }, qr/"ai_buffer_size" directive inv/],
    [{ location => 'ai_header "X Y";' }, qr/invalid header name "X Y"/],
    [{ location => 'ai_json name var:state var:window.state;' },
     qr/"var:window.state" in "ai_json" .* another one names as well/],
    [{ location => 'ai_status xml;' }, qr/"xml" in "ai_status"/],
);

sub short { length $_[0] < 200 ? $_[0] : substr($_[0], 0, 60) . ' ...' }

for my $case (@refused) {
    my ($what, $message) = @$case;
    my ($ok, $said) = $nginx->test(http => conf(%$what));
    my ($name) = map { s/\n/ /gr } join ' ', map "$_ '" . short($what->{$_}) . "'",
                 sort keys %$what;

    ok(!$ok && $said =~ /\[emerg\].*$message/, $name)
        or diag $ok ? 'nginx -t is content' : $said;
}

my @taken = (
    [{ engine => engine("key_file $key;") }],
    [{ engine => engine("key_file $key.open;") },
     qr/\[warn\] .*key\.open" of engine "e" is readable by everybody/],
    [{ location => 'ai_exclude "#cart" ".a > b, [data-x=\'y\']"; ai_wait 1s;' }],
    [{ http => prompt('system', "To {language}, {tone}.\n", 'tone "warm";'
                                . ' max_length 8000; answer text;'),
       translate => $mine }],
    [{ http => 'ai_prompt translate { tone warm; }' }],
    [{ http => 'ai_prompt assistant { tone warm; }' }],
    [{ translate => 'ai_translate e prompt=translate;' }],
    [{ filter => 'ai_filter off;', zone => '', engine => '',
       translate => 'ai_translate off;' }],
    [{ filter => 'ai_filter $arg_ai;' }],
    [{ http => 'ai_locale uri cookie:lang arg:lang referer $arg_x '
               . 'accept-language;' }],
    [{ engine => '', http => $engine }],
    [{ location => "ai_glossary $key.two;" }],
    [{ location => "ai_glossary $key.two;",
       engine => 'ai_engine e { protocol apertium; url http://a; }' },
     qr/\[warn\] .*"ai_glossary" ".*" is of no use to engine "e", whose prot/],
    [{ engine => 'ai_engine e { protocol deepl; url http://a; formality less;'
                 . ' glossary_id a-1; }' }],
    [{ engine => engine('max_tokens 9; price input=0.15 output=0.60;'
                        . ' budget day=2000000 minute=60000;'
                        . ' budget scope=a day=10000;') }],
    [{ location => 'ai_scope "";'
                   . join '', map { "location /$_ { ai_scope s$_; }" } 1 .. 511 }],
);

for my $case (@taken) {
    my ($what, $message) = @$case;
    my ($ok, $said) = $nginx->test(http => conf(%$what));
    my $name = join ' ', map "$_ '" . short($what->{$_}) . "'",
               sort keys %$what;

    ok($ok, "taken: $name") or diag $said;
    unlike($said, qr/secret/, '... and no key is shown');
    like($said, $message, '... with its warning') if $message;
}

done_testing;
