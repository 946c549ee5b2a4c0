package AIF::Soak;

# Many visitors of all kinds at once, each of whom looks at every byte: pages
# in two languages, kept connections and closed ones, requests one behind the
# other, compressed, conditional, HEAD, POST, HTTP/1.0; pages that are cut, slow,
# too large, missing, moved; people who leave in the middle.
#
#     my $soak = AIF::Soak->new(clients => 50);
#     my $sum = $soak->run(seconds => 20, reload => 2, fault => 1,
#                          progress => sub { ... });
#
# A page is right if it is the shop's, with any of its texts translated, and
# every text either the shop's or its translation.  A connection that nginx
# closed before the first byte of an answer may be tried again.  run() returns
# requests, retries, failures (a list of what went wrong), kinds (counts).

use strict;
use warnings;

use AIF ();
use AIF::Nginx ();
use Encode ();
use IO::Select;
use IO::Socket::INET;
use IO::Uncompress::Gunzip ();
use Origin ();
use POSIX ':sys_wait_h';
use ScriptedEngine ();
use Time::HiRes qw(sleep time);

use constant PAGES => 120;          # the further ones are seen later
use constant FAILURES => 20;        # that are told

my @words = qw(blue soft warm light strong round small quiet simple clean);
my @things = qw(shirt jacket lamp chair basket blanket kettle mirror);

my @faults = ('', 'status=500', 'close', 'garbage', '', 'delay=300', 'cut',
              'status=429,retry_after=1', 'half', '', 'less', 'swap', 'facts',
              'nothing', '', 'drip=50', 'markup', 'huge=300000', 'html', 'more',
              'empty', 'lost');


sub new {
    my ($class, %arg) = @_;
    my $self = bless { clients => 50, workers => 2, %arg }, $class;

    AIF->import;
    $self->{engine} = ScriptedEngine->start(AIF->port(1));
    $self->{shop} = shop();
    $self->{odd} = odd();
    $self->{nginx} = AIF::Nginx->new(name => 'soak', log_level => 'warn',
                                     workers => $self->{workers},
                                     http => conf())->start;

    return $self;
}


# --- the shop --------------------------------------------------------------

# A page is what is between texts, and the texts.  Each text has a number that no
# other has: an engine that gives one's translation for another's is found out.

sub page {
    my $n = shift;
    my ($word, $thing) = ($words[$n % @words], $things[$n % @things]);
    my @page = ('<!doctype html><html><head><title>', "The $word $thing $n",
                "</title>\n<style>p { color: red }</style></head><body><p>",
                "The $word $thing number $n of 100");

    for my $i (1 .. 3 + $n % 20) {
        push @page, "</p>\n<script>var x = \"<p>$n</p>\";</script><p>",
             "This $thing is $words[($n + $i) % @words] in way "
             . (1000 * $n + $i);
    }

    push @page, '</p><footer>', 'All prices include delivery',
         '</footer></body>';

    return \@page;
}

sub source { join '', @{ page($_[0]) } }


# undef, or what is wrong with the bytes

sub wrong_page {
    my ($n, $body) = @_;
    my @page = @{ page($n) };
    my $at = 0;

    for my $i (0 .. $#page) {
        my @may = ($page[$i]);
        push @may, Encode::encode('UTF-8', ScriptedEngine::rewrite($page[$i]))
            if $i % 2;

        my ($found) = grep { substr($body, $at, length $_) eq $_ }
                      reverse @may;

        return sprintf('page %d differs at %d: %.60s', $n, $at,
                       substr $body, $at) unless defined $found;
        $at += length $found;
    }

    return $at == length $body ? undef : "page $n has more at its end";
}


sub shop {
    my $nginx = AIF::Nginx->new(name => 'soak-shop', port => AIF->port(2),
                                log_level => 'warn', http => <<'END');
    keepalive_requests 100000;
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%DIR%%/html;
        default_type text/html;
        error_page 405 =200 $uri;
        location /gz/ { alias %%DIR%%/html/; gzip on; gzip_min_length 1;
                        gzip_proxied any; }
        location /moved/ { return 302 /page/1; }
        location /gone { error_page 404 /page/7; return 404; }
        location /asset/ { alias %%DIR%%/html/asset/; default_type image/png; }
    }
