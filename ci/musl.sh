#!/usr/bin/env bash
# A program that is linked statically has no dynamic linker to load patches with. There everything else works: the
# built-in functions answer, a reload is refused with `unsupported`, the path and what to do, and nothing is changed.
# The same source linked dynamically gets as far as looking at the file: so the first check can fail.
set -euo pipefail
cd "$(dirname "$0")/.."
target=target/static-host
musl=$(uname -m)-unknown-linux-musl
gnu=$(uname -m)-unknown-linux-gnu
rustup target list --installed | grep -qx "$musl" || rustup target add "$musl"

build() {
    cargo build --quiet --manifest-path tests/static_host/Cargo.toml --target "$1" --target-dir "$target"
}

# Compares what the host of a target says about a file with what is expected on standard input.
says() {
    local said expected
    expected=$(cat)
    said=$("$target/$1/debug/static-host" "$2") || { echo "musl: the $1 host failed: $said"; exit 1; }
    if [ "$said" != "$expected" ]; then
        diff <(echo "$expected") <(echo "$said") || true
        echo "musl: the $1 host says something else (>) than expected (<) about $2"
        exit 1
    fi
    echo "musl: $1: $(grep -E '^(refused|help)' <<<"$said" | paste -sd ' ')"
}

build "$musl"
build "$gnu"
# Program headers, read without running it: no interpreter, no needed library.
if readelf --program-headers --dynamic --wide "$target/$musl/debug/static-host" | grep -E 'INTERP|\(NEEDED\)'; then
    echo "musl: the host is not linked statically"
    exit 1
fi
readelf --program-headers --wide "$target/$gnu/debug/static-host" | grep -q INTERP || {
    echo "musl: the other host is linked statically too, so there is nothing to compare with"
    exit 1
}

help='build the host with `-C target-feature=-crt-static`'
# A real library, and the file that every process has.
for file in "$(rustc --print sysroot)"/lib/librustc_driver-*.so /proc/self/exe; do
    says "$musl" "$file" <<EOF
before: 42
initialised: 42
refused: unsupported
subject: $file
help: $help
after: 42
live: false
EOF
done

text=$target/no-object.txt
echo 'not an object' >"$text"
says "$gnu" "$text" <<EOF
before: 42
initialised: 42
refused: not-an-object
subject: $text
help: none
after: 42
live: false
EOF
