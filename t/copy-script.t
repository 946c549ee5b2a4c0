#!/usr/bin/env perl

# Guards against a CSV that a spreadsheet reads as something else, texts that
# are asked for and written twice after a break, a password in a command line,
# and a run that never ends.  Seen to fail with quotes that are not doubled,
# with a file that is not read before, and with a half line that stays.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use AIF;
use AIF::Nginx;
use JSON::PP ();
use Origin;
use Test::More;
use Time::HiRes qw(sleep);

plan skip_all => 'curl is not there'
    unless grep { -x "$_/curl" } split /:/, $ENV{PATH};

my $copy = "$AIF::top/scripts/copy";
my $dir = AIF->scratch('copy-files');
my $said = "$dir/asked";
my $mode = "$dir/mode";

AIF->spew($said, '');
AIF->spew($mode, '');

my $engine = Origin->start(AIF->port(1), sub {
    my ($request, $client) = @_;
    my $body = JSON::PP::decode_json($request->{body});
    my $mode = AIF->slurp($mode);

    open my $fh, '>>', $said or die "$said: $!\n";
    syswrite $fh, "x";
    close $fh;

    sleep 1 if $mode eq 'slow';

    my $variants = $body->{response_format}{json_schema}{schema}{properties}
                        {variants};
    my $fields = $variants->{items}{properties};
    my %one = map { ($_ => $fields->{$_}{type} eq 'array'
                     ? [ ('Soft, "light"') x $fields->{$_}{minItems} ]
                     : $_ eq 'body' && $fields->{subject} ? "=Soft\n\nlight"
                     : "Soft \x{e9}") }
                  keys %$fields;
    my $n = $variants->{minItems};

    $client->answer(type => 'application/json', body => JSON::PP::encode_json({
        choices => [{ index => 0, finish_reason => 'stop', message => {
            role => 'assistant', content => JSON::PP->new->encode(
                { variants => [ (\%one) x $n ] }) } }],
        usage => { prompt_tokens => $mode eq 'dear' ? 90000 : 10,
                   completion_tokens => 5 } }));
});

my $shop = Origin->start(AIF->port(2), sub {
    my ($request, $client) = @_;
    my ($id) = $request->{uri} =~ m{/product/(\d+)};

    return $client->answer(type => 'text/html; charset=utf-8', body => '<p>Hi')
        unless $id;
    $client->answer(type => 'text/html; charset=utf-8', body =>
        '<script type="application/ld+json">' . JSON::PP::encode_json({
            '@type' => 'Product', name => "Soft shirt $id", brand => 'Acme',
        }) . '</script>');
});

my $nginx = AIF::Nginx->new(name => 'copy-script', workers => 2,
                            http => <<'END');
    ai_zone shop:8m;
    ai_engine chat {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
    }
    ai_engine tight {
        protocol openai; url http://127.0.0.1:%%PORT_1%%/v1; model test;
        max_tokens 200; budget day=90000;
    }
    ai_locales en es;
    server {
        listen 127.0.0.1:%%PORT%%;
        server_name shop.example;
        location / {
            proxy_pass http://127.0.0.1:%%PORT_2%%;
            ai_translate chat; ai_filter on;
        }
        location = /ai/copy { ai_copy engine=chat users=%%DIR%%/users; }
        location = /ai/slow {
            ai_copy engine=chat users=%%DIR%%/users wait=200ms;
        }
        location = /ai/tight { ai_copy engine=tight users=%%DIR%%/users; }
    }
END

AIF->spew("$nginx->{dir}/users", "shop:{PLAIN}open \"sesame\\\n");
AIF->spew("$dir/user", "shop:open \"sesame\\\n");
$nginx->start;

my $base = 'http://127.0.0.1:' . AIF->port . '/ai';

sub sitemap {
    return '<?xml version="1.0"?><urlset>'
           . join('', map "<url><loc>http://shop.example$_</loc></url>", @_)
           . '</urlset>';
}

sub run {
    my ($args, %arg) = @_;
    my $where = $arg{at} || 'copy';
    my $rest = "$base/$where $dir/map.xml en es 2>$dir/err";
    my $out = `$copy --rate 500 --pause 0.3 --user $dir/user $args $rest`;
    return ($? >> 8, AIF->slurp("$dir/err"), $out);
}

# a reader of its own: fields in quotes or not, lines of CR LF

