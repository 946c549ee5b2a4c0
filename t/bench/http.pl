#!/usr/bin/env perl

# The benches that need a running nginx; scripts/bench starts it and lists
# them.  One worker is pinned to core 0, everything else to core 1.  What is
# compared is measured in one run, in turns, and the median over the rounds is
# taken, since neighbours make noise; CPU time per request is the worker's own,
# from the scheduler, and steadier than requests per second.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use AIF;
use AIF::Curl ();
use AIF::HTTP ();
use AIF::Nginx;
use IO::Socket::INET;
use JSON::PP ();
use List::Util ();
use Origin;
use ScriptedEngine;
use Time::HiRes qw(sleep time);

my %bench = (filters => \&filters, pages => \&pages,
              generate => \&generate, reviews => \&reviews, source => \&source, breaker => \&breaker,
             cold => \&cold, waiting => \&waiting, calls => \&calls,
             capacity => \&capacity, memory => \&memory);

my %option = (rounds => 7, seconds => 1, fragments => '200 1000 5000',
              clients => 16, pages => 100_000);
my $command = shift // '';
my $run = $bench{$command} or die "bench: no such bench: $command\n";

while (@ARGV) {
    my $name = shift;
    $name =~ s/^--// && exists $option{$name}
        or die "bench: unknown option $name\n";
    $option{$name} = shift // die "bench: --$name needs a value\n";
}

my @words = qw(soft blue cotton shirt with large pockets warm winter jacket
               small table lamp green garden chair strong leather boots simple
               wooden box for every day light summer dress white paper long
               road fresh bread old stone house near the quiet river);

my $core_other = cores();
my $engine;

$| = 1;
$run->();
exit 0;


sub cores {
    my ($cores) = `getconf _NPROCESSORS_ONLN` =~ /(\d+)/;

    print "only one core: client and nginx share it, figures mean little\n"
        if $cores < 2;

    return $cores < 2 ? 0 : 1;
}


# --- set-up ---------------------------------------------------------------

sub start_engine {
    $engine = ScriptedEngine->start(AIF->port(2));
    pin($engine->pid, $core_other);

    return $engine;
}


sub pin {
    my ($pid, $core) = @_;
    system("taskset -a -cp $core $pid >/dev/null 2>&1");
}


# An nginx with our module.  $http may name %%PORT%% and so on; %%ENGINE%% are
# the directives that every bench needs.

sub start_nginx {
    my (%arg) = @_;

    my $ours = <<'END';
    ai_zone shop:%%ZONE%%;
    ai_engine scripted {
        protocol libretranslate; url http://127.0.0.1:%%PORT_2%%;
        concurrency 8; queue 16384; timeout 60s;
    }
    ai_locales en es;
    ai_locale uri;
    ai_buffer_size 8m;
    ai_header X-Ai;
END
    my $zone = $arg{zone} || '64m';
    $ours =~ s/%%ZONE%%/$zone/;
    $arg{http} =~ s/%%ENGINE%%/$ours/;

    my $nginx = AIF::Nginx->new(name => 'bench', log_level => 'error',
        main => "worker_cpu_affinity 01; worker_rlimit_nofile 8192;\n"
                . ($arg{main} || ''),
        http => "    sendfile on; tcp_nopush on; keepalive_requests 1000000;\n"
                . $arg{http}, %arg{grep { exists $arg{$_} } qw(port dir)});

    spew_pages($nginx, $arg{files} || {});

    return $nginx->start;
}


sub spew_pages {
    my ($nginx, $files) = @_;

    for my $name (keys %$files) {
        AIF->spew("$nginx->{dir}/html/$name", $files->{$name});
    }
}


sub modules_path {
    my ($path) = `$ENV{TEST_NGINX_BINARY} -V 2>&1` =~ /--modules-path=(\S+)/;
    return $path || '/usr/lib/nginx/modules';
}


# Asks for the path until two answers in turn say the same hits, and returns
# the header: "es; HIT; 200/200".

sub warm {
    my ($nginx, $path, $seconds) = @_;
    my ($before, $same, $now) = ('', 0, '');
    my $deadline = time + ($seconds || 120);

    while (time < $deadline) {
        $now = $nginx->get($path)->{headers}{'x-ai'} || 'no header';
        return $now if $now =~ /HIT/;
        $same = $now eq $before ? $same + 1 : 0;
        return $now if $same >= 20;
        $before = $now;
        sleep 0.1;
    }

    return $now;
}


# --- measuring ------------------------------------------------------------

# Seconds of CPU that a process has had.

sub cpu {
    my $pid = shift;
    my ($ns) = split ' ', AIF->slurp("/proc/$pid/schedstat");

    return $ns / 1e9;
}


# One run of wrk: requests per second, requests, p50 (microseconds), errors,
# and the worker's CPU microseconds per request.

