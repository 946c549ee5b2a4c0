# Sourced by the scripts beside it: where things are, how they speak and how
# they end.  A script's help is the comment at its head.

set -eu -o pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${AIF_BUILD:-$top/build}
me=${0##*/}

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

say() {
    printf '%s: %s\n' "$me" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# "need PROGRAM PACKAGE": a missing program is told with its Debian package.
need() {
    command -v "$1" >/dev/null 2>&1 \
        || die "$1 is missing, install the package $2 (scripts/setup does)"
}

cores() {
    getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}

# One build at a time in a directory: several people may share a tree.
lock() {
    mkdir -p "$1"
    exec 9>"$1/lock"
    flock -n 9 || { say "waiting for another run in ${1#"$top"/}"; flock 9; }
}

# "unchanged FILE TEXT": true if FILE holds TEXT, else writes it there.
unchanged() {
    if [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; then
        return 0
    fi
    printf '%s\n' "$2" >"$1"
    return 1
}

# The binary signatures in an nginx or in a module of one.
signature() {
    grep -aoE '[0-9]+,[0-9]+,[0-9]+,[01]{20,}' "$1" | sort -u
}

# Private apt directories in $1 for the suites $2 and the types $3 ("deb" or
# "deb-src") of the mirror that the system itself uses; the system's own apt
# settings are only read.  Sets the array "apt" to the options.
private_apt() {
    local dir=$1 suites=$2 types=$3 deb822 line

    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/src"
    rm -f "$dir"/src/*
    : >"$dir/status"

    for deb822 in /etc/apt/sources.list.d/debian.sources \
                  /etc/apt/sources.list.d/*.sources
    do
        if grep -qs '^URIs:.*debian' "$deb822"; then
            awk 'BEGIN { RS = "" } NR == 1' "$deb822" \
                | sed "/^#/d; s/^Suites:.*/Suites: $suites/
                       s/^Types:.*/Types: $types/
                       s/^Components:.*/Components: main/" \
                >"$dir/src/own.sources"
            break
        fi
    done

    if [ ! -f "$dir/src/own.sources" ]; then
        line=$(grep -hsE '^deb +(\[[^]]*\] +)?[^ ]*debian[^ ]* ' \
                    /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
                | grep -v -- -security | head -n 1)
        [ -n "$line" ] || { say "no Debian mirror in apt's sources"; return 1; }
        for deb822 in $suites; do
            printf '%s\n' "$line" | sed -E "s/^deb/$types/
                s# ((\[[^]]*\] +)?[^ ]+) +[^ ]+ .*# \1 $deb822 main#"
        done >"$dir/src/own.list"
    fi

    # nothing counts as installed, so that the suite's own versions come; a
    # mirror may be a snapshot whose signed date has passed
    apt=(-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache"
         -o "Dir::State::status=$dir/status"
         -o "Dir::Etc::SourceParts=$dir/src" -o Dir::Etc::SourceList=/dev/null
         -o APT::Sandbox::User=root -o Acquire::Retries=2
         -o Acquire::Check-Valid-Until=false)

    apt-get "${apt[@]}" -q update >"$dir/update.log" 2>&1 \
        || { say "apt-get update for $suites failed, see $dir/update.log"
             return 1; }
}

# "sid_tree DIR PACKAGE...": packages of Debian sid with all that they need,
# their own C library among it, unpacked in DIR; the system is not touched and
# root not needed.  What is in DIR is to be run by "sid_loader".
sid_tree() {
    local dir=$1 debs deb
    shift

    private_apt "$build/apt-sid" sid deb || return 1
    debs=$build/apt-sid/debs
    rm -rf "$debs" "$dir" "$dir.new"
    mkdir -p "$debs/partial" "$dir.new"

    apt-get "${apt[@]}" -o "Dir::Cache::archives=$debs" -q -y \
            --no-install-recommends --download-only install "$@" \
            >"$build/apt-sid/download.log" 2>&1 </dev/null \
        || { say "$* could not be fetched from Debian sid, see" \
                 "$build/apt-sid/download.log"; return 1; }

    for deb in "$debs"/*.deb; do
        dpkg -x "$deb" "$dir.new" || return 1
        basename "$deb" .deb
    done >"$dir.new/packages"

    rm -rf "$debs"
    mv "$dir.new" "$dir"
}

# Sets the array "loader" to what runs a program of the tree DIR with the
# tree's own libraries; the paths after it are searched as well.
sid_loader() {
    local dir=$1 so lib path more=
    shift

    for so in "$dir"/usr/lib/*/ld-linux-*.so.* "$dir"/usr/lib/*/ld64.so.*; do
        [ ! -x "$so" ] || break
    done
    [ -x "$so" ] || return 1
    lib=$(dirname "$so")
    for path in "$@"; do
        more+=$lib/$path:
    done
    loader=("$so" --library-path "$more$lib:$dir/usr/lib")
}

# Sets the array "llama" to the command of a llama-server that runs here: one
# in PATH, else Debian sid's under build/ (scripts/setup --llm).
llama_server() {
    local dir=$build/llama lib backend

    if command -v llama-server >/dev/null 2>&1; then
        llama=(llama-server)
        return 0
    fi

    [ -x "$dir/usr/bin/llama-server" ] && sid_loader "$dir" llama || return 1
    lib=$(dirname "${loader[0]}")
    backend=$(llama_backend "$lib/ggml/backends0") || return 1
    llama=(env "GGML_BACKEND_PATH=$backend" "${loader[@]}"
           "$dir/usr/bin/llama-server")
}

# The fastest of ggml's CPU libraries in a folder that this CPU can run: by
# what the kernel says of it, since a wrong one ends by an illegal instruction.
llama_backend() {
    local dir=$1 line name flag can
    local flags=" $(sed -n 's/^flags[^:]*: //p' /proc/cpuinfo 2>/dev/null \
                    | head -n 1) "

    while read -r name line; do
        can=yes
        for flag in $line; do
            [[ $flags == *" $flag "* ]] || can=no
        done
        if [ $can = yes ] && [ -f "$dir/libggml-cpu-$name.so" ]; then
            printf '%s\n' "$dir/libggml-cpu-$name.so"
            return 0
        fi
    done <<'END'
skylakex avx512f avx512cd avx512vl avx512dq avx512bw avx2 fma f16c bmi2
haswell avx2 fma f16c bmi2
sandybridge avx sse4_2
sse42 sse4_2
x64
END

    # another architecture: its plainest
    ls "$dir"/libggml-cpu*.so 2>/dev/null | head -n 1 | grep .
}

# Sets the array "python" to a Python that has PyTorch: the system's, else
# Debian sid's under build/ (scripts/setup --train).
train_python() {
    local dir=$build/torch

    # on two cores threads of OpenMP wait for each other more than they work
    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

    if python3 -c 'import torch, gguf' >/dev/null 2>&1; then
        python=(python3)
        return 0
    fi

    [ -f "$dir/usr/bin/python3" ] && sid_loader "$dir" openblas-pthread \
        || return 1
    python=(env "PYTHONHOME=$dir/usr" "${loader[@]}"
            "$(readlink -f "$dir/usr/bin/python3")")
}

# nginx's own source, with C files, of the version $1 (as in "1.22.1"): from
# the Debian source package, unpacked once under build/.  Prints the folder.
nginx_source() {
    local version=$1 dir=$build/source tar suites

    if [ ! -f "$dir/nginx-$version/src/core/nginx.c" ]; then
        say "fetching the source of nginx $version (Debian source package)"
        mkdir -p "$dir"
        suites=$(. /etc/os-release; printf '%s' "${VERSION_CODENAME:-stable}")
        private_apt "$dir/apt" "$suites" deb-src || return 1
        # the .orig tarball is what is wanted, whatever becomes of the rest
        (cd "$dir" && apt-get "${apt[@]}" -q source --download-only nginx) \
            >"$dir/fetch.log" 2>&1 || true
        tar=$(ls "$dir/nginx_$version"*.orig.tar.gz 2>/dev/null | head -n 1)
        [ -n "$tar" ] || { say "no source of nginx $version came, see" \
                               "$dir/fetch.log"; return 1; }
        mkdir -p "$dir/nginx-$version"
        tar -xzf "$tar" -C "$dir/nginx-$version" --strip-components=1
    fi

    printf '%s\n' "$dir/nginx-$version"
}

# Test::Nginx may have been unpacked under build/ (scripts/setup --test).
test_perl() {
    PERL5LIB=$build/perl/usr/share/perl5:$build/perl/lib/perl5:$top/t/lib
    export PERL5LIB
}
