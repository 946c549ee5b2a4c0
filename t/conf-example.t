#!/usr/bin/env perl

# Guards against: an example that nginx refuses, that does not do what it says,
# or that lacks a directive.  Each is tried with "nginx -t" as it is, but for
# addresses and files, which this machine has not; one for PHP and those for
# proxies also with a page.  Seen to fail with a directive misspelt, and with
# "ai_filter" left out of woocommerce.conf.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use IO::Select;
use IO::Socket::INET;
use Origin;
use ScriptedEngine;
use Test::More;

my $dir = AIF->scratch('conf-example');
my @examples = sort glob "$AIF::top/conf.example/*.conf";

AIF->spew("$dir/ai.key", "secret\n");
chmod 0600, "$dir/ai.key";
AIF->spew("$dir/ai-segment.key", "0123456789abcdef0123456789abcdef\n");
chmod 0600, "$dir/ai-segment.key";
AIF->spew("$dir/ai-users", "shop:{PLAIN}open sesame\n");
chmod 0755, $dir;
symlink "$AIF::top/conf.example", "$dir/example";
mkdir "$dir/www";
AIF->spew("$dir/www/index.php", '');
AIF->spew("$dir/fastcgi_params", <<'END');
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param REQUEST_URI $request_uri;
END

# This machine's own: ports, files, and a translator that is there.

sub here {
    my ($text, $secure) = @_;

    for ($text) {
        s/listen +(?:127\.0\.0\.1:)?\d+;/listen 127.0.0.1:%%PORT%%;/g;
        s{http://127\.0\.0\.1:(?:3000|8081)}{http://127.0.0.1:%%PORT_2%%}g;
        s{https?://(?:127\.0\.0\.1:8000|llm\.example\.com)/v1}
         {http://127.0.0.1:%%PORT_1%%/v1}g;
        s{http://127\.0\.0\.1:2737}{http://127.0.0.1:%%PORT_1%%}g;
        s{/etc/nginx/ai\b}{$dir/ai}g;
        s{/usr/share/nginx/ai\b}{$dir/example}g;
        s{/var/log/nginx/}{$dir/};
        s{include +fastcgi_params}{include $dir/fastcgi_params}g;
        s{/var/www/[\w/]+}{$dir/www}g;
        s{unix:/run/php/php-fpm\.sock}{127.0.0.1:%%PORT_3%%}g;
        s/ai_private +anonymous/$& cookie=probe/;
    }

    return $text;
}

cmp_ok(@examples, '>=', 6, 'there are examples');

for my $file (@examples) {
    my ($name) = $file =~ m{([^/]+)\.conf$};
    my ($ok, $said) = AIF::Nginx->new(name => "example-$name",
        http => here(AIF->slurp($file)))->test;

    ok($ok, "nginx -t takes $name.conf") or diag $said;
    unlike($said, qr/\[(?:warn|error)\]/, '... without a warning');
}

# a page through each of those that a proxy or PHP is behind

my $body = '<html><head><title>Shop</title></head><body><p>A shirt for summer'
           . '</p><span class="sku">A shirt</span></body></html>';

my $origin = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    $client->answer(type => 'text/html; charset=utf-8', body => $body);
});
my $engine = ScriptedEngine->start(AIF->port(1));
my $es = ScriptedEngine::rewrite('A shirt for summer');
utf8::encode($es);

my $parent = $$;
my $php = fork // die "fork: $!\n";
if (!$php) {
    fastcgi(AIF->port(3), $body);
    POSIX::_exit(0);
}

for my $name (qw(shop customers next woocommerce magento
                prestashop)) {
    my $nginx = AIF::Nginx->new(name => "page-$name", http =>
        here(AIF->slurp("$AIF::top/conf.example/$name.conf")))->start;

    my $r = $nginx->get('/a-shirt');
    like($r->{body}, qr/A shirt for summer/, "$name: the shop's own page");

    ok($nginx->wait_for(sub {
        $r = $nginx->get('/es/a-shirt', 'Cookie: probe=1');
        $r->{body} =~ /\Q$es\E/
    }), "$name: and in Spanish") or diag $r->{raw};
    like($r->{body}, qr/lang="es"/, "$name: says so");

    if ($name eq 'customers') {
        is($nginx->get("/ai/$_")->{status}, 401, "$_: not for everybody")
            for qw(segment insights copy);
        is($nginx->get('/ai/ask')->{status}, 405, 'questions are posted');
        like($nginx->get('/widget/assistant.js')->{headers}{'content-type'},
             qr/javascript/, 'the form for them has its script');
    }

    $nginx->stop;
    is_deeply([$nginx->complaints], [], "$name: the log has no complaint");
}

kill TERM => $php;
waitpid $php, 0;

done_testing;


# PHP-FPM, as far as nginx sees it: one page for whoever asks.

sub fastcgi {
    my ($port, $body) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64,
                                       LocalPort => $port, ReuseAddr => 1)
        or return;

    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);

    my $out = "Content-Type: text/html; charset=utf-8\r\n\r\n$body";

    while (getppid == $parent) {
        IO::Select->new($listen)->can_read(1) or next;
        my $s = $listen->accept or next;

        # records until the empty one of the body
        while (read($s, my $head, 8) == 8) {
            my ($version, $type, $id, $len, $pad) = unpack 'CCnnC', $head;
            read $s, my $content, $len + $pad if $len + $pad;
            last if $type == 5 && $len == 0;
        }

        my $pad = -length($out) % 8;
        print {$s} pack('CCnnCx', 1, 6, 1, length $out, $pad), $out,
                   "\0" x $pad, pack('CCnnCx', 1, 6, 1, 0, 0),
                   pack('CCnnCx NCx3', 1, 3, 1, 8, 0, 0, 0);
        close $s;
    }
}
