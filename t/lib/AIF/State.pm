package AIF::State;

# For tests of pages with state: an nginx before an origin whose answers are
# given by their paths, and what a text becomes.
#
#     my $shop = AIF::State->new('/a' => [type => 'text/html', body => ...]);
#     my $r = $shop->warm('/a');              # asked for until it is whole
#     is($r->{body}, AIF::State->es($page));  # {{a text}} is its translation

use strict;
use warnings;

use parent 'AIF::Nginx';

use AIF ();
use Encode qw(encode);
use Origin ();
use ScriptedEngine ();


sub new {
    my ($class, $json, %answers) = @_;

    my $origin = Origin->start(AIF->port(2), sub {
        my ($request, $client) = @_;
        my ($path) = $request->{path} =~ /^([^?]*)/;

        $client->answer(headers => ['Cache-Control: max-age=60', 'ETag: "o"',
                                    'Vary: RSC'],
                        @{ $answers{$path} || [status => 404] });
    });
    my $engine = ScriptedEngine->start(AIF->port(1));

    my $self = $class->SUPER::new(name => 'state', http => <<"END")->start;
    ai_zone shop:8m;
    ai_engine scripted {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    ai_locale uri;
    ai_header X-Ai;
    server {
        listen 127.0.0.1:%%PORT%%;
        ai_translate scripted;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
            $json
        }
        location /nokeys/ {
            proxy_pass http://127.0.0.1:%%PORT_2%%/;
            ai_filter on;
        }
    }
END

    $self->{parts} = [$origin, $engine];

    return $self;
}


# The first answer must be the shop's own; returned is the one that is whole.

sub warm {
    my ($self, $path) = @_;

    $self->{first} = $self->get("/es$path");

    return $self->wait_for(sub {
        my $r = $self->get("/es$path");
        return $r->{headers}{'x-ai'} =~ /HIT/ ? $r : undef;
    }) || $self->get("/es$path");
}


# {{text}} to its translation, or to itself for the page as the shop sends it.

sub es {
    my ($class, $page) = @_;
    $page =~ s/\{\{(.*?)\}\}/encode('UTF-8', ScriptedEngine::rewrite($1))/ges;
    return $page;
}


sub en {
    my ($class, $page) = @_;
    $page =~ s/\{\{(.*?)\}\}/$1/gs;
    return $page;
}


1;