END
    mkdir "$nginx->{dir}/html/$_" for qw(page ssi asset);

    AIF->spew("$nginx->{dir}/html/page/$_", source($_)) for 1 .. PAGES;
    AIF->spew("$nginx->{dir}/html/asset/1", 'x' x 5000);
    AIF->spew("$nginx->{dir}/html/ssi/1",
              '<!--#include virtual="/page/3" -->');
    AIF->spew("$nginx->{dir}/html/large", large());

    return $nginx->start;
}

sub large { source(1) . '<!-- ' . 'x' x 400_000 . ' -->' }


# Pages that a file can't be.

sub odd {
    return Origin->start(AIF->port(3), sub {
        my ($request, $client) = @_;
        my ($how, $n) = $request->{path} =~ m{^/(\w+)/(\d+)};

        $client->answer(body => source($n), headers => ['ETag: "1"'],
                        $how eq 'cut' ? (cut => 200)
                        : $how eq 'slow' ? (pieces => [100], delay => 0.5)
                        : (pieces => 50, chunked => 1, delay => 0.001));
    });
}


sub conf { <<'END' }
    ai_zone shop:2m;
    ai_engine first {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        timeout 700ms; queue 64; concurrency 4;
    }
    ai_engine second {
        protocol libretranslate; url http://127.0.0.1:%%PORT_1%%;
        timeout 700ms; queue 64; concurrency 4;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    ai_hold 200ms;
    ai_incomplete mixed=1;
    ai_buffer_size 256k;
    ai_valid 3s;
    keepalive_requests 1000;
    gzip on; gzip_min_length 1; gzip_types text/html; gzip_proxied any;
    upstream shop { server 127.0.0.1:%%PORT_2%%; keepalive 8; }
    upstream odd { server 127.0.0.1:%%PORT_3%%; }
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_filter on;
        ai_translate first second;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Accept-Encoding "";
        location / { proxy_pass http://shop; }
        location /gz/ { proxy_pass http://shop/gz/page/;
                        proxy_set_header Accept-Encoding gzip; }
        location /ssi/ { proxy_pass http://shop; ssi on; }
        location /wait/ { proxy_pass http://shop/page/; ai_wait 200ms; }
        location /off/ { proxy_pass http://shop/page/; ai_filter off; }
        location /cut/ { proxy_pass http://odd; }
        location /slow/ { proxy_pass http://odd; }
        location /drip/ { proxy_pass http://odd; proxy_buffering off; }
        location = /status { ai_status; }
    }
END


# --- visitors --------------------------------------------------------------

# What they do, how often, and what must come.

my @kinds = (
    [page    => 40, sub { visit($_[0], "/es/page/$_[1]", n => $_[1]) }],
    [source  => 8,  sub { visit($_[0], "/page/$_[1]", n => $_[1]) }],
    [off     => 3,  sub { visit($_[0], "/off/$_[1]", n => $_[1]) }],
    [wait    => 8,  sub { visit($_[0], "/es/wait/$_[1]", n => $_[1]) }],
    [drip    => 2,  sub { visit($_[0], "/es/drip/$_[1]", n => $_[1]) }],
    [ssi     => 4,  sub { visit($_[0], '/es/ssi/1', n => 3) }],
    [gzip    => 4,  sub { visit($_[0], "/es/gz/$_[1]", n => $_[1],
                                headers => ['Accept-Encoding: gzip']) }],
    [inflate => 4,  sub { visit($_[0], "/es/gz/$_[1]", n => $_[1]) }],
    [deflate => 4,  sub { visit($_[0], "/es/page/$_[1]", n => $_[1],
                                headers => ['Accept-Encoding: gzip']) }],
    [head    => 4,  sub { visit($_[0], "/es/page/$_[1]", method => 'HEAD') }],
    [range   => 3,  sub { visit($_[0], "/es/page/$_[1]", n => $_[1],
                                headers => ['Range: bytes=0-4']) }],
    [post    => 4,  sub { visit($_[0], "/es/page/$_[1]", method => 'POST',
                                status => 200, any => 1, body => 'a=b') }],
    [missing => 3,  sub { visit($_[0], '/es/gone', status => 404, n => 7) }],
    [moved   => 3,  sub { visit($_[0], '/es/moved/1', status => 302,
                                any => 1) }],
    [large   => 2,  sub { visit($_[0], '/es/large', is => large()) }],
    [asset   => 3,  sub { visit($_[0], '/es/asset/1', is => 'x' x 5000) }],
    [old     => 3,  sub { visit($_[0], "/es/page/$_[1]", n => $_[1],
                                version => '1.0') }],
    [slow    => 2,  sub { visit($_[0], "/es/slow/$_[1]", n => $_[1]) }],
    [cut     => 2,  sub { visit($_[0], "/es/cut/$_[1]", cut => $_[1]) }],
    [again   => 5,  \&again],
    [three   => 5,  \&three],
    [leave   => 4,  \&leave],
);


sub visitor {
    my ($port, $seed, $until) = @_;
    my $v = { port => $port, kinds => {}, requests => 0, retries => 0,
              failures => [] };
    my @lot = map { ($_) x $_->[1] } @kinds;
    my $begin = time;

    srand $seed;

    while (time < $until) {
        my $kind = $lot[rand @lot];

        # more pages are known as time goes by
        my $known = 10 + PAGES * (time - $begin) / ($until - $begin);
        my $n = 1 + int rand($known < PAGES ? $known : PAGES);

        my $wrong = eval { $kind->[2]->($v, $n) };
        $wrong = "died: $@" if $@;

        $v->{kinds}{ $kind->[0] }++;
        next unless defined $wrong;

        delete $v->{socket};
        push @{ $v->{failures} }, "$kind->[0]: $wrong";
        last if @{ $v->{failures} } == FAILURES;
    }

    return $v;
}


# One request on the kept connection; undef, or what was wrong.

sub visit {
    my ($v, $path, %arg) = @_;
    my $r = ask($v, $path, %arg);

    return "$path: $r->{error}" if $r->{error};
    return wrong($path, $r, %arg);
}


sub wrong {
    my ($path, $r, %arg) = @_;
    my $status = $arg{status} || 200;

    return "$path: status $r->{status}" if $r->{status} != $status;
    return if $arg{any} || ($arg{method} || '') eq 'HEAD';

    if (defined $arg{cut}) {
        return $r->{cut} && $r->{body} eq substr(source($arg{cut}), 0, 200)
               ? undef : "$path: not cut as it was";
    }

    return "$path: cut after " . length $r->{body} if $r->{cut};
    return $r->{body} eq $arg{is} ? undef : "$path: other bytes"
        if defined $arg{is};

    my $body = $r->{body};

    if (($r->{headers}{'content-encoding'} || '') eq 'gzip') {
        IO::Uncompress::Gunzip::gunzip(\$r->{body}, \$body)
            or return "$path: no gzip";
    }

    my $wrong = wrong_page($arg{n}, $body);

    return defined $wrong
           ? "$path: $wrong (" . ($r->{headers}{'x-ai'} || '') . ')' : undef;
}


# A tag that was given is confirmed, or there is another page.

sub again {
    my ($v, $n) = @_;
    my $r = ask($v, "/es/page/$n");

    return "$n: $r->{error}" if $r->{error};

    my $tag = $r->{headers}{etag} or return wrong($n, $r, n => $n);
    my $second = ask($v, "/es/page/$n", headers => ["If-None-Match: $tag"]);

    return "$n: $second->{error}" if $second->{error};
    return if $second->{status} == 304 && $second->{headers}{etag} eq $tag;
    return wrong($n, $second, n => $n);
}


# Three requests before the first answer.

sub three {
    my ($v, $n) = @_;
    my @n = map { 1 + ($n + $_) % PAGES } 0 .. 2;

    for my $try (1 .. 5) {
        my $s = connection($v, 1) or next;
        my $out = join '', map { request("/es/page/$_") } @n;
        my $buffer = '';

        syswrite $s, $out;

        for my $i (@n) {
            my $r = answer($s, \$buffer);

            # nginx closes an idle connection at a reload, also between two
            if ($r->{error} && $r->{before}) {
                delete $v->{socket};
                $v->{retries}++;
                last;
            }

            $v->{requests}++;
            return "$i of three: $r->{error}" if $r->{error};
            my $wrong = wrong($i, $r, n => $i);
            return $wrong if defined $wrong;
            return if $i == $n[2];
        }
    }

    return 'three: no answer after five tries';
}


# Asks and goes away, before or in the middle of the answer.

sub leave {
    my ($v, $n) = @_;
    my $s = connection($v, 1) or return;

    syswrite $s, request($n % 2 ? '/es/large' : "/es/wait/$n");

    sleep rand 0.05;
    sysread $s, my $some, 100 if $n % 3 == 0;

    delete $v->{socket};
    close $s;

    return;
}


sub request {
    my ($path, %arg) = @_;
    my $method = $arg{method} || 'GET';
    my $version = $arg{version} || '1.1';
    my @fields = ("$method $path HTTP/$version", 'Host: shop',
                  @{ $arg{headers} || [] });

    push @fields, 'Content-Length: ' . length $arg{body} if $arg{body};

    return join("\r\n", @fields, '', '') . ($arg{body} || '');
}


sub connection {
    my ($v, $new) = @_;

    delete $v->{socket} if $new;
    $v->{socket} ||= IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $v->{port},
                                           Timeout => 10);
    return $v->{socket};
}


sub ask {
    my ($v, $path, %arg) = @_;
    my $r;

    for my $try (1 .. 5) {
        my $s = connection($v, $try > 1) or return { error => "connect: $!" };
        my $buffer = '';

        local $SIG{PIPE} = 'IGNORE';
        syswrite $s, request($path, %arg);

        $r = answer($s, \$buffer, $arg{method}, defined $arg{cut});
        $v->{requests}++;

        delete $v->{socket} if $r->{error} || $r->{last};
        last unless $r->{error} && $r->{before};
        $v->{retries}++;
    }

    return $r;
}


# Reads one answer; "before": the connection ended before its first byte.

sub answer {
    my ($s, $buffer, $method, $cut) = @_;
    my $r = { headers => {}, body => '', cut => 0 };

    while ($$buffer !~ /\r\n\r\n/) {
        my $n = more($s, $buffer);
        return { error => 'no answer in 20 s' } unless defined $n;
        return { error => 'closed in the header', before => !length $$buffer }
            unless $n;
    }

    $$buffer =~ s/\A(.*?)\r\n\r\n//s;
    my ($line, @fields) = split /\r\n/, $1;

    ($r->{status}) = $line =~ m{^HTTP/1\.1 (\d+)}
        or return { error => "no status: $line" };
    /^([^:]+):\s*(.*)/ and $r->{headers}{lc $1} = $2 for @fields;

    my $h = $r->{headers};
    $r->{last} = ($h->{connection} || '') eq 'close';

    return $r if ($method || '') eq 'HEAD' || $r->{status} == 304;

    if (($h->{'transfer-encoding'} || '') eq 'chunked') {
        while (1) {
            if ($$buffer =~ /\A([0-9a-fA-F]+)\r\n/
                && length $$buffer >= length($1) + 4 + hex $1)
            {
                my ($size, $head) = (hex $1, length($1) + 2);
                $r->{body} .= substr $$buffer, $head, $size;
                substr $$buffer, 0, $head + $size + 2, '';
                return $r if $size == 0;
                next;
            }
            more($s, $buffer) or last;
        }

        # what there is of a chunk that was cut
        $$buffer =~ s/\A[0-9a-fA-F]+\r\n// and $r->{body} .= $$buffer;
        $r->{cut} = $r->{last} = 1;
        return $r;
    }

    my $length = $h->{'content-length'};

    while (!defined $length || length $$buffer < $length) {
        more($s, $buffer) or last;
    }

    $r->{body} = defined $length ? substr $$buffer, 0, $length, ''
                                 : $$buffer;
    $r->{cut} = defined $length && length $r->{body} < $length;
    $r->{last} = 1 if !defined $length || $r->{cut};

    return $r;
}


sub more {
    my ($s, $buffer) = @_;

    IO::Select->new($s)->can_read(20) or return;

    return sysread($s, $$buffer, 65536, length $$buffer) || 0;
}


# --- the run ---------------------------------------------------------------

sub run {
    my ($self, %arg) = @_;
    my $begin = time;
    my $until = $begin + $arg{seconds};
    my $seed = $arg{seed} || $$;
    my %sum = (requests => 0, retries => 0, kinds => {}, failures => [],
               memory => []);
    my %reader;

    for my $i (1 .. $self->{clients}) {
        pipe my $read, my $write or die "pipe: $!";
        my $pid = fork;
        die "fork: $!" unless defined $pid;

        if ($pid == 0) {
            my $v = visitor($self->{nginx}{port}, $seed + $i, $until);
            print {$write} map("$_ $v->{kinds}{$_}\n", keys %{ $v->{kinds} }),
                "*requests $v->{requests}\n*retries $v->{retries}\n",
                map { s/[\r\n]+/ /g; "!$_\n" } @{ $v->{failures} };
            close $write;
            POSIX::_exit(0);
        }

        close $write;
        $reader{$pid} = $read;
    }

    my ($fault, $reload, $sample, $faults) = ($begin, $begin, $begin, 0);

    while (time < $until) {
        sleep 0.1;
        my $now = time;

        if ($arg{fault} && $now - $fault >= $arg{fault}) {
            $fault = $now;
            eval { $self->{engine}->mode($faults[++$faults % @faults]) };
        }

        if ($arg{reload} && $now - $reload >= $arg{reload}) {
            $reload = $now;
            kill HUP => $self->{nginx}{pid};
        }

        if ($now - $sample >= $arg{seconds} / 20) {
            $sample = $now;
            push @{ $sum{memory} }, $self->memory;
            $arg{progress}->($now - $begin, $sum{memory}[-1])
                if $arg{progress};
        }
    }

    for my $pid (keys %reader) {
        my $fh = $reader{$pid};

        while (<$fh>) {
            chomp;
            /^!(.*)/ ? push @{ $sum{failures} }, $1
            : /^\*(\w+) (\d+)/ ? $sum{$1} += $2
            : /^(\w+) (\d+)/ && ($sum{kinds}{$1} += $2);
        }

        waitpid $pid, 0;
        push @{ $sum{failures} }, "a visitor ended with $?" if $?;
    }

    $self->{engine}->mode('');

    return \%sum;
}


# kB: of the master, of the workers (the sum), and used of the zone

sub memory {
    my $self = shift;
    my ($master, @workers) = map {
        -r "/proc/$_/status"
            && AIF->slurp("/proc/$_/status") =~ /^RssAnon:\s+(\d+)/m ? $1 : 0
    } $self->{nginx}{pid}, $self->{nginx}->workers;

    my $sum = 0;
    $sum += $_ for @workers;

    my $status = eval { $self->{nginx}->get('/status')->{body} } || '';
    my ($size, $free) = $status
                        =~ /"zone":\{.*?"size":(\d+).*?"free":(\d+)/s;

    return { master => $master, workers => $sum,
             zone => defined $free ? ($size - $free) / 1024 : undef };
}


1;
