package AIF::Curl;

# libcurl in nginx's event loop, alone: t/curl's test module, built when a test
# wants it.
#
#     my $curl = AIF::Curl->new(http => 'server { ... }')->start;
#     my $r = $curl->call("http://127.0.0.1:1/", size => 400000);
#     is($r->{result}, 'CONNECT');
#
# call() returns a hash: result, status, length, retry and ms (milliseconds),
# answer (its beginning), error; many(n, url, ...) a list of them.

use strict;
use warnings;

use parent 'AIF::Nginx';

use AIF ();


sub build {
    my $nginx = $ENV{TEST_NGINX_BINARY};
    my $out = "$AIF::build/curl-test";

    # another nginx than the one in PATH has another build

    $out .= '-' . unpack('%32C*', $nginx) if $nginx ne AIF::nginx_in_path();

    my $said = `$AIF::top/scripts/build --addon $AIF::top/t/curl --out $out \\
                --nginx $nginx 2>&1`;
    die $said if $?;

    return "$out/ngx_http_ai_curl_test_module.so";
}


sub new {
    my ($class, %arg) = @_;

    AIF->import;
    $ENV{TEST_NGINX_LOAD_MODULES} = build();

    my $http = delete $arg{http} || '';

    return $class->SUPER::new(name => 'curl', %arg, http => <<END);
    $http
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { ai_curl_test; }
        location /plain { return 200 "plain\\n"; }
    }
END
}


sub call {
    my ($self, $url, %arg) = @_;
    return ($self->many(1, $url, %arg))[0];
}


sub many {
    my ($self, $n, $url, %arg) = @_;

    my $query = join '&', "n=$n", "url=$url", map { "$_=$arg{$_}" }
                                              sort keys %arg;
    my $r = $self->request(path => "/?$query", timeout => 30);

    return map {
        /^(\w+) status=(\d+) length=(\d+) retry=(\d+) ms=(\d+) "(.*?)" (.*)/s
            ? { result => $1, status => $2, length => $3, retry => $4,
                ms => $5, answer => $6, error => $7 }
            : { result => $_, answer => '', error => '', status => 0,
                length => 0, ms => 0 }
    } split /\n(?=\w+ status=|not )/, $r->{body};
}


1;
