#!/usr/bin/env perl

# Builds and runs the C tests of t/unit/, one subtest per program.  It would
# fail on a source that does not compile, on a program that can't be linked,
# on a failed check, and on any report of a sanitizer (they end the program).

use strict;
use warnings;

use AIF;

chdir $AIF::top or die "$AIF::top: $!\n";

$| = 1;
$ENV{AIF_DATA} ||= "$AIF::top/../shared/data";
$ENV{ASAN_OPTIONS} = 'detect_stack_use_after_return=1';
$ENV{UBSAN_OPTIONS} = 'print_stacktrace=1';

my @names = split ' ', `scripts/unit -l`;

@names or do { print "1..1\nnot ok 1 - there are C tests\n"; exit 1 };

my %built = map { m{/test_([^/\n]+)$} ? ($1 => $_) : () }
            split /\n/, `scripts/unit -b`;
my $failed = 0;
my $n = 1;

print '1..', @names + 1, "\n";
report($? == 0, 'core, engine and their tests compile without a warning');

for my $name (@names) {
    report(run($name, $built{$name}), "test_$name");
}

exit($failed ? 1 : 0);


sub report {
    my ($pass, $what) = @_;

    $failed++ unless $pass;
    printf "%s %d - %s\n", $pass ? 'ok' : 'not ok', $n++, $what;
}


sub run {
    my ($name, $program) = @_;
    my ($checks, $bad, $plan) = (0, 0, -1);

    return 0 unless $program;

    open my $tap, '-|', "exec $program 2>&1" or return 0;

    while (<$tap>) {
        $checks++ if /^(?:not )?ok\b/;
        $bad++ if /^not ok\b/;
        $plan = $1 if /^1\.\.(\d+)/;
        # a subtest's lines are indented; what is no TAP becomes a comment.
        # prove shows only what comes on the other channel: what failed, why,
        # and what a sanitizer says; figures ("# ") are for scripts/unit
        print /^(?:not ok|ok|1\.\.|#)/ ? "    $_" : "    # $_";
        print STDERR "# test_$name: $_" unless /^(?:ok\b|1\.\.|# \S)/;
    }

    return close($tap) && !$bad && $plan == $checks && $checks > 0;
}
