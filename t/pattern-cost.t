#!/usr/bin/env perl

# Guards against: a regular expression of the administrator's that blocks the
# worker, and with it all visitors.  "(a+)+$" over 30 letters and one more
# takes PCRE2 some 100 ms without a limit of its own, over 60 years.  In each
# directive that has expressions the page is the shop's own and asks nobody,
# and what it costs the worker's CPU is measured, beside the same without the
# expression.  Seen to fail with the match limit left out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use Origin;
use POSIX ();
use ScriptedEngine;
use Test::More;
use Time::HiRes qw(time);

use constant PAGES => 100;

my $bad = 'a' x 60 . '!';

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($n) = $request->{path} =~ m{(\w+/\w+)$};
    $client->answer(type => 'text/html; charset=utf-8',
                    body => "<p>A shirt of $n $bad</p>");
});
my $engine = ScriptedEngine->start(AIF->port(1));

my $nginx = AIF::Nginx->new(name => 'pattern-cost', http => <<'END')->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_filter on;
        ai_translate scripted;
        location /plain/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_mask off;
        }
        location /mask/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_mask "(a+)+$";
        }
        location /protect/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_mask off; ai_protect "(a+)+$";
        }
        location /crawlers/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_mask off; ai_crawlers "(a+)+$";
        }
    }
END

my ($worker) = $nginx->workers;

# milliseconds of the worker's CPU, in the clock's ticks

sub cpu {
    my @stat = split ' ', AIF->slurp("/proc/$worker/stat") =~ s/.*\) //sr;
    return ($stat[11] + $stat[12]) * 1000 / POSIX::sysconf(POSIX::_SC_CLK_TCK);
}

my %agent = (crawlers => ["User-Agent: $bad"]);
my %cost;

for my $name (qw(plain mask protect crawlers)) {
    my ($before, $right) = (cpu(), 0);
    $engine->reset;

    for my $n (1 .. PAGES) {
        my $id = join '', map { chr 98 + $_ } split //, sprintf '%04d', $n;
        my $r = $nginx->get("/es/$name/$id", @{ $agent{$name} || [] });
        $right += $r->{status} == 200
                  && $r->{body} eq "<p>A shirt of $name/$id $bad</p>";
    }

    $cost{$name} = (cpu() - $before) / PAGES;
    is($right, PAGES, "$name: each page is the origin's");

    if ($name eq 'plain') {
        ok($nginx->wait_for(sub { $engine->count('texts') >= PAGES / 2 }),
           'such texts are asked for');
        next;
    }

    is($engine->count('requests'), 0, "$name: nobody is asked");
    cmp_ok($cost{$name}, '<', 5 + $cost{plain}, "$name: under 5 ms a page");
    note sprintf '%s: %.2f ms, without %.2f ms', $name, @cost{$name, 'plain'};
}

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
