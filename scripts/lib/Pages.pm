package Pages;

# What scripts that walk over a shop's pages have in common: the addresses of
# its sitemaps, requests by curl, and how they speak.
#
#     use Pages qw(note fail curl pages slurp);
#
#     note('3 pages');                      # "warm: 3 pages", to stderr
#     fail('no such file');                 # the same, and ends with 2
#     my ($error, $head, $body) = curl($url, @options);
#     my @urls = pages($file_or_address, $most);
#
# usage() prints the comment that a script begins with.

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename);
use File::Temp ();
use IO::Uncompress::Gunzip qw(gunzip $GunzipError);

our @EXPORT_OK = qw(curl fail note pages slurp usage);

use constant {
    MAX_DEPTH => 3,              # sitemaps in sitemaps
    MAX_MAPS  => 1000,
    MAX_SIZE  => 60_000_000,     # bytes of one, as curl reads them
};

our $timeout = 60;               # seconds, of one request

# a name of its own for each run: curl's headers and bodies

my $temp = File::Temp->newdir;
my $name = basename($0);
my $maps = 0;


sub note { print STDERR "$name: ", @_, "\n" }

sub fail {
    note(@_);
    exit 2;
}


sub usage {
    open my $self, '<', $0 or fail("$0: $!");

    while (<$self>) {
        next if $. == 1;
        last unless s/^# ?//;
        print;
    }

    exit 0;
}


# (what went wrong or '', header, body); no shell, and no file of curl's own.

sub curl {
    my ($url, @more) = @_;
    my ($head, $body) = ("$temp/head", "$temp/body");

    unlink $head, $body;

    my $pid = fork;
    defined $pid or fail("fork: $!");

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        $SIG{INT} = 'IGNORE';
        exec 'curl', '-q', '-s', '-g', '--proto', '=http,https', '--max-time',
             $timeout, '--max-filesize', MAX_SIZE, '-D', $head, '-o', $body,
             @more, '--', $url
            or do { require POSIX; POSIX::_exit(127) };
    }

    waitpid $pid, 0;

    my $code = $? >> 8;

    fail('curl is missing, install the package curl') if $code == 127;

    my %why = (6 => 'unknown host', 7 => 'no connection', 28 => 'timed out',
               18 => 'cut off', 60 => 'certificate', 63 => 'too large');

    return ($code ? $why{$code} || "curl: $code" : '', slurp($head),
            slurp($body));
}


sub slurp {
    my $file = shift;

    open my $fh, '<:raw', $file or return '';
    local $/;
    my $text = <$fh>;

    return defined $text ? $text : '';
}


# The addresses of a sitemap, in its order, each once.

sub pages {
    my ($where, $most) = @_;
    my (@found, %seen);

    for my $url (locations($where, 0)) {
        last if $most && @found >= $most;
        push @found, $url unless $seen{$url}++;
    }

    return @found;
}


sub locations {
    my ($where, $depth) = @_;
    my $text;

    fail('too many sitemaps') if ++$maps > MAX_MAPS;

    if ($where =~ m{^https?://}) {
        (my $error, my $head, $text) = curl($where, '-L', '--compressed');
        my ($code) = $head =~ m{.*^HTTP/\S+ (\d+)}ms;
        $error ||= "HTTP $code" if !$code || $code != 200;
        fail("$where: $error") if $error && $depth == 0;

        if ($error) {
            note("$where: $error");
            return;
        }

    } elsif ($depth == 0) {
        -f $where or fail("$where is no file and no address");
        $text = slurp($where);

    } else {
        return;
    }

    if ($text =~ /^\x1f\x8b/) {
        gunzip(\$text, \my $plain) or fail("$where: $GunzipError");
        $text = $plain;
    }

    $text =~ s/<!--.*?-->//gs;

    my $index = $text =~ /<(?:\w+:)?sitemapindex\b/;
    my @loc = map { entities($_) }
              $text =~ m{<(?:\w+:)?(?:url|sitemap)>.*?<loc>\s*(.*?)\s*</loc>}gs;

    @loc = grep { m{^https?://[^\s"'<>\\\x00-\x1f]+$} } @loc;

    return @loc unless $index;
    return if $depth >= MAX_DEPTH;
    return map { locations($_, $depth + 1) } @loc;
}


sub entities {
    my $text = shift;
    my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', apos => "'");

    $text =~ s/^<!\[CDATA\[(.*)\]\]>$/$1/s and return $text;
    $text =~ s/&(amp|lt|gt|quot|apos);/$entity{$1}/g;

    return $text;
}


1;
