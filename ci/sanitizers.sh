#!/usr/bin/env bash
# Real libraries come and go under AddressSanitizer and ThreadSanitizer, host and patches instrumented: the suite `reclaim`
# with a shorter stress, and a sample of the suite `live`. What a sanitizer reports ends its process, and fails the test.
# No report is suppressed; red zones of static variables are off, and two tests are left out: see below for both.
#
# Seen to fail, in a copy: with ci/mutants/word-read-relaxed.patch ThreadSanitizer reports a data race of a generation's
# end with a reader's look at its slot, in the test of signal handlers; with a survey that looks at no thread's word
# AddressSanitizer reports a use after free there. The stress noticed neither, and ThreadSanitizer did not notice
# ci/mutants/unpin-relaxed.patch in it, which ci/models.sh finds: this lane shows little about orderings.
#
# Usage: ci/sanitizers.sh [address|thread]...
set -euo pipefail
cd "$(dirname "$0")/.."
target_dir=${CARGO_TARGET_DIR:-$PWD/target}/sanitizers
[ $# -gt 0 ] || set -- address thread

fail() {
    echo "sanitizers: $*"
    exit 1
}

[ "$(uname -m)" = x86_64 ] || fail "only x86_64 was ever tried"
command -v readelf >/dev/null || apt-get install -y --no-install-recommends binutils >/dev/null || fail "needs readelf"
# Sanitizers are unstable flags: nightly has them, stable when told to.
if rustup toolchain list | grep -qE '^nightly-[a-z]'; then
    export RUSTUP_TOOLCHAIN=nightly
else
    export RUSTC_BOOTSTRAP=1
fi

# Told a target, cargo leaves out what the compiler itself loads. The patches find the sanitizer in the host, which has to
# export it. With one folder for what lies in between, host and patches share what they both link.
export CARGO_INCREMENTAL=0 CARGO_BUILD_TARGET=x86_64-unknown-linux-gnu
export CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=line-tables-only CARGO_PROFILE_DEV_STRIP=none
fixtures=(calls-explode early entry-error entry-good escaping german hotfix life older-service own-service pair same-source static-changed static-first)
export DYNPATCH_TEST_FIXTURES=${fixtures[*]}
export DYNPATCH_STRESS_GENERATIONS=${DYNPATCH_STRESS_GENERATIONS:-60}
# What an unmapped library has allocated looks lost: it is not.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4
# A race whose first half the thread has forgotten is not reported, so the history is as long as it can be.
export TSAN_OPTIONS=halt_on_error=1:history_size=7
# Both sanitizers know only threads that went through them; a patch's own go to the C library behind the host.
unfit=(--skip causes::a_thread_that_it_started --skip handles::a_future_of_an_addition)
live=(asynchronous:: functions:: panics:: services:: snapshots::a_ statics::)

# Runs tests of a suite, by name, and demands that they ran.
run() { # suite, how many at least, arguments
    local log=$target_dir/$sanitizer-$1.log start=$SECONDS passed
    cargo test --quiet --package dynpatch-tests --test "$1" -- --nocapture "${@:3}" >"$log" 2>&1 || {
        grep -vE '^ +(at|[0-9]+:) ' "$log" | tail -150
        fail "$sanitizer: $1 fails"
    }
    passed=$(sed -n 's/^test result: ok\. \([0-9]*\) passed.*/\1/p' "$log" | tail -1)
    [ "${passed:-0}" -ge "$2" ] || fail "$sanitizer: only ${passed:-0} tests of $1 ran, not $2"
    echo "sanitizers: $sanitizer: $1: $passed tests passed, in $((SECONDS - start)) s"
    sed -n "s/^[0-9]* calls, .*/sanitizers: $sanitizer: &/p" "$log"
}

# A patch without instruments would tell nothing.
demand_instruments() { # symbol
    local patch
    patch=$(find "$target_dir/$sanitizer" -name liblife.so -not -path '*/deps/*' -print -quit)
    # Not the quiet way: who stops to listen ends the speaker with an error.
    readelf --dyn-syms --wide "$patch" | grep "UND $1" >/dev/null || fail "$sanitizer: the patches are not instrumented"
}

lane() {
    sanitizer=$1
    local flags=''
    mkdir -p "$target_dir/$sanitizer"
    export CARGO_TARGET_DIR=$target_dir/$sanitizer CARGO_BUILD_BUILD_DIR=$target_dir/$sanitizer
    case $sanitizer in
    address)
        instrument=__asan_report_load8
        # The records of a manifest lie side by side in a section that is read as a whole, and the sanitizer puts red zones
        # between static variables: it would take the reader for one that runs over their ends. So static variables have
        # none; memory of the heap and of the stack has, and what is freed or unmapped is noticed all the same.
        flags=-Cllvm-args=-asan-globals=0
        ;;
    thread)
        instrument=__tsan_func_entry
        rustup component add rust-src >/dev/null 2>&1 || fail "needs the source of std: rustup component add rust-src"
        export CARGO_UNSTABLE_BUILD_STD=std
        ;;
    *) fail "there is no lane for the sanitizer $sanitizer" ;;
    esac
    export RUSTFLAGS="-Zsanitizer=$sanitizer -Clink-arg=-rdynamic $flags"
    run reclaim 29 "${unfit[@]}"
    demand_instruments "$instrument"
    run live 21 "${live[@]}"
    unset CARGO_UNSTABLE_BUILD_STD
}

for name in "$@"; do lane "$name"; done