sub csv {
    my $text = shift;
    my (@lines, @line);

    while ($text =~ /\G("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gc) {
        my ($field, $end) = ($1, $2);
        $field =~ s/""/"/g if $field =~ s/^"(.*)"$/$1/s;
        push @line, $field;
        next if $end eq ',';
        push @lines, [@line];
        @line = ();
    }

    push @lines, ['rest'] if (pos($text) || 0) != length $text;
    return @lines;
}

sub calls { length AIF->slurp($said) }

AIF->spew("$dir/map.xml", sitemap('/product/1', '/product/2?a=b&amp;c=%20d',
                                  '/'));

# --- the estimate, and all

my ($status, $err, $out) = run('--kind google-ad,email --estimate');
is($status, 0, 'an estimate');
like($err, qr/^copy: 3 pages, 2 kinds, 2 locales: 0 done before, 12 to come/m,
     'says how much it is');
is(calls(), 0, 'and asks for nothing');

($status, $err, $out) = run('--kind google-ad,email -n 2');
is($status, 1, 'a page without facts');
like($err, qr/^copy: +4  HTTP 422: the page has too few facts/m, 'is told');
like($err, qr/^copy: 8 of 12 came, 64 lines, 12 requests/m, 'all others came');
is(calls(), 8, 'with one call each');

my @lines = csv($out);
is_deeply($lines[0], [qw(url kind locale variant field position text)],
          'the columns');
is(scalar @lines, 65, 'and the lines');
is_deeply($lines[1], ['http://shop.example/product/1', 'google-ad', 'en', 1,
                      'descriptions', 1, 'Soft, "light"'], 'the first');
my ($body) = grep { $_->[4] eq 'body' && $_->[3] == 2 } @lines;
is($body->[6], "'=Soft\n\nlight", 'lines in a text, and no formula');
is((grep { $_->[4] eq 'subject' } @lines)[0][6], "Soft \xc3\xa9", 'UTF-8');
is((grep { $_->[0] =~ /product.2/ } @lines)[0][0],
   'http://shop.example/product/2?a=b&c=%20d', 'an address with arguments');

($status, $err, $out) = run('--kind email --formulas -n 2');
is((grep { $_->[4] eq 'body' } csv($out))[0][6], "=Soft\n\nlight",
   'a formula if it is wanted');
is(calls(), 8, 'nginx kept them');

# --- a run that goes on

AIF->spew("$dir/map.xml", sitemap('/product/1'));
($status) = run("--kind push --output $dir/out.csv");
is($status, 0, 'one page into a file');
my $first = AIF->slurp("$dir/out.csv");
AIF->spew("$dir/out.csv", $first . 'http://shop.example/product/3,push,en,1,"bo');
AIF->spew("$dir/map.xml", sitemap(map "/product/$_", 1 .. 3));
($status, $err, $out) = run("--kind push --output $dir/out.csv");
is($status, 0, 'more of them');
like($err, qr/2 done before, 4 to come/, 'what is there is done');
is($out, '', 'nothing beside the file');
my $all = AIF->slurp("$dir/out.csv");
is(substr($all, 0, length $first), $first, 'it stays as it was');
@lines = csv($all);
is(scalar @lines, 1 + 3 * 2 * 2, 'what was written by half is written anew');
my %seen;
$seen{"@$_[0 .. 5]"}++ for @lines;
is((grep { $_ > 1 } values %seen), 0, 'and nothing twice');

AIF->spew("$dir/other.csv", "name,price\r\nShirt,3\r\n");
($status, $err) = run("--kind push --output $dir/other.csv");
is($status, 2, 'a file of something else');
is(AIF->slurp("$dir/other.csv"), "name,price\r\nShirt,3\r\n", 'is left alone');

# --- waiting, and what ends it

AIF->spew($mode, 'slow');
AIF->spew("$dir/map.xml", sitemap('/product/7'));
($status, $err) = run('--kind tiktok', at => 'slow');
is($status, 0, 'a slow engine') or diag $err;
($status, $err) = run('--kind meta-ad --tries 1', at => 'slow');
is($status, 1, 'or not so often');
like($err, qr/^copy: +2  HTTP 504: the texts are not there yet/m, 'is told');

AIF->spew($mode, 'dear');
($status, $err) = run('--kind tweet', at => 'tight');
is($status, 1, 'the budget is used up');
like($err, qr/budget is used up: the same command goes on/, 'is told');
like($err, qr/1 of 2 came, 1 lines, 2 requests/, 'and not asked for again');

AIF->spew($mode, '');
($status, $err) = run('--kind fax');
like($err, qr/HTTP 400: "kind" must be one of google-ad, /, 'an unknown kind');
($status, $err) = run('--kind push', at => 'none');
like($err, qr/^copy: +2  HTTP 200: no answer of ai_copy/m, 'another place');

AIF->spew("$dir/user", "shop:wrong\n");
($status, $err) = run('--kind push');
is($status, 2, 'a wrong password');
like($err, qr/HTTP 401/, 'is told');
AIF->spew("$dir/user", "shop\n");
($status, $err) = run('--kind push');
is($status, 2, 'none');

for my $bad ('', "--kind push $base/copy", "--kind push $base/copy $dir/map.xml",
             "--kind push $base/copy $dir/none.xml es",
             "$base/copy $dir/map.xml es", "--kind push copy $dir/map.xml es",
             "--kind push $base/copy $dir/map.xml 'e s'",
             "--kind push -n 0 $base/copy $dir/map.xml es")
{
    my $said = `$copy $bad 2>&1`;
    ok($? >> 8 == 2 && $said =~ /^copy: /m, "refused: $bad") or diag $said;
}

like(`$copy -h`, qr/^Usage: scripts\/copy/, '-h');

# --- a run that is stopped

AIF->spew("$dir/user", "shop:open \"sesame\\\n");
AIF->spew("$dir/map.xml", sitemap(map "/product/$_", 20 .. 39));
unlink "$dir/out.csv";
my $pid = fork // die;
if ($pid == 0) {
    open STDERR, '>', "$dir/err";
    exec $copy, '--rate', 20, '--user', "$dir/user", '--kind', 'tiktok',
         '--output', "$dir/out.csv", "$base/copy", "$dir/map.xml", 'en';
}
$nginx->wait_for(sub { -e "$dir/out.csv"
                       && csv(AIF->slurp("$dir/out.csv")) > 3 }, 10);
kill INT => $pid;
waitpid $pid, 0;
is($? >> 8, 1, 'stopped');
like(AIF->slurp("$dir/err"), qr/stopped: the same command goes on/, 'says so');
my $before = csv(AIF->slurp("$dir/out.csv"));
cmp_ok($before, '<', 21, 'not all are there');

`$copy --rate 500 --user $dir/user --kind tiktok --output $dir/out.csv $base/copy $dir/map.xml en 2>&1`;
@lines = csv(AIF->slurp("$dir/out.csv"));
is(scalar @lines, 21, 'then they are, each once');

is_deeply([$nginx->complaints], [], 'the log has no complaint');

done_testing;
