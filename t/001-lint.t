#!/usr/bin/env perl

# The tree passes scripts/lint, and each of its checks can fail: a copy of the
# tree gets one fault at a time.  A check that no longer saw its fault would
# fail here.

use strict;
use warnings;

use AIF;
use File::Copy ();
use File::Path ();
use Test::More;

chdir $AIF::top or die "$AIF::top: $!\n";

my $said = `scripts/lint 2>&1`;
ok($? == 0, 'the tree passes') or diag $said;

my $copy = AIF->scratch('lint');

for my $dir (qw(build src scripts t conf.example)) {
    next unless -d $dir;
    File::Path::make_path("$copy/$dir");
    next if $dir eq 'build';
    system('cp', '-a', "$dir/.", "$copy/$dir/") == 0 or die "cp failed\n";
}

File::Copy::copy($_, "$copy/$_") for qw(config README.md);
system('cp', '-a', 'build/lint', "$copy/build/") if -d 'build/lint';
delete $ENV{AIF_BUILD};
$said = `scripts/lint --root $copy 2>&1`;
ok($? == 0, 'so does its copy') or diag $said;

my $head = <<'END';

/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A file with a fault.
 */


#include "core/aif.h"


END

my $mark = 'TO' . 'DO';
my $work = '/wo' . 'rk';

