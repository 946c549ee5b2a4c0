package ScriptedEngine;

# A translation service that does what a test tells it, good or bad:
# t/lib/engine is the server, this module starts and asks it, and knows what it
# answers.
#
#     use AIF;
#     use ScriptedEngine;
#
#     my $engine = ScriptedEngine->start($ENV{TEST_NGINX_PORT_1});
#     # ai_engine: type openai;         url $engine->url . '/v1'
#     #            type libretranslate; url $engine->url
#     #            type apertium;       url $engine->url
#
#     $engine->mode('status=500;');     # one 500, then right answers again
#     is($engine->count('max'), 1, 'no text was sent twice');
#     is(ScriptedEngine::rewrite('Blue shirt'), "Bl\x{fa}\x{e9} sh\x{ed}rt");
#
# The server ends with this process, whichever way it ends.  Modes are listed
# in t/lib/engine.  Only Perl's own modules are used.

use strict;
use warnings;
use feature 'unicode_strings';

use Encode ();
use File::Basename ();
use IO::Socket::INET;
use JSON::PP ();
use POSIX ();
use Time::HiRes ();

our $top = File::Basename::dirname(__FILE__);

my %running;


# start($port, %opt): host (127.0.0.1), mode (as for mode()), log (a file for
# what the server has to say; /dev/null).  Dies if it doesn't answer in 10 s.

sub start {
    my ($class, $port, %opt) = @_;

    my $self = bless { port => $port, host => $opt{host} || '127.0.0.1',
                       owner => $$ }, $class;

    my $pid = fork;
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        my $log = $opt{log} || '/dev/null';

        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $log;
        open STDERR, '>>', $log;

        # no die: this process has its parent's END blocks
        { no warnings 'exec';
          exec $^X, "$top/engine", '--parent', $self->{owner}, $self->{host},
               $port; }
        POSIX::_exit(127);
    }

    $self->{pid} = $pid;
    $running{$pid} = $self;

    for my $try (1 .. 200) {
        last if eval { $self->ask('GET', '/count'); 1 };

        if (waitpid($pid, 1) == $pid) {
            delete $running{$pid};
            die "the scripted engine did not start on port $port\n";
        }

        $try < 200 or die "the scripted engine does not answer\n";
        Time::HiRes::sleep(0.05);
    }

    $self->mode($opt{mode}) if defined $opt{mode};

    return $self;
}


sub stop {
    my $self = shift;

    my $pid = delete $self->{pid} or return;
    return unless $self->{owner} == $$;

    delete $running{$pid};
    kill 'TERM', $pid;
    waitpid $pid, 0;
}


# Other ENDs look at $?, so it is kept.

END {
    local $?;
    for my $engine (values %running) {
        $engine->stop if $engine->{owner} == $$;
    }
}


sub url  { "http://$_[0]{host}:$_[0]{port}" }
sub port { $_[0]{port} }
sub pid  { $_[0]{pid} }


# What follows from now on; '' is right answers.

sub mode {
    my ($self, $mode) = @_;

    my ($status, $body) = $self->ask('POST', '/control', "mode=$mode");
    $status == 200 or die "mode '$mode': $body";
}


# Forgets what was counted and logged; the mode stays.

sub reset { $_[0]->ask('POST', '/reset'); return }


# count() is a hash: requests, texts (sent in all), distinct (texts), max (how
# often the most frequent text was sent), inflight (requests being answered),
# peak (most at a time), connections.  count('max') is one of them.

sub count {
    my ($self, $what) = @_;

    my ($status, $body) = $self->ask('GET', '/count');
    my %count = $body =~ /^(\w+) (\d+)$/mg;

    return defined $what ? $count{$what} : \%count;
}


# A hash: text (characters) to how often it was sent.

sub log {
    my $self = shift;

    return JSON::PP->new->utf8->decode(($self->ask('GET', '/log.json'))[1]);
}


# All requests so far, in order, as hashes: dialect, path, source, target,
# texts, mode; of chat completions also system and user, what they were told, and
# form, how they are to answer;
# and "headers", lower-case names to values.

sub requests {
    my $self = shift;

    return JSON::PP->new->utf8->decode(($self->ask('GET', '/requests'))[1]);
}


# Waits until count($what) is at least $n, or returns false after $seconds.

sub wait_for {
    my ($self, $what, $n, $seconds) = @_;

    my $until = Time::HiRes::time() + ($seconds || 5);

    while ($self->count($what) < $n) {
        return 0 if Time::HiRes::time() > $until;
        Time::HiRes::sleep(0.02);
    }

    return 1;
}


# One HTTP request; ($status, $body), or dies.