sub wrk {
    my ($pid, $port, $path, %arg) = @_;

    my $clients = $arg{clients} || $option{clients};
    my $seconds = $arg{seconds} || $option{seconds};
    my $cpu = cpu($pid);
    my @script = $arg{new} ? ('-s', new_addresses()) : ();
    my @command = ('taskset', '-c', $core_other, 'wrk', '-t1', "-c$clients",
                   "-d${seconds}s", '--latency', '--timeout', '30s', @script,
                   "http://127.0.0.1:$port$path");

    # no shell: an address may have a "&"

    open my $wrk, '-|', @command or die "wrk: $!\n";
    my $out = do { local $/; <$wrk> };
    close $wrk;

    $cpu = cpu($pid) - $cpu;

    my ($rps) = $out =~ /Requests\/sec:\s+([\d.]+)/ or die "wrk: $out\n";
    my ($n) = $out =~ /(\d+) requests in/;
    my ($p50, $unit) = $out =~ /50%\s+([\d.]+)(us|ms|s)/;
    my %scale = (us => 1, ms => 1e3, s => 1e6);
    my $errors = $out =~ /Non-2xx or 3xx responses: (\d+)/ ? $1 : 0;

    $errors += $1 while $out =~ /(?:connect|read|write|timeout) (\d+)/g;

    return { rps => $rps, n => $n, p50 => $p50 * $scale{$unit},
             errors => $errors, cpu => $n ? $cpu / $n * 1e6 : 0 };
}


# For wrk: the same page at an address that was never asked for, each time.

sub new_addresses {
    my $file = "$AIF::build/new-addresses.lua";

    AIF->spew($file, <<'END') unless -f $file;
local n = os.time() * 1000000
request = function()
    n = n + 1
    return wrk.format(nil, wrk.path .. "?n=" .. n)
end
END

    return $file;
}


sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[@sorted / 2];
}


# The ways [name, pid, port, path, new addresses] in turns; { name => { rps, cpu, p50 } } are
# medians over the rounds, and ratios are medians of the rounds' ratios to the
# first way.

sub rounds {
    my ($ways, %arg) = @_;
    my (%seen, %ratio);
    my $rounds = $arg{rounds} || $option{rounds};

    for my $round (1 .. $rounds) {
        for my $way (@$ways) {
            my ($name, $pid, $port, $path, $new) = @$way;
            my $r = wrk($pid, $port, $path, %arg, new => $new);
            print STDERR "bench: round $round of $rounds: $name"
                . sprintf(" %.0f/s\n", $r->{rps}) if -t STDERR;
            push @{ $seen{$name}{$_} }, $r->{$_} for keys %$r;
            my $first = $seen{ $ways->[0][0] };
            push @{ $ratio{$name}{rps} }, $r->{rps} / $first->{rps}[-1];
            push @{ $ratio{$name}{cpu} }, $first->{cpu}[-1]
                ? $r->{cpu} / $first->{cpu}[-1] : 0;
            push @{ $ratio{$name}{p50} }, $r->{p50} / $first->{p50}[-1];
        }
    }

    my %result;
    for my $name (keys %seen) {
        for my $what (qw(rps cpu p50)) {
            $result{$name}{$what} = median(@{ $seen{$name}{$what} });
            $result{$name}{"ratio_$what"} = median(@{ $ratio{$name}{$what} });
        }
        $result{$name}{errors} = List::Util::sum(@{ $seen{$name}{errors} });
    }

    return \%result;
}


sub table {
    my ($ways, $result) = @_;

    printf "  %-34s %9s %7s %11s %8s %7s\n", '', 'pages/s', 'ratio',
           'CPU us/page', 'p50 us', 'errors';

    for my $way (@$ways) {
        my $r = $result->{ $way->[0] } or next;
        printf "  %-34s %9.0f %7.3f %11.1f %8.0f %7d\n", $way->[0], $r->{rps},
               $r->{ratio_rps}, $r->{cpu}, $r->{p50}, $r->{errors};
    }
}


# What a page consists of, in percent of its bytes.

sub shares {
    my $page = shift;
    my $all = length $page or return '';
    my %n = (css => 0, script => 0);

    $page =~ s/(<style\b[^>]*>)(.*?)(<\/style)/$n{css} += length $2; "$1$3"/gsie;
    $page =~ s/(<script\b[^>]*>)(.*?)(<\/script)/
               $n{script} += length $2; "$1$3"/gsie;
    $page =~ s/<!--.*?-->//gs;
    (my $text = $page) =~ s/<[^>]*>//g;
    $text =~ s/\s+/ /g;
    $n{text} = length $text;
    $n{markup} = $all - $n{css} - $n{script} - $n{text};

    return join ', ', map { sprintf '%s %.0f%%', $_, 100 * $n{$_} / $all }
                      qw(text markup css script);
}


