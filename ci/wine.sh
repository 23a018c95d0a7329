#!/usr/bin/env bash
# What dynpatch has of Windows, compiled for it and run under wine: the choice of the process-wide barrier, which must
# not fall on wine's, because that does nothing. Wine's state is kept in a folder that is removed in the end.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
target=x86_64-pc-windows-gnu

fail() {
    echo "wine: $*"
    exit 1
}

[ "$(uname -m)" = x86_64 ] || fail "this lane needs an x86_64 machine, wine runs no programs of another processor"
rustup target list --installed | grep -qx "$target" || rustup target add "$target"

# wine64 is on no path in some distributions.
find_wine() {
    command -v wine64 || { test -x /usr/lib/wine/wine64 && echo /usr/lib/wine/wine64; }
}
packages=()
command -v x86_64-w64-mingw32-gcc >/dev/null || packages+=(gcc-mingw-w64-x86-64)
find_wine >/dev/null || packages+=(wine64)
if [ ${#packages[@]} -gt 0 ]; then
    echo "wine: installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update --quiet=2 && apt-get install --quiet=2 -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${packages[@]}"; } \
        >/dev/null || fail "cannot install ${packages[*]}; nothing of Windows was run"
fi
wine=$(find_wine) || fail "there is no wine64 after it was installed; nothing of Windows was run"

WINEPREFIX=$(mktemp -d)
export WINEPREFIX WINEDLLOVERRIDES="mscoree=;mshtml=" WINEDEBUG=-all
unset DISPLAY WAYLAND_DISPLAY
server=$(command -v wineserver || echo "$(dirname "$wine")/wineserver")
finish() {
    # Ends the programs of this folder's wine, no others.
    "$server" --kill 2>/dev/null || true
    "$server" --wait 2>/dev/null || true
    rm -rf "$WINEPREFIX"
}
trap finish EXIT
"$wine" wineboot --init >/dev/null 2>&1 || fail "wine cannot set up its folder"
"$server" --wait
system=$WINEPREFIX/drive_c/windows/system32
if [ ! -e "$system/bcryptprimitives.dll" ]; then
    x86_64-w64-mingw32-gcc -O2 -shared -o "$system/bcryptprimitives.dll" ci/process_prng.c -ladvapi32
fi

export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine
# Which word the reason must hold for which the barrier is not used.
export DYNPATCH_TEST_DISTRUSTED=wine
# Optimised as well: there the trial is sharper.
for profile in dev release; do
    said=$(cargo test --quiet --package dynpatch-loader-windows --target "$target" --profile "$profile" --test barrier \
        -- --nocapture --test-threads=1 2>&1 | tr -d '\r') || { echo "$said"; fail "a test failed ($profile)"; }
    grep -q 'by what is known as well: the process-wide barrier is not used: this is wine' <<<"$said" ||
        { echo "$said"; fail "no test said why wine's barrier is not used ($profile)"; }
    grep -q 'test result: ok. [1-9]' <<<"$said" || { echo "$said"; fail "no test was run ($profile)"; }
    grep -oE '(a barrier that does nothing|by a trial alone|by what is known as well): .*|test result: .*passed' <<<"$said" |
        sed "s/^/wine: $profile: /"
done
echo "wine: $("$wine" --version): a green run here says nothing about the order of memory on Windows: wine's barrier does" \
    "nothing, and its processors are those of this machine"
