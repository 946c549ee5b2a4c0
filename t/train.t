#!/usr/bin/env perl

# scripts/train goes all its way with few examples and few steps: a merchant's
# own pairs are read, a stopped training goes on where it was, the file that
# comes out is served, and what is wrong in an own file is told with its line.
# Seen to fail with a template that has a mark which the vocabulary lacks, and
# with a state that is not read again.

use strict;
use warnings;

use AIF;
use AIF::Served qw(finish post serve);
use JSON::PP;
use Test::More;

system('bash', '-c', '. "$0/scripts/lib.sh" && train_python', $AIF::top) == 0
    or plan skip_all => 'PyTorch is not here: scripts/setup --train';

my $dir = AIF->scratch('train');
my $json = JSON::PP->new->canonical;
my @train = ("$AIF::top/scripts/train", '--work', "$dir/work", '--models',
             "$dir/models", '--examples', 300, '--pairs', "$dir/own.jsonl");

AIF->spew("$dir/own.jsonl", join '', map { $json->encode({ messages => [
    { role => 'system', content => 'Write a slogan.' },
    { role => 'user', content => "name: Kettle $_" },
    { role => 'assistant', content => "Kettle $_, hot at once" } ] }) . "\n" }
    1 .. 20);

my ($status, $said) = train('prepare', 'pretrain', 'finetune', 'export',
                            '--pretrain-steps', 4, '--steps', 4);
is($status, 0, 'a short training') or diag $said;
like($said, qr{step 4/4, loss \d}, 'tells how far it is');
like($said, qr{writer\.gguf: [\d,]+ bytes}, 'and what it wrote');

($status, $said) = train('finetune', '--steps', 6);
is($status, 0, 'a longer one') or diag $said;
like($said, qr{goes on at step 4 of 6}, 'goes on where it was');

SKIP: {
    system('bash', '-c', '. "$0/scripts/lib.sh" && llama_server', $AIF::top)
        == 0 or skip 'there is no llama-server: scripts/setup --llm', 3;

    serve('writer', AIF->port(1), "$dir/models/writer.gguf");
    my $reply = post(AIF->port(1), '/v1/chat/completions', {
        messages => [ { role => 'user', content => 'name: Kettle 3' } ],
        max_tokens => 5 });
    cmp_ok($reply->{usage}{completion_tokens} // 0, '>', 0,
           'llama-server reads the file') or diag explain $reply;
    is(post(AIF->port(1), '/tokenize', { content => '<|es|>Kettle',
        parse_special => JSON::PP::true })->{tokens}[0], 4,
       'marks are tokens of their own');
    finish();
}

AIF->spew("$dir/own.jsonl", qq({"messages":[{"role":"user","content":"a"}]}\n));
($status, $said) = train('finetune', '--steps', 7);
isnt($status, 0, 'a pair without an answer');
like($said, qr{own\.jsonl:1: needs a message of the user and, last, one of},
     'is told with its line');

AIF->spew("$dir/own.csv", "text,label\nGood cup,positive\nSo so,neutral\n");
($status, $said) = train('classifier', '--reviews', "$dir/own.csv");
isnt($status, 0, 'a label that is none');
like($said, qr{own\.csv:3: the label "neutral" is none of negative, positive},
     'is told with its line');

($status, $said) = train('--pairs');
isnt($status, 0, 'an option without its value');
like($said, qr{--pairs needs a value}, 'is told');

done_testing;


sub train {
    my @more = @_;
    my $pid = open my $out, '-|';

    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec @train, @more or POSIX::_exit(127);
    }

    my $said = do { local $/; <$out> };
    close $out;

    return ($?, $said);
}