# --- a page ---------------------------------------------------------------

# A shop's page with so many fragments: a sentence in a block each, every
# fifth with inline tags, and about 40 kB of style and script as shops have.
# Returns the page and the texts that are plain.

sub shop_page {
    my ($fragments, $seed) = @_;
    my ($state, @plain) = ($seed || 1);
    my $next = sub { $state = ($state * 1103515245 + 12345) % 2147483648;
                     $words[($state >> 8) % @words] };
    my $body = '';

    for my $i (1 .. $fragments - 1) {
        my @text = map { $next->() } 1 .. 6 + $i % 5;
        my $text = ucfirst join ' ', @text, 'of', spelled($i + 10000 * ($seed
                   || 1));

        if ($i % 5 == 0) {
            my @parts = split / /, $text;
            $parts[1] = "<b>$parts[1]</b>";
            $text = join ' ', @parts;
        } else {
            push @plain, "$text.";
        }

        $body .= qq{<li class="card item-$i" data-id="$i"><div class="inner">}
               . qq{<p class="text">$text.</p></div></li>\n};
    }

    my $css = join '', map { ".card.item-$_ { margin: 0 " . $_ % 7
                             . "px; color: #2${_}; }\n" } 100 .. 460;
    my $js = join '', map { "window.shop.push({id:$_,seen:false,price:"
                            . $_ * 3 . "});\n" } 100 .. 470;

    return ("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
            . "<title>A page of the bench</title>\n<style>\n$css</style>\n"
            . "<script>\nwindow.shop = [];\n$js</script>\n</head>\n<body>\n"
            . "<ul class=\"grid\">\n$body</ul>\n</body>\n</html>\n", \@plain);
}


# A number in letters, so that each text is another and has no digit.

sub spelled {
    my $n = shift;
    my $word = '';

    while ($n > 0) {
        $word .= ('ba', 'ke', 'li', 'mo', 'nu', 'pa', 're', 'si', 'to', 'vu')
                 [$n % 10];
        $n = int($n / 10);
    }

    return $word;
}


# --- benches --------------------------------------------------------------

# filters: a warm page, beside plain nginx and other filters.

