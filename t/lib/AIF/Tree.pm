package AIF::Tree;

# Whether a page that left the module is the page that came, but for its texts
# and for what "ai_seo" and "ai_label" are there to change.
#
#     my $lacks = AIF::Tree->lacks;         # no compiler, no gumbo
#     my ($wrong, $changes) = AIF::Tree->compare($before, $after, 'es');
#     is($wrong, undef);
#     # $changes: { text => 12, attribute => 3, lang => 1, prefix => 40, ... }
#
# Both pages are read by gumbo, which nobody here wrote (t/lib/tree.c), and
# compared node by node.  Allowed are, and counted as:
#
#     text        a text that is the scripted engine's translation of the old one
#     attribute   such a text in one of ai_attributes' attributes
#     state       such texts, and addresses as below, in JSON that a script holds
#     lang        lang and dir of <html>, <meta> content-language and og:locale
#     prefix      an address with the locale's prefix before its path, and
#                 nothing else
#     alternate   <link rel=alternate hreflang> that were not there
#     label       <meta name=ai-translated-from>, once
#     switcher    what is in <nav data-ai-switcher>
#
# Everything else, a blank between attributes aside, has to be what it was, and
# whatever is excluded from translation, too.

use strict;
use warnings;
use feature 'unicode_strings';

use AIF ();
use Encode qw(decode encode find_encoding);
use IPC::Open2;

my $program;

my %text_attribute = map { $_ => 1 }
    qw(alt title placeholder aria-label aria-description label value content);
my %address = map { $_ => 1 } qw(href action formaction content);
my %kept = map { $_ => 1 } qw(style textarea pre code kbd samp var svg math);


sub lacks {
    return if defined $program;

    my $dir = AIF->scratch('tree');
    my $cc = $ENV{CC} || 'cc';

    system("$cc -O1 -o $dir/tree $AIF::top/t/lib/tree.c -lgumbo 2>$dir/log")
        == 0 or return 'no gumbo: scripts/setup --test';

    $program = "$dir/tree";

    return;
}


# The nodes of a page: [kind, depth, name, text or attributes].

sub nodes {
    my $page = shift;

    my $pid = open2(my $out, my $in, $program);

    # what is written is read only when all is there: no deadlock
    binmode $_ for $in, $out;
    print {$in} $page;
    close $in;

    local $/;
    my $said = decode('UTF-8', scalar <$out>);
    waitpid $pid, 0;
    die "tree: failed\n" if $?;

    return map { [split /\x1f/, $_, -1] } split /\x1e/, $said;
}


# In UTF-8, by what the page itself says of its charset, if its bytes agree.

