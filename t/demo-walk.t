#!/usr/bin/env perl

# scripts/demo shows a page of the demo shop coming translated by a real
# engine, and leaves nothing running: not at its end, not at Ctrl-C, not when
# it is killed.  Without Apertium the walk is skipped.  It would fail if the
# example's configuration did not load, or if a text of the page were never
# translated, and was seen to with "ai_filter off" in the example.

use strict;
use warnings;

use AIF;
use AIF::HTTP qw(get);
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'Apertium is not installed: scripts/setup --demo'
    unless -f '/usr/share/apertium/modes/eng-spa.mode';

plan skip_all => 'the demo is of the packaged nginx'
    if $ENV{TEST_NGINX_BINARY} ne AIF::nginx_in_path();

my $running = 0;
my $port = AIF->port;
my @demo = ("$AIF::top/scripts/demo", '-q', '--port', $port);

my ($status, $said) = finish(start('--once'));

is($status, 0, 'the walk ends well') or diag $said;
like($said, qr{^ +/product/1 +200 .*"Blue rain jacket"$}m,
     "the shop's own page first");
like($said, qr{^ +/es/product/1 +200 +\$ai_status MISS }m, 'then a miss');
like($said, qr{^ +/es/product/1 +200 +\$ai_status HIT .*"Chaqueta.* azul"$}m,
     'then the translated page');
is(left(), '', 'nothing is left running');

SKIP: {
    system('bash', '-c', '. "$0/scripts/lib.sh" && llama_server', $AIF::top)
        == 0 or skip 'there is no llama-server: scripts/setup --llm', 5;

    like($said, qr{^ +/product/16 +description +Garden lantern\b.*\d}m,
         'a page without a text has one, from its facts');
    like($said, qr{^ +/es/product/16 +description +Garden lantern\b.* de hierro\b}m,
         'and another in Spanish');
    like($said, qr{^ +/product/16 +title +Garden lantern\b.*Harbour}m,
         'and a title');
    like($said, qr{^ +/product/16 +meta-description +\S*.*lantern}m,
         'and what search engines show');
    like($said, qr/^ +negative [01]\.\d+ +The boots were too narrow/m,
         'the classifier reads reviews');
}

my ($pid, $out) = start();

wait_until(sub { AIF->slurp($out) =~ /Ctrl-C/ }, 120)
    or diag(AIF->slurp($out));

my $story = wait_until(sub {
    my $r = get($port, '/es/story');
    ($r->{headers}{'x-ai-status'} || '') =~ /HIT/ && $r
}, 60);

ok($story, 'a page with inline tags in every sentence is translated whole');
like($story->{body} || '', qr{<a href="product/2" title="Nuestra camisa},
     'with its link where it was, and the title of it');
is_deeply(tags($story->{body}), tags(get($port, '/story')->{body}),
          'every inline tag is still there');

my $search = get($port, '/search?q=wool&format=json');
like($search->{body}, qr/"count":2/, 'the search answers in JSON');

kill INT => $pid;
($status) = finish($pid, $out);
is($status >> 8, 130, 'Ctrl-C ends it');
is(left(), '', 'and nothing is left running');

($pid, $out) = start();
wait_until(sub { AIF->slurp($out) =~ /starting nginx/ }, 120);
kill KILL => $pid;
finish($pid, $out);
ok(wait_until(sub { left() eq '' }, 10), 'killed, it leaves nothing either')
    or diag left();

done_testing;


# Ctrl-C comes from a terminal, where the signal is not ignored.

sub start {
    my @more = @_;
    my $out = AIF->scratch('demo') . '/out';

    AIF->spew($out, '');

    my $pid = fork;
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        delete @ENV{ grep /^(?:TEST_NGINX|AIF_SLOT)/, keys %ENV };
        $SIG{INT} = 'DEFAULT';
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>&', \*STDOUT;
        exec @demo, @more or POSIX::_exit(127);
    }

    $running = $pid;

    return ($pid, $out);
}


END {
    local $?;
    kill TERM => $running and waitpid $running, 0 if $running;
}


sub finish {
    my ($pid, $out) = @_;

    waitpid $pid, 0;
    $running = 0;

    return ($?, AIF->slurp($out));
}


sub wait_until {
    my ($code, $seconds) = @_;
    my $deadline = time + $seconds;

    while (time < $deadline) {
        my $value = $code->();
        return $value if $value;
        sleep 0.2;
    }

    return;
}


# Ports of the demo that still answer.

sub left {
    return join ' ', grep {
        IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $_)
    } $port .. $port + 4;
}


sub tags {
    my %n;

    $n{$_}++ for ($_[0] || '') =~ m{<(/?(?:b|i|em|strong|a|sup|span|br))\b}g;

    return \%n;
}