sub filters {
    my $modules = modules_path();
    my @have = grep { -f "$modules/$_" } qw(ndk_http_module.so
        ngx_http_lua_module.so ngx_http_subs_filter_module.so);

    start_engine();

    my $plain = AIF::Nginx->new(name => 'plain', log_level => 'error',
        port => AIF->port(5), main => "worker_cpu_affinity 01;",
        http => 'sendfile on; tcp_nopush on; keepalive_requests 1000000;
                 server { listen 127.0.0.1:%%PORT%%;
                          location / { root %%DIR%%/html;
                                       default_type text/html; } }');

    for my $count (split ' ', $option{fragments}) {
        my ($page, $texts) = shop_page($count);
        my @pairs = map { [ $_, rewrite($_) ] } @$texts;
        my $name = "page$count.html";
        my $sub = join '', map { qq{            sub_filter "$_->[0]" "$_->[1]";\n}
                        } @pairs[0 .. ($#pairs < 254 ? $#pairs : 254)];
        my $subs = join '', map { qq{            subs_filter "$_->[0]" }
                                  . qq{"$_->[1]" gi;\n} } @pairs;
        $subs =~ s/ gi;/;/g;
        my $lua = join '', map { qq{["$_->[0]"]="$_->[1]",\n} } @pairs;

        my $http = <<"END";
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        location / {
            ai_filter on;
            ai_translate scripted;
        }
        location /off/ { alias %%DIR%%/html/; }
        location /sub/ {
            alias %%DIR%%/html/;
            sub_filter_once off;
$sub        }
END
        $http .= <<"END" if grep /subs/, @have;
        location /subs/ {
            alias %%DIR%%/html/;
$subs        }
END
        $http .= <<"END" if grep /lua/, @have;
        location /lua/ {
            alias %%DIR%%/html/;
            header_filter_by_lua_block { ngx.header.content_length = nil }
            body_filter_by_lua_block {
                local held = ngx.ctx.held or ""
                held = held .. (ngx.arg[1] or "")
                if ngx.arg[2] then
                    ngx.arg[1] = string.gsub(held, ">([^<]+)<", function (text)
                        local other = translated[text]
                        return other and ">" .. other .. "<"
                    end)
                else
                    ngx.ctx.held = held
                    ngx.arg[1] = nil
                end
            }
        }
END
        $http .= "    }\n";
        $http = "    init_by_lua_block { translated = {\n$lua} }\n$http"
            if grep /lua/, @have;

        my $nginx = start_nginx(files => { $name => $page }, http => $http,
            main => join '', map { "load_module $modules/$_;\n" } @have);

        spew_pages($plain, { $name => $page });
        $plain->start unless $plain->{pid};

        my $status = warm($nginx, "/es/$name");
        my ($pid) = $nginx->workers;
        my ($other) = $plain->workers;
        my $port = $nginx->{port};
        my @ways = ([ 'plain nginx', $other, $plain->{port}, "/$name" ],
                    [ 'our module, filter off', $pid, $port, "/off/$name" ],
                    [ 'our module, warm', $pid, $port, "/es/$name" ],
                    [ '... addresses never seen', $pid, $port, "/es/$name",
                      1 ],
                    [ 'sub_filter' . (@pairs > 255 ? ' (255 patterns)' : ''),
                      $pid, $port, "/sub/$name" ]);

        push @ways, [ 'subs_filter', $pid, $port, "/subs/$name" ]
            if grep /subs/, @have and $count <= 1000;
        push @ways, [ 'Lua gsub', $pid, $port, "/lua/$name" ]
            if grep /lua/, @have;

        printf "%d fragments, %.1f kB (%s); warm: %s\n", $count,
               length($page) / 1000, shares($page), $status;
        my $result = rounds(\@ways);
        table(\@ways, $result);
        printf "  what the module adds: %.1f us of CPU a page\n\n",
               $result->{'our module, warm'}{cpu}
               - $result->{'our module, filter off'}{cpu};
        $nginx->stop;
    }
}


sub rewrite {
    my $text = ScriptedEngine::rewrite($_[0]);
    utf8::encode($text) if utf8::is_utf8($text);
    return $text;
}


# pages: the three largest real pages, and all that are named.

sub pages {
    my $dir = AIF->data('pages') or die "bench: there are no pages; AIF_DATA?\n";
    my @files = (sort { -s $b <=> -s $a } glob "$dir/*.html")[0 .. 2];
    my (%files, @names);

    for my $file (@files) {
        my ($name) = $file =~ m{([^/]+)$};
        $files{$name} = AIF->slurp($file);
        push @names, $name;
    }

    start_engine();
    my $nginx = start_nginx(files => \%files, http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        location / {
            ai_filter on;
            ai_translate scripted;
        }
        location /off/ { alias %%DIR%%/html/; }
    }
END
    my ($pid) = $nginx->workers;

    for my $name (@names) {
        my $status = warm($nginx, "/es/$name", 300);
        my @ways = ([ 'filter off', $pid, $nginx->{port}, "/off/$name" ],
                    [ 'filter on, warm', $pid, $nginx->{port}, "/es/$name" ],
                    [ '... addresses never seen', $pid, $nginx->{port},
                      "/es/$name", 1 ]);
        my $result;

        printf "%s, %.1f kB (%s); warm: %s\n", $name,
               length($files{$name}) / 1000, shares($files{$name}), $status;
        $result = rounds(\@ways);
        table(\@ways, $result);
        printf "  what the module adds: %.0f us of CPU a page, %.0f MB/s\n\n",
               $result->{$ways[1][0]}{cpu} - $result->{$ways[0][0]}{cpu},
               length($files{$name}) / ($result->{$ways[1][0]}{cpu}
                                        - $result->{$ways[0][0]}{cpu} || 1);
    }
}


# source: a page in the shop's own locale, filter on and off.

sub source {
    my ($page) = shop_page(30);

    start_engine();
    my $nginx = start_nginx(files => { 'page.html' => $page }, http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        default_type text/html;
        location /on/ {
            alias %%DIR%%/html/;
            ai_filter on;
            ai_translate scripted;
        }
        location /off/ { alias %%DIR%%/html/; }
    }
END
    my ($pid) = $nginx->workers;
    my $port = $nginx->{port};
    my @ways = ([ 'filter off', $pid, $port, '/off/page.html' ],
                [ 'source locale, filter on', $pid, $port, '/on/page.html' ]);

    printf "%.1f kB; %s\n", length($page) / 1000,
           $nginx->get('/on/page.html')->{headers}{'x-ai'} || 'no header';
    my $result = rounds(\@ways, rounds => 3 * $option{rounds});
    table(\@ways, $result);
    my $r = $result->{$ways[1][0]};
    printf "  CPU %+.1f%%\n", 100 * ($r->{ratio_cpu} - 1);

    $result = rounds(\@ways, rounds => 3 * $option{rounds}, clients => 1);
    printf "  one client: p50 %.0f and %.0f us, %+.1f%%\n",
           $result->{$ways[0][0]}{p50}, $result->{$ways[1][0]}{p50},
           100 * ($result->{$ways[1][0]}{ratio_p50} - 1);
}


# generate: a translated page with a generated text in it.

sub generate {
    my ($page) = shop_page(200);

    my $ld = '<script type="application/ld+json">{"@type":"Product",'
             . '"name":"Cup","brand":"Acme","color":"red","offers":{"price":'
             . '"5.00","priceCurrency":"EUR"}}</script>';

    my $writer = ScriptedEngine->start(AIF->port(3));

    $page =~ s{</body>}{$ld<div id="generated"></div></body>}i
        or $page .= "$ld<div id=\"generated\"></div>";

    start_engine();
    my $nginx = start_nginx(files => { 'page.html' => $page }, http => <<'END');
    %%ENGINE%%
    ai_engine writer {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        default_type text/html;
        ai_filter on;
        ai_translate scripted;
        location /without/ { alias %%DIR%%/html/; }
        location /with/ {
            alias %%DIR%%/html/;
            ai_generate "#generated" prompt=description engine=writer;
        }
    }
END
    my ($pid) = $nginx->workers;
    my $port = $nginx->{port};

    for my $how ('', 1) {
        my @ways = map { [ $_ . ($how ? ', addresses never seen' : ''), $pid,
                           $port, "/es/$_/page.html", $how ] }
                   qw(without with);

        printf "%.1f kB; %s\n", length($page) / 1000,
               join '; ', map { warm($nginx, "/es/$_/page.html", 60) }
                          qw(without with) if !$how;
        my $result = rounds(\@ways);
        table(\@ways, $result);
        printf "  pages/s %+.1f%%\n\n",
               100 * ($result->{$ways[1][0]}{ratio_rps} - 1);
    }
}


# reviews: a page of 100 reviews that are judged and summed up, beside the same
# page without ai_reviews.

sub reviews {
    my ($page) = shop_page(100);
    my $json = JSON::PP->new->utf8;
    my $text = '';

    for my $i (1 .. 100) {
        my $word = $i % 7 ? 'good' : 'thin';
        $text .= qq{<div class="review"><b class="author">Customer }
               . spelled($i) . qq{</b><p>Bought } . spelled(1000 + $i)
               . qq{ weeks ago: the cloth is $word, and so is the rest of it. }
               . join(' ', map { $words[($i * $_) % @words] } 1 .. 24)
               . qq{.</p></div>\n};
    }

    $page =~ s{</body>}{<div id="sum"></div>\n$text</body>};

    my $said = Origin->start(AIF->port(3), sub {
        my ($request, $client) = @_;
        my $asked = $json->decode($request->{body});
        my $inputs = $asked->{inputs};

        return $client->answer(type => 'application/json',
            body => $json->encode([ map { [ {
                label => $_->[0] =~ /thin/ ? 'negative' : 'positive',
                score => 0.9 } ] }
                map { ref $_ ? $_ : [$_] } ref $inputs ? @$inputs : $inputs ]))
            if $inputs;

        my @lines = $asked->{messages}[-1]{content} =~ /^\d+ \w+: .*$/mg;
        my %of;
        push @{ $of{ $lines[$_ - 1] =~ /thin/ ? 'thin' : 'good' } }, $_
            for 1 .. @lines;

        $client->answer(type => 'application/json', body => $json->encode({
            choices => [{ index => 0, finish_reason => 'stop', message => {
                role => 'assistant', content => $json->encode({
                    summary => 'Customers talk of it.', counts => {
                        reviews => scalar @lines, neutral => 0,
                        positive => scalar @{ $of{good} },
                        negative => scalar @{ $of{thin} } },
                    claims => [ map { {
                        kind => 'aspect', about => $_, words => [$_],
                        sentiment => /thin/ ? 'negative' : 'positive',
                        text => "It is $_.", reviews => $of{$_},
                        count => scalar @{ $of{$_} } } } sort keys %of ],
                }) } }] }));
    });

    start_engine();
    my $nginx = start_nginx(files => { 'page.html' => $page }, http => <<'END');
    %%ENGINE%%
    ai_engine judge {
        protocol classifier; url http://127.0.0.1:%%PORT_3%%;
    }
    ai_engine writer {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model test;
        max_tokens 2048;
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        default_type text/html;
        ai_filter on;
        ai_translate scripted;
        location /without/ { alias %%DIR%%/html/; }
        location /with/ {
            alias %%DIR%%/html/;
            ai_reviews ".review" engine=judge summary=writer into=#sum;
        }
    }
END
    my ($pid) = $nginx->workers;

    for my $new ('', 1) {
        my @ways = map { [ $_ . ($new ? ', addresses never seen' : ''), $pid,
                           $nginx->{port}, "/es/$_/page.html", $new ] }
                   qw(without with);

        if (!$new) {
            printf "%.1f kB; %s\n", length($page) / 1000,
                   join '; ', map { warm($nginx, "/es/$_/page.html", 60) }
                              qw(without with);
            $nginx->get('/es/with/page.html')->{body} =~ /good\. \(86\/100\)/
                or die "bench: there is no summary\n";
        }

        my $result = rounds(\@ways);
        table(\@ways, $result);
        printf "  pages/s %+.1f%%, CPU %+.1f%%\n\n",
               100 * ($result->{$ways[1][0]}{ratio_rps} - 1),
               100 * ($result->{$ways[1][0]}{ratio_cpu} - 1);
    }
}


# breaker: pages without translations while the engine is gone, beside the same
# where no engine may be asked; and how soon it is asked again when it is back.

sub breaker {
    my ($page) = shop_page(200);
    my $nginx = start_nginx(files => { 'page.html' => $page }, http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        default_type text/html;
        ai_translate scripted;
        location /down/ { alias %%DIR%%/html/; ai_filter on; }
        location /without/ {
            alias %%DIR%%/html/;
            ai_filter on;
            ai_private lookup;
        }
        location /status { ai_status; }
    }
END
    my ($pid) = $nginx->workers;
    my $port = $nginx->{port};
    my @ways = ([ 'no engine is asked', $pid, $port, '/es/without/page.html' ],
                [ 'engine gone', $pid, $port, '/es/down/page.html' ]);

    my $n = 0;
    until (status($nginx)->{engines}{scripted}{breaker}{state} eq 'open') {
        $n++ < 200 or die "bench: the breaker does not open\n";
        $nginx->get('/es/down/page.html');
        sleep 0.05;
    }

    my $engine = status($nginx)->{engines}{scripted};
    printf "%.1f kB; open after %d calls\n", length($page) / 1000,
           $engine->{calls};

    my $result = rounds(\@ways, rounds => 3 * $option{rounds});
    table(\@ways, $result);
    printf "  CPU %+.1f%%\n",
           100 * ($result->{$ways[1][0]}{ratio_cpu} - 1);

    $result = rounds(\@ways, rounds => 3 * $option{rounds}, clients => 1);
    printf "  one client: p50 %.0f and %.0f us, %+.1f%%\n",
           $result->{$ways[0][0]}{p50}, $result->{$ways[1][0]}{p50},
           100 * ($result->{$ways[1][0]}{ratio_p50} - 1);

    $engine = status($nginx)->{engines}{scripted};
    printf "  calls meanwhile %d\n", $engine->{calls};

    start_engine();
    my $begin = time;
    my $wait = $engine->{breaker}{until_ms} / 1000;

    until (status($nginx)->{engines}{scripted}{breaker}{state} eq 'closed') {
        time - $begin < 400 or die "bench: the breaker does not close\n";
        $nginx->get('/es/down/page.html');
        sleep 0.05;
    }

    printf "  back: closed after %.1f s (it was shut for %.1f s)\n",
           time - $begin, $wait;
}


# One keep-alive connection, for times of single requests.

sub client {
    my $port = shift;
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port)
        or die "connect: $!\n";

    return $s;
}


sub timed {
    my ($s, $path) = @_;
    my $raw = '';
    my $begin = time;

    syswrite $s, "GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n";

    my ($length, $head);
    while (sysread $s, $raw, 262144, length $raw) {
        if (!defined $head && (my $at = index $raw, "\r\n\r\n") >= 0) {
            $head = $at + 4;
            ($length) = substr($raw, 0, $head) =~ /^Content-Length: (\d+)/mi;
            die "no length: " . substr($raw, 0, $head) unless defined $length;
        }
        last if defined $head && length $raw >= $head + $length;
    }

    return (time - $begin, substr $raw, 0, $head // 0);
}


# cold: time to the last byte of pages never seen, and of the same when warm.

sub cold {
    my (%files, @paths);
    my $n = 60;

    for my $i (1 .. $n) {
        my ($page) = shop_page(200, $i);
        $files{"page$i.html"} = $page;
        push @paths, "/es/page$i.html";
    }

    # the engine takes its time, so that nothing is fetched while we measure

    start_engine();
    $engine->mode('delay=4000');
    system("taskset -cp $core_other $$ >/dev/null");

    my $nginx = start_nginx(files => \%files, zone => '128m', http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        location / {
            ai_filter on;
            ai_translate scripted;
            ai_wait 0;
        }
    }
END
    my $s = client($nginx->{port});
    timed($s, '/es/page1.html') for 1 .. 5;
    my (@cold, @warm, %status);

    for my $path (@paths[1 .. $#paths]) {
        my ($time, $head) = timed($s, $path);
        push @cold, $time;
        $status{$1}++ if $head =~ /X-Ai: \w+; (\w+)/;
        sleep 0.01;
    }

    my $was = join ', ', map { "$_ $status{$_}" } sort keys %status;

    $engine->mode('');
    print STDERR "bench: waiting until all pages are warm\n";
    warm($nginx, $_, 60) for @paths;
    %status = ();

    for my $round (1 .. 5) {
        for my $path (@paths[1 .. $#paths]) {
            my ($time, $head) = timed($s, $path);
            push @warm, $time;
            $status{$1}++ if $head =~ /X-Ai: \w+; (\w+)/;
            sleep 0.01;
        }
    }

    my ($c, $w) = (1e6 * median(@cold), 1e6 * median(@warm));

    printf "time to last byte, 200 fragments, 70 kB: cold %.0f us (%s), warm"
        . " %.0f us (%s): %+.0f us, %+.1f%% (allowed 5%% + 200 us: %s)\n",
        $c, $was, $w, join(', ', map { "$_ $status{$_}" } sort keys %status),
        $c - $w, 100 * ($c / $w - 1), $c <= $w * 1.05 + 200 ? 'yes' : 'NO';
}


# waiting: another location while 200 clients wait for an engine of 50 ms.
# The engine is an nginx of its own with Lua, since a script would be the
# bottleneck.

sub waiting {
    my $modules = modules_path();

    -f "$modules/ngx_http_lua_module.so"
        or die "bench: needs the package libnginx-mod-http-lua"
             . " (scripts/setup --bench)\n";

    my $stub = AIF::Nginx->new(name => 'stub', log_level => 'error',
        port => AIF->port(2), main => "worker_cpu_affinity 10;"
        . join('', map { "load_module $modules/$_;\n" }
               qw(ndk_http_module.so ngx_http_lua_module.so)),
        http => <<'END')->start;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        location / {
            content_by_lua_block {
                ngx.req.read_body()
                local texts = {}
                local body = ngx.req.get_body_data() or ""
                local list = string.match(body, '"q":%s*(%b[])')
                ngx.sleep(0.05)
                ngx.header.content_type = "application/json"
                ngx.print('{"translatedText":', list or '""', '}')
            }
        }
    }
END
    my $nginx = start_nginx(http => <<'END');
    %%ENGINE%%
    ai_engine fast {
        protocol libretranslate; url http://127.0.0.1:%%PORT_2%%;
        concurrency 256; queue 16384; timeout 10s;
    }
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        default_type text/html;
        location /new {
            return 200 "<html><body><p>The text $request_id is here</p></body></html>";
            ai_filter on;
            ai_translate fast;
            ai_wait 2s;
        }
        location /fast { return 200 "hello\n"; }
        location /status { ai_status; }
    }
END
    my ($pid) = $nginx->workers;
    my $port = $nginx->{port};
    my (@alone, @beside, @ratio, $waiting);

    for my $round (1 .. $option{rounds}) {
        my $alone = wrk($pid, $port, '/fast', clients => 1, seconds => 2);

        my $load = fork;
        defined $load or die "fork: $!\n";
        if ($load == 0) {
            $waiting = wrk($pid, $port, '/es/new', clients => 200,
                           seconds => 4);
            AIF->spew("$nginx->{dir}/waiting", sprintf "%.0f %.0f %d",
                      $waiting->{rps}, $waiting->{p50} / 1000,
                      $waiting->{errors});
            POSIX::_exit(0);
        }

        sleep 1;
        my $beside = wrk($pid, $port, '/fast', clients => 1, seconds => 2);
        waitpid $load, 0;

        push @alone, $alone->{p50};
        push @beside, $beside->{p50};
        push @ratio, $beside->{p50} / $alone->{p50};
        printf STDERR "bench: round %d: alone %.0f us, beside %.0f us; the"
            . " waiting clients: %s (pages/s, p50 ms, errors)\n", $round,
            $alone[-1], $beside[-1], AIF->slurp("$nginx->{dir}/waiting");
    }

    my ($rps, $ms, $errors) = split ' ', AIF->slurp("$nginx->{dir}/waiting");
    printf "another location: p50 %.0f us alone, %.0f us while 200 clients wait"
        . " (%d pages/s, p50 %d ms, %d errors): %+.0f%%\n", median(@alone),
        median(@beside), $rps, $ms, $errors, 100 * (median(@ratio) - 1);
}


# calls: one call for each request, through libcurl and through nginx's upstream,
# both with kept connections, to the same server: 2 kB there, 2 kB back.  What a
# request costs that calls nobody is taken off.

sub calls {
    my ($question, $answer) = ('x' x 2000, 'y' x 2000);

    my $stub = AIF::Nginx->new(name => 'stub', log_level => 'error',
        port => AIF->port(2), main => 'worker_cpu_affinity 10;',
        http => <<"END")->start;
    keepalive_requests 100000000;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        return 200 "$answer";
    }
END

    my $nginx = AIF::Curl->new(name => 'bench', log_level => 'error',
        main => 'worker_cpu_affinity 01; worker_rlimit_nofile 8192;',
        http => <<"END")->start;
    keepalive_requests 100000000;
    upstream stub {
        server 127.0.0.1:%%PORT_2%%;
        keepalive 64;
        keepalive_requests 100000000;
    }
    server {
        listen 127.0.0.1:%%PORT_1%%;
        location /none { return 200 "a line that says how it was\n"; }
        location /upstream {
            proxy_pass http://stub;
            proxy_http_version 1.1;
            proxy_method POST;
            proxy_set_header Connection "";
            proxy_set_header Content-Type text/plain;
            proxy_set_body $question;
        }
    }
END
    my ($pid) = $nginx->workers;
    my $url = 'url=http://127.0.0.1:' . AIF->port(2) . '/';
    my @ways = (['none', $pid, AIF->port(1), '/none'],
                ["nginx's upstream", $pid, AIF->port(1), '/upstream'],
                ['libcurl', $pid, AIF->port, "/?size=2000&$url"]);

    my $proof = $nginx->get("/?size=2000&$url")->{body};
    $proof =~ /^OK status=200 length=2000 / or die "bench: $proof\n";

    my $result = rounds(\@ways);
    my ($none, $upstream, $curl) = map { $result->{ $_->[0] }{cpu} } @ways;

    print "one call for each request:\n";
    table(\@ways, $result);
    printf "CPU of a call: libcurl %.1f us, nginx's upstream %.1f us\n",
        $curl - $none, $upstream - $none;
}

# capacity: texts of 100 bytes in a zone of 64m.

sub capacity {
    my $target = 200_000;
    my $each = 500;
    my $pages = $target / $each;

    start_engine();
    my $nginx = start_nginx(http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        location / {
            ai_filter on;
            ai_translate scripted;
            ai_wait 20s;
        }
        location /status { ai_status; }
    }
END
    my ($texts, $evicted, $bytes) = (0, 0, 0);

    for my $p (1 .. $pages) {
        my $body = '';

        for my $i (1 .. $each) {
            my $text = 'A fragment of one hundred bytes with the name '
                     . spelled(1e9 + $p * $each + $i) . ' ';
            $text .= substr 'in the long winter of the north sea and the warm'
                          . ' summer of the south', 0, 99 - length $text;
            $text =~ s/ $/x/;
            $bytes = length "$text.";
            $body .= "<p>$text.</p>\n";
        }

        AIF->spew("$nginx->{dir}/html/p.html",
                  "<html><body>$body</body></html>");
        my $r = $nginx->get("/es/p.html");
        my $status = status($nginx);

        ($texts, $evicted) = @{ $status->{zone} }{qw(texts evicted)};
        print STDERR "bench: page $p of $pages: $texts texts, $evicted evicted,"
            . " $r->{headers}{'x-ai'}\n" if $p % 20 == 0;
        last if $evicted;
    }

    printf "a zone of 64m holds %d texts of %d bytes (asked for: 120000)\n",
           $texts, $bytes;
}


sub status {
    my $nginx = shift;
    my $status = JSON::PP->new->decode($nginx->get('/status')->{body});

    # the zone, by whatever name it goes in the list
    $status->{zone} = $status->{zones}[0] if ref $status->{zones} eq 'ARRAY';

    return $status;
}


# memory: the worker's own memory over 100,000 pages, some of them new.

sub memory {
    my ($page) = shop_page(200);

    start_engine();
    my $nginx = start_nginx(files => { 'page.html' => $page }, http => <<'END');
    %%ENGINE%%
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        location / {
            ai_filter on;
            ai_translate scripted;
        }
        location /new {
            return 200 "<html><body><p>The text $request_id is here</p></body></html>";
            ai_filter on;
            ai_translate scripted;
        }
    }
END
    my ($pid) = $nginx->workers;
    my ($done, $next, @rss) = (0, 0);

    print 'warm: ', warm($nginx, '/es/page.html'), "\n";

    while ($done < $option{pages}) {
        $done += wrk($pid, $nginx->{port}, '/es/page.html', seconds => 1)->{n};

        $nginx->get('/es/new') for 1 .. 50;
        $done += 50;

        if ($done >= $next) {
            my ($kb) = AIF->slurp("/proc/$pid/status")
                       =~ /^RssAnon:\s+(\d+) kB/m;
            push @rss, [ $done, $kb ];
            printf "  after %7d pages: %6d kB of the worker's own\n", $done, $kb;
            $next = $done + $option{pages} / 10;
        }
    }

    my ($kb) = AIF->slurp("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;
    printf "  after %7d pages: %6d kB; %+d kB since the %dth\n", $done, $kb,
           $kb - $rss[1][1], $rss[1][0];
}