my @faults = (
    [ include => 'core includes the store', 'src/core/aif_fault.c',
      qq{$head#include "store/ngx_ai_store.h"\n}, qr/core must not include/ ],
    [ include => 'core includes the engines', 'src/core/aif_fault.h',
      qq{$head#include "engine/aif_engine.h"\n}, qr/core must not include/ ],
    [ include => 'core includes nginx', 'src/core/aif_fault.h',
      qq{$head#include <ngx_core.h>\n}, qr/must not know nginx/ ],
    [ include => 'core includes the clock', 'src/core/aif_fault.h',
      qq{$head#include <time.h>\n}, qr/sockets, files or clocks/ ],
    [ include => 'the store includes an engine', 'src/store/ngx_ai_fault.c',
      qq{$head#include "engine/aif_engine.h"\n}, qr/store must not include/ ],
    [ include => 'the store includes http', 'src/store/ngx_ai_fault.c',
      qq{$head#include <ngx_http.h>\n}, qr/nginx's http/ ],
    [ include => 'infer includes the page', 'src/infer/ngx_ai_fault.c',
      qq{$head#include "page/ngx_http_ai_x.h"\n}, qr/infer must not include/ ],
    [ include => 'infer includes the door', 'src/infer/ngx_ai_fault.c',
      qq{$head#include "ngx_http_ai_filter_module.h"\n}, qr/lacks its room/ ],
    [ include => 'an endpoint includes the page',
      'src/endpoint/ngx_http_ai_fault.c',
      qq{$head#include "page/ngx_http_ai_x.h"\n},
      qr/endpoint must not include/ ],
    [ include => 'an endpoint includes another',
      'src/endpoint/ngx_http_ai_fault.c',
      qq{$head#include "endpoint/ngx_http_ai_status.h"\n},
      qr/each other/ ],
    [ include => 'the page includes curl', 'src/page/ngx_http_ai_fault.c',
      qq{$head#include <curl/curl.h>\n}, qr/in infer only/ ],
    [ include => 'another engine includes yajl', 'src/engine/aif_fault.c',
      qq{$head#include <yajl/yajl_parse.h>\n}, qr/aif_json\.c only/ ],
    [ include => 'another file includes PCRE2', 'src/core/aif_fault.c',
      qq{$head#include <pcre2.h>\n}, qr/aif_pattern\.c only/ ],
    [ include => 'a room that is none', 'src/cellar/aif_fault.c', $head,
      qr/no room "cellar"/ ],

    [ needs => 'core needs nginx', 'src/core/aif_fault.c',
      "${head}void ngx_x(void);\nvoid aif_fault(void) { ngx_x(); }\n",
      qr/core must not need ngx_x/ ],
    [ needs => 'an engine needs curl', 'src/engine/aif_fault.c',
      "${head}void curl_x(void);\nvoid aif_fault(void) { curl_x(); }\n",
      qr/engine must not need curl_x/ ],
    [ needs => 'core needs the clock', 'src/core/aif_fault.c',
      "${head}long time(long *);\nlong aif_fault(void) { return time(0); }\n",
      qr/core must not need time/ ],
    [ needs => 'core needs a socket', 'src/core/aif_fault.c',
      "${head}int socket();\nint aif_fault(void) { return socket(1); }\n",
      qr/core must not need socket/ ],
    [ needs => 'core needs yajl', 'src/core/aif_fault.c',
      "${head}void yajl_x(void);\nvoid aif_fault(void) { yajl_x(); }\n",
      qr/only aif_json\.c/ ],
    [ needs => 'an engine needs PCRE2', 'src/engine/aif_fault.c',
      "${head}void pcre2_x(void);\nvoid aif_fault(void) { pcre2_x(); }\n",
      qr/only aif_pattern\.c/ ],
    [ needs => 'core needs an engine', 'src/core/aif_fault.c',
      "${head}void *aif_engine_find();\n"
      . "void aif_fault(void) { aif_engine_find(); }\n",
      qr/core must not need engine/ ],
    [ needs => 'a source does not compile', 'src/core/aif_fault.c',
      "${head}int\n", qr/does not compile/ ],

    [ names => 'a symbol of another noun', 'src/core/aif_fault.c',
      "${head}int aif_other;\n", qr/aif_other does not carry/ ],
    [ names => 'a symbol without the prefix', 'src/engine/aif_fault.c',
      "${head}int fault;\n", qr/fault does not carry/ ],
    [ names => 'a file without the prefix', 'src/core/fault.c', $head,
      qr/begins with aif_/ ],

    [ columns => '81 columns', 'src/core/aif_fault.h',
      "$head/* " . 'x' x 75 . " */\n", qr/:12: columns: 81 columns/ ],
    [ columns => 'and not more than bytes', 'src/core/aif_fault.h',
      "$head/* " . "\xc3\xa9" x 74 . " */\n", undef ],
    [ tabs => 'a tab', 'src/core/aif_fault.h', "$head\tint x;\n", qr/a tab/ ],
    [ tabs => 'a blank at the end', 'src/core/aif_fault.h', "${head}int x; \n",
      qr/blanks at the end/ ],
    [ comments => 'a // comment', 'src/core/aif_fault.h',
      "${head}int x;    // x\n", qr/a \/\/ comment/ ],
    [ comments => 'but not in a string', 'src/core/aif_fault.h',
      qq{${head}char *x = "http://x";\n/* http://y */\n}, undef ],
    [ marks => 'a mark', 'src/core/aif_fault.h', "$head/* $mark: x */\n",
      qr/marked $mark/ ],
    [ head => 'no copyright', 'src/core/aif_fault.h', "\nint x;\n",
      qr/must begin with/ ],
    [ head => 'no blank line', 'src/core/aif_fault.h', $head =~ s/\A\n//r,
      qr/must begin with/ ],
    [ size => '901 lines', 'src/core/aif_fault.h', $head . "\n" x 890,
      qr/901 lines/ ],
    [ documents => 'a directive that nobody knows', 'src/ngx_http_ai_fault.c',
      qq[{ ngx_string("ai_fault"),\n  NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1, },\n],
      qr/ai_fault is not in README\.md/ ],
    [ documents => 'a variable is none', 'src/ngx_http_ai_fault.c',
      qq[{ ngx_string("ai_fault"), NULL, ngx_http_ai_fault },\n], undef ],
    [ machine => "a machine's path", 'scripts/fault', "cd $work/x\n",
      qr/$work/ ],
);

for my $fault (@faults) {
    my ($check, $what, $file, $text, $like) = @$fault;

    (my $dir = "$copy/$file") =~ s{/[^/]+$}{};
    File::Path::make_path($dir);
    AIF->spew("$copy/$file", $text);

    # a header is newer than every object, and they all would be made again
    utime 1e9, 1e9, "$copy/$file" if $file =~ /\.h$/;

    $said = `scripts/lint --root $copy $check 2>&1`;

    if ($like) {
        ok($? != 0 && $said =~ /\Q$file\E.*$like/, "$check: $what")
            or diag $said;
    } else {
        unlike($said, qr/\Q$file\E/, "$check: $what");
    }

    unlink "$copy/$file";
    (my $object = $file) =~ s{.*/(.*)\.c$}{$copy/build/lint/$1.o};
    unlink $object if $object ne $file;
    rmdir $dir;
}

my %tried = map { $_->[0] => 1 } @faults;
my @untried = grep { !$tried{$_} && $_ ne 'functions' }
              map { /^(\w+)/ } `scripts/lint -l`;
is("@untried", '', 'every check was tried');

File::Path::remove_tree($copy);
done_testing;
