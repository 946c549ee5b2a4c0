#!/usr/bin/env perl

# Guards against: a widget that a keyboard can't use, that a screen reader can't
# follow, that a strict Content-Security-Policy stops, or that takes text for
# markup; a form that needs the script.  Seen to fail with innerHTML for the
# answer, with a label that belongs to nothing, and with a style attribute.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Browser;
use AIF::Nginx;
use JSON::PP ();
use Origin;
use Test::More;

my $lacks = AIF::Browser->lacks('judges');
plan skip_all => $lacks if $lacks;

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $body = JSON::PP::decode_json($request->{body});
    my $said = JSON::PP::decode_json($body->{messages}[1]{content});
    my @pieces = $said->{question} =~ /boss/ ? ('NOT', '_FOUND')
        : $said->{history} ? ('As said, ', '30 days', '.')
        : ('You have ', '30 days', ' [1] for "A <i>B".');

    $client->answer(type => 'text/event-stream', body => join '', (map {
        'data: ' . JSON::PP::encode_json({ choices => [{ index => 0,
            delta => { content => $_ }, finish_reason => undef }] }) . "\n\n"
    } @pieces), qq(data: {"choices":[{"index":0,"delta":{},)
        . qq("finish_reason":"stop"}]}\n\ndata: [DONE]\n\n));
});

my $form = <<'END';
<form class="ai-assistant" action="/ai/ask" method="post">
<label for="ai-question">Ask about this product</label>
<textarea id="ai-question" name="question" maxlength="500" rows="2"
          required></textarea>
<input type="hidden" name="page" value="/product/1">
<button>Ask</button>
</form>
END

my $shop = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my $script = $request->{path} =~ /bare/ ? ''
        : '<script src="/widget/assistant.js" defer></script>';

    $client->answer(body => '<!DOCTYPE html><html lang="en"><head><title>A '
        . '&lt;i>B</title><link rel="stylesheet" href="/widget/assistant.css">'
        . "<link rel=\"icon\" href=\"data:,\">$script</head><body><main><h1>A "
        . "&lt;i>B</h1><p>You may return it within 30 days.</p>$form</main>"
        . '</body>'
        . '</html>');
});

my $nginx = AIF::Nginx->new(name => 'nginx-widget', http => <<END)->start;
    ai_zone shop:8m;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_locales en es;
    types { text/css css; application/javascript js; }
    add_header Content-Security-Policy "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; img-src data:";
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_filter on;
        }
        location /widget/ { root $AIF::top/conf.example; }
        location = /ai/ask {
            ai_assistant engine=chat contact=help\@shop.example;
        }
    }
END

my $axe = AIF::Browser::made('judges') . '/node_modules/axe-core/axe.min.js';
my $at = "http://127.0.0.1:$nginx->{port}";
my $said = '.ai-assistant-said';

# asked by keyboard, twice, and what nobody can answer

my $seen = AIF::Browser->drive(
    { settle => 300 }, { open => "$at/product/1" },
    { axe => $axe },
    { fill => ['#ai-question', 'How <b>long</b>?'] }, { press => 'Enter' },
    { await => '.ai-assistant-sources' },
    { read => [".ai-assistant-question", '.ai-assistant-answer',
               '.ai-assistant-sources', '.ai-assistant-sources a@href',
               '.ai-assistant-said i@*', '[role=log]@aria-busy'] },
    { axe => $axe },
    { fill => ['#ai-question', 'Again?'] }, { press => 'Enter' },
    { await => "$said:nth-of-type(2) .ai-assistant-sources" },
    { read => ["$said:nth-of-type(2) .ai-assistant-answer"] },
    { fill => ['#ai-question', 'The boss?'] }, { press => 'Enter' },
    { await => "$said a[href^='mailto:']" },
    { read => ["$said:nth-of-type(3) .ai-assistant-answer"] },
    { axe => $axe });

my @steps = @{ $seen->{steps} };

is_deeply($seen->{complaints}, [], 'console clean, under a strict policy');
is_deeply($steps[2], [], 'axe: nothing before');
is_deeply($steps[6], { '.ai-assistant-question' => 'How <b>long</b>?',
    '.ai-assistant-answer' => 'You have 30 days for "A <i>B".',
    '.ai-assistant-sources' => 'Sources: A <i>B',
    '.ai-assistant-sources a@href' => '/product/1',
    '.ai-assistant-said i@*' => 0, '[role=log]@aria-busy' => 'false' },
    'an answer, as text, with its source');
is_deeply($steps[7], [], 'axe: nothing with an answer');
is_deeply([values %{ $steps[11] }], ['As said, 30 days.'],
          'what was said goes along');
like((values %{ $steps[15] })[0], qr/^I could not find/, 'a hand-over');
is_deeply($steps[16], [], 'axe: nothing with a contact');

# without the script

$seen = AIF::Browser->drive(
    { settle => 300 }, { open => "$at/bare/product" },
    { fill => ['#ai-question', 'How long?'] }, { click => 'button' },
    { await => 'main h2' }, { read => ['h1', 'main p', 'url'] },
    { axe => $axe });

is($seen->{steps}[5]{h1}, 'How long?', 'a form is answered by a page');
like($seen->{steps}[5]{'main p'}, qr/You have 30 days/, 'with the answer');
is_deeply($seen->{steps}[6], [], 'axe: nothing there');
is_deeply($seen->{complaints}, [], 'console clean');

is_deeply([$nginx->complaints], [], 'nothing in the log');

done_testing;
