package AIF::Shop;

# A small shop for tests of what happens between nginx and the engine: pages
# that are files, their translations, an nginx in front, and crowds of clients.
#
#     my $engine = ScriptedEngine->start(AIF->port(1));
#     my $shop = AIF::Shop->new(engine => 'timeout 1s;', workers => 2);
#     $shop->page('red', 40);                   # /red.html, 40 fragments
#     $shop->start;
#     my $r = $shop->get('/es/red.html');       # ai_wait 0
#     $r = $shop->get('/es/wait/red.html');     # ai_wait 5s
#     is($r->{body}, $shop->translated('red'));
#
# "engine" is what ai_engine's block has besides protocol, url and model; with
# "backup" there is a second engine, on the slot's third port.  /plain/ is the
# same without a filter, /status what ai_status says.

use strict;
use warnings;

use parent 'AIF::Nginx';

use AIF ();
use AIF::HTTP ();
use Encode qw(encode);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use ScriptedEngine ();
use Time::HiRes qw(sleep time);


sub new {
    my ($class, %arg) = @_;

    my $engine = delete $arg{engine} || '';
    my $backup = delete $arg{backup};
    my $wait = delete $arg{wait} || '5s';
    my $http = delete $arg{http} || '';
    my $server = delete $arg{server} || '';
    my $listen = delete $arg{listen} || '';
    my $protocol = delete $arg{protocol} || 'openai';
    my $path = $protocol eq 'openai' ? '/v1' : '';

    my $second = !defined $backup ? '' : <<END;
    ai_engine backup {
        protocol openai; url http://127.0.0.1:%%PORT_3%%/v1; model spare;
        $backup
    }
END
    my $engines = defined $backup ? 'scripted backup' : 'scripted';

    return $class->SUPER::new(name => 'shop', %arg, pages => {},
                              http => <<END);
    ai_zone shop:8m;
    ai_engine scripted {
        protocol $protocol; url http://127.0.0.1:%%PORT_1%%$path; model test;
        $engine
    }
$second
    types { text/html html; }
    log_format reasons '\$request \$ai_reason';
    $http
    server {
        listen 127.0.0.1:%%PORT%% $listen;
        root %%DIR%%/html;
        ai_locales en es;
        ai_locale uri;
        ai_translate $engines;
        ai_header X-Ai;
        add_header X-Pid \$pid;
        access_log %%DIR%%/logs/reasons.log reasons;
        $server
        location / { ai_filter on; }
        location /wait/ { alias %%DIR%%/html/; ai_filter on; ai_wait $wait; }
        location /plain/ { alias %%DIR%%/html/; }
        location /slow/ { alias %%DIR%%/html/; limit_rate 1k; }
        location /status { ai_status; }
    }
END
}


sub write_conf {
    my ($self, @arg) = @_;

    $self->SUPER::write_conf(@arg);

    if ($self->{connections}) {
        my $conf = AIF->slurp("$self->{dir}/nginx.conf");
        $conf =~ s/worker_connections \d+/worker_connections $self->{connections}/;
        AIF->spew("$self->{dir}/nginx.conf", $conf);
    }
}


# A page of $n fragments, no two alike, nor like those of other pages.

sub page {
    my ($self, $name, $n) = @_;

    my @texts = map { "Shirt of $name and " . word($_) } 1 .. $n;

    $self->{pages}{$name} = \@texts;
    AIF->spew("$self->{dir}/html/$name.html", html(@texts));

    return $self;
}


sub word { join '', map { chr(ord('a') + $_) } split //, $_[0] }

sub html { join '', '<!doctype html>', (map "<p>$_</p>\n", @_) }


sub original { html(@{ $_[0]{pages}{$_[1]} }) }

sub translated {
    encode('UTF-8', html(map { ScriptedEngine::rewrite($_) }
                         @{ $_[0]{pages}{$_[1]} }));
}


sub status {
    my $self = shift;
    return JSON::PP->new->decode($self->get('/status')->{body});
}


# What the status says about an engine.

sub engine {
    my ($self, $name) = @_;
    return $self->status->{engines}{ $name || 'scripted' };
}


# The reason of the last page asked for under a path; waits for it to be logged.

sub reason {
    my ($self, $path) = @_;
    my $file = "$self->{dir}/logs/reasons.log";

    return $self->wait_for(sub {
        my @lines = -f $file ? AIF->slurp($file) =~ /^GET \Q$path\E HTTP\S+ (\S+)$/mg : ();
        return $lines[-1];
    }, 2);
}


# $shop->warm('red', 6): true when the page is there whole in so many seconds.

sub warm {
    my ($self, $name, $seconds) = @_;

    return $self->wait_for(sub {
        $self->get("/es/$name.html")->{body} eq $self->translated($name)
    }, $seconds || 5);
}


# $shop->crowd($path, $n, $seconds): the answers to $n clients who come at the
# same time.

sub crowd {
    my ($self, $path, $n, $seconds) = @_;

    my (%client, @answers);
    my $select = IO::Select->new;
    my $deadline = time + ($seconds || 10);

    for (1 .. $n) {
        my $s = $self->connect($path);
        $select->add($s);
        $client{$s} = '';
    }

    while ($select->count && time < $deadline) {
        for my $s ($select->can_read($deadline - time)) {
            my $read = sysread $s, $client{$s}, 65536, length $client{$s};
            next if $read;

            $select->remove($s);
            push @answers, AIF::HTTP::parse(delete $client{$s});
        }
    }

    return @answers;
}


# A socket on which a request was sent.

sub connect {
    my ($self, $path) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $self->{port})
        or die "connect: $!\n";

    print {$s} "GET $path HTTP/1.1\r\nHost: localhost\r\n"
               . "Connection: close\r\n\r\n";
    $s->flush;

    return $s;
}


1;