sub ask {
    my ($self, $method, $path, $body, $type) = @_;

    $body = '' unless defined $body;
    $type ||= 'text/plain';

    my $s = IO::Socket::INET->new(PeerAddr => $self->{host},
                                  PeerPort => $self->{port}, Timeout => 5)
        or die "the scripted engine refuses connections: $@\n";

    print {$s} "$method $path HTTP/1.1\r\nHost: $self->{host}\r\n"
               . "Connection: close\r\nContent-Type: $type\r\n"
               . 'Content-Length: ' . length($body) . "\r\n\r\n$body";

    my $answer = do { local $/; <$s> };

    defined $answer && $answer =~ m{^HTTP/1\.1 (\d+).*?\r\n\r\n(.*)\z}s
        or die "no answer of the scripted engine\n";

    return ($1, $2);
}


# --- what it answers -------------------------------------------------------

# Words that name a currency or a share stay; so does any word that follows a
# number (it may be its unit).

my %kept = map { $_ => 1 } qw(
    usd eur gbp jpy chf cad aud nzd cny rmb inr krw brl mxn sek nok dkk pln czk
    huf ron rub try zar sgd hkd rs kr ft lei euro euros dollar dollars pound
    pounds yen yuan rupee rupees cent cents percent per won peso pesos franc
    francs
);

$kept{"z\x{142}"} = $kept{"k\x{10d}"} = 1;

my %accent;
@accent{split //, 'aeiouAEIOU'} = map { chr }
    0xe1, 0xe9, 0xed, 0xf3, 0xfa, 0xc1, 0xc9, 0xcd, 0xd3, 0xda;


# rewrite($text) is the translation of a canonical text, in characters.  Vowels
# a e i o u get an acute; a word without any gets U+02BC behind it, so that
# every word changes, in any script.  Placeholders, &amp; &lt; &gt;, tokens with
# digits and the word behind them (not behind a %), addresses, {names} and %s,
# and the words above stay as they are, and everything stays in its place.

sub rewrite {
    my $text = shift;

    my $out = '';
    my $number = 0;

    while (length $text) {

        if ($text =~ s{^(</?[gx]\d+/?>|&(?:amp|lt|gt);|\s+)}{}) {
            $out .= $1;
            next;
        }

        if ($text =~ s{^((?:https?://|www\.)[^\s<>]+|[^\s<>&;]+\@[^\s<>&;]+)}{}
            || $text =~ s/^(\$?%?\{+[^{}<>]*\}+)//
            || $text =~ s/^(%(?:\d+\$)?[a-zA-Z]\b)//
            || $text =~ s/^(:[a-z_]\w*)//
            || $text =~ s/^(\w+(?:\.\w+)+)//)
        {
            $out .= $1;
            $number = $1 =~ /\d$/;
            next;
        }

        if ($text =~ s{^([\p{L}_/.,#-]*\p{N}
                         [\p{L}\p{M}\p{N}_/.,\#%\x{b0}-]*)}{}x) {
            $out .= $1;
            $number = $1 !~ /[%\x{b0}]$/;      # their unit, they have
            next;
        }

        if ($text =~ s/^([\p{L}\p{M}]+(?:['\x{2019}][\p{L}\p{M}]+)*)//) {
            $out .= $number || $kept{lc $1} ? $1 : rewrite_word($1);
            $number = 0;
            next;
        }

        $text =~ s/^(.)//s;
        $out .= $1;

        $number = 0 if $1 =~ /[^\s.,x\x{d7}\x{b0}*\/+-]/;
    }

    return $out;
}


sub rewrite_word {
    my $word = shift;

    $word =~ s/([aeiouAEIOU])/$accent{$1}/g or $word .= "\x{2bc}";

    return $word;
}


# written($facts, $locale, $system): what the server writes of facts, which are
# lines "kind: value": a sentence, a title or points, by what it was told.

sub written {
    my ($facts, $locale, $system) = @_;

    my %fact;

    for (split /\n/, $facts) {
        my ($kind, $value) = /^(\w+): (.*)/ or next;
        push @{ $fact{$kind} }, $value;
    }

    my $name = ($fact{name} || $fact{text} || ['?'])->[0];
    my $brand = $fact{brand} ? " $fact{brand}[0]" : '';
    my @more = map { @{ $fact{$_} || [] } } qw(material attribute);
    my ($segment) = $system =~ /kind of customer: "([^"]+)"/;

    return "$name$brand" if $system =~ /page titles/;
    return $name if $system =~ /product's picture/;
    return join ' | ', $name, @more if $system =~ /key points/;

    my ($begin, $for) = @{ { es => ["Aqu\x{ed} est\x{e1}", 'para'],
                             de => ['Hier ist', "f\x{fc}r"],
                             en => ['Here is', 'for'] }->{$locale}
                           || ['', ''] };

    return join('', $begin, " $name$brand", @more ? ': ' : '',
                join(', ', @more), '.',
                $fact{price} ? " $fact{price}[0]." : '',
                $segment ? " $for $segment." : '');
}


# mark($text, $locale): the translation in the mode "mark".

sub mark { "[$_[1]] $_[0]" }


1;
