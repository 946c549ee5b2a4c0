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
