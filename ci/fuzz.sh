#!/usr/bin/env bash
# The readers of untrusted bytes, the manifest's, the ELF file's, that of images for RAM and those of configuration, and the comparison of two
# images hold their invariants (fuzz/src/invariants) for as many inputs as fit into 15 seconds each: no panic, no memory or time beyond what the
# input's length allows, nothing outside the input, one answer to one question. A failing input stays in fuzz/regressions, where `cargo test` replays it.
#
# Usage: ci/fuzz.sh [seconds for each target [seed, 0 for a new one each time]]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-15}
seed=${2:-1}

cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

# Sanitizers and coverage are unstable flags: nightly has them, stable when told to.
toolchain=()
if rustup toolchain list 2>/dev/null | grep -qE '^nightly-[a-z]'; then
    toolchain=(+nightly)
else
    export RUSTC_BOOTSTRAP=1
fi

# What the fuzzers start from: a tiny library of this toolchain and linker, one of GNU ld's, and their manifest, alone and
# twice. The targets refuse to start when one of them is not accepted.
seeds=fuzz/target/seeds
rm -rf "$seeds"
mkdir -p "$seeds/object" "$seeds/manifest" "$seeds/layout" "$seeds/image" "$seeds/config"
seed_library() {
    cargo rustc --quiet --manifest-path fuzz/Cargo.toml --package dynpatch-fuzz-seed --profile seed \
        --target-dir fuzz/target -- "${@:2}"
    cp fuzz/target/seed/libdynpatch_fuzz_seed.so "$seeds/object/$1"
}
seed_library default
seed_library gnu -Clink-arg=-fuse-ld=bfd -Clink-arg=-Wl,--hash-style=both
objcopy --output-target=binary --only-section=.dynpatch "$seeds/object/default" "$seeds/manifest/default"
# An image for RAM takes another toolchain to build; this one was built by ci/ram_images.sh.
cp fuzz/starts/image/*.img "$seeds/image/"
cp fuzz/starts/config/* "$seeds/config/"
# Two images that say the same.
{ cat "$seeds/manifest/default" && printf '\n--\n' && cat "$seeds/manifest/default"; } >"$seeds/layout/default"

cargo "${toolchain[@]}" fuzz build --fuzz-dir fuzz
for target in manifest layout object image config; do
    corpus=fuzz/corpus/$target
    # A run that can be repeated learns nothing from earlier ones.
    if [ "$seed" != 0 ]; then corpus=$(mktemp -d); fi
    mkdir -p "$corpus" "fuzz/regressions/$target"
    log=fuzz/target/$target.log
    # Memory is judged by the invariants; libFuzzer's limit is the net below them. An input may take 10 s of a busy
    # machine at most.
    if ! DYNPATCH_FUZZ_SEEDS=$seeds/$target cargo "${toolchain[@]}" fuzz run --fuzz-dir fuzz "$target" \
        "$corpus" "$seeds/$target" -- -max_total_time="$seconds" -seed="$seed" -max_len=65536 -len_control=0 -timeout=10 \
        -rss_limit_mb=1024 -artifact_prefix="fuzz/regressions/$target/" >"$log" 2>&1; then
        grep --text --after-context=2 'panicked at' "$log" || grep --text -vE '^#[0-9]+' "$log" | tail -60
        echo "fuzz: $target failed, see above; its input is in fuzz/regressions/$target"
        exit 1
    fi
    last=$(grep --text -E '^#[0-9]+.*DONE' "$log") || { cat "$log"; echo "fuzz: $target did not run"; exit 1; }
    runs=$(sed -E 's/^#([0-9]+).*/\1/' <<<"$last")
    covered=$(sed -E 's/.* cov: ([0-9]+).*/\1/' <<<"$last")
    echo "fuzz: $target: $runs inputs in $seconds s, $covered edges covered, nothing found"
    # A fuzzer that does not get anywhere finds nothing either.
    [ "$runs" -ge $((seconds * 50)) ] || { echo "fuzz: $target is too slow to find anything"; exit 1; }
    if [ "$seed" != 0 ]; then rm -r "$corpus"; fi
    # Git keeps no empty folders, nor should a clean run leave one.
    rmdir --ignore-fail-on-non-empty "fuzz/regressions/$target"
done