sub utf8 {
    my $page = shift;

    return $page if eval { decode('UTF-8', my $copy = $page,
                                  Encode::FB_CROAK); 1 };

    my ($name) = $page =~ /<meta[^>]*charset\s*=\s*["']?([\w-]+)/i;
    $name = 'cp1252' if !$name || lc $name eq 'iso-8859-1';
    $name = 'gbk' if lc $name eq 'gb2312';

    my $code = find_encoding($name) || find_encoding('cp1252');

    return encode('UTF-8', $code->decode($page));
}


sub compare {
    my ($class, $before, $after, $locale) = @_;
    my @before = nodes(utf8($before));
    my @after = nodes(utf8($after));
    my (%changes, $skip, $excluded);

    for my $old (@before) {
        my $new = shift @after;

        # inside of a switcher that was filled
        while ($new && defined $skip && $new->[1] > $skip) {
            $changes{switcher}++;
            $new = shift @after;
        }
        undef $skip;

        while ($new && added($new) && !added($old)) {
            $changes{ added($new) }++;
            $new = shift @after;
            $new = shift @after
                if $new && blank($new)
                   && "@$new[0 .. 2]" ne "@$old[0 .. 2]";
        }

        return "cut off at " . shown($old) unless $new;

        undef $excluded if defined $excluded && $old->[1] <= $excluded;
        my $wrong = node($old, $new, $locale, \%changes, defined $excluded);
        return "$wrong: " . shown($old) . ' became ' . shown($new) if $wrong;

        if ($old->[0] eq 'E') {
            my %attribute = @$old[3 .. $#$old];

            $skip = $old->[1] if $old->[2] eq 'nav'
                                 && exists $attribute{'data-ai-switcher'};
            $excluded = $old->[1]
                if !defined $excluded
                   && ($kept{ $old->[2] }
                       || ($attribute{translate} || '') eq 'no'
                       || ($attribute{class} || '') =~ /(?<!\S)notranslate(?!\S)/);
        }
    }

    @after = grep { !added($_) } @after unless defined $skip;

    return 'labelled ' . $changes{label} . ' times'
        if ($changes{label} || 0) > 1;

    return 'added ' . shown($after[0]) if @after && !defined $skip;

    return (undef, \%changes);
}


sub shown {
    my ($node) = @_;
    my $text = join ' ', @$node;

    $text =~ s/\s+/ /g;

    return substr $text, 0, 160;
}


sub blank { $_[0][0] eq 'T' && $_[0][3] !~ /\S/ }


# What may be there that was not, by its name.

sub added {
    my ($node) = @_;

    return if $node->[0] ne 'E';

    return 'alternate' if @$node == 9 && "@$node[2 .. 5, 7]"
                          eq 'link rel alternate hreflang href';
    return 'label' if @$node == 7 && "@$node[2 .. 5]"
                      eq 'meta name ai-translated-from content';
    return;
}


# What is wrong with a node, or undef.

sub node {
    my ($old, $new, $locale, $changes, $excluded) = @_;

    return 'another node' if "@$old[0 .. 2]" ne "@$new[0 .. 2]";

    return attributes($old, $new, $locale, $changes, $excluded)
        if $old->[0] eq 'E';

    return if $old->[3] eq $new->[3];
    return 'comment' if $old->[0] eq 'C';
    return "text of what is excluded" if $excluded;

    if ($old->[2] eq 'script') {
        $changes->{state}++;
        return if state($old->[3]) eq state(bare($new->[3], $locale));
        return 'script';
    }

    $changes->{text}++;

    return folded($old->[3]) eq folded($new->[3]) ? undef : 'text';
}


sub attributes {
    my ($old, $new, $locale, $changes, $excluded) = @_;
    my @old = @$old[3 .. $#$old];
    my @new = @$new[3 .. $#$new];
    my $element = $old->[2];
    my %before = @old;
    my $meta = lc($before{name} || $before{property} || $before{'http-equiv'}
                  || '');

    if ($element eq 'html') {
        $changes->{lang}++ if "@old" ne "@new";
        my ($from, $to) = map { languageless(@$_) } \@old, \@new;
        return $from eq $to ? undef : 'attributes of html';
    }

    return 'number of attributes' if @old != @new;

    while (@old) {
        my ($name, $from) = splice @old, 0, 2;
        my ($same, $to) = splice @new, 0, 2;

        return "name of attribute $name" if $name ne $same;
        next if $from eq $to;
        return "attribute $name of what is excluded" if $excluded;

        if ($element eq 'meta'
            && $meta =~ /^(?:content-language|og:locale)$/)
        {
            $changes->{lang}++;

        } elsif ($address{$name}
                 && $to =~ s{^(\s*(?:\d+;\s*url=['"]?)?(?:https?:)?(?://[^/?#]*)?)
                             /\Q$locale\E(?=[/?\#]|$)}{$1}xi
                 && ($to eq $from || $to eq "$from/" || "$to/" eq $from))
        {
            $changes->{prefix}++;

        } elsif ($text_attribute{$name} && folded($to) eq folded($from)) {
            $changes->{attribute}++;

        } else {
            return "attribute $name";
        }
    }

    return;
}


sub languageless {
    my @rest;

    while (my ($name, $value) = splice @_, 0, 2) {
        push @rest, "$name=$value" unless $name =~ /^(?:(?:xml:)?lang|dir)$/;
    }

    return join ' ', @rest;
}


# The scripted engine leaves a text that is the same again without its accents.

sub folded {
    my $text = shift;

    $text =~ tr/\xe1\xe9\xed\xf3\xfa\xc1\xc9\xcd\xd3\xda\x{2bc}/aeiouAEIOU/d;
    $text =~ s/\s+/ /g;
    $text =~ s/^ | $//g;

    return $text;
}


# Script without the prefix of the addresses in it, which have to be whole strings.

sub bare {
    my ($text, $locale) = @_;

    $text =~ s{(["'] (?:(?:https?:)? \\?/ \\?/ [^"'/\\]*)?)
               \\?/ \Q$locale\E (?= \\?/ [^"'\s<>]* ["'])}{$1}xg;

    return $text;
}


# JSON may be written in more than one way, and be in a string itself; a row of
# React's says how long it is.

sub state {
    my $text = shift;

    for (1 .. 3) {
        $text =~ s/\\u([0-9a-fA-F]{4})/chr hex $1/ge;
        $text =~ s{\\([\\"'/])}{$1}g;
        $text =~ s/\\[nrt]/ /g;
    }

    $text =~ s/([0-9a-f]:T)[0-9a-f]+,/$1,/g;

    return folded($text);
}


1;
