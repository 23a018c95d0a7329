#!/usr/bin/env bash
# The core on four chips: its checks, lifecycle, history and swap table as tests in QEMU, and how much of the flash and of
# the memory they take, written to docs/sizes.md. Fails when a test does, when a failing test would not be noticed, when
# table and checks exceed their budget on the smallest chip, or when an allocator is linked.
set -euo pipefail
cd "$(dirname "$0")/../tests/bare_metal"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../../target}/bare-metal
targets=(thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf riscv32imac-unknown-none-elf)
programs=(table checks walk history)
budget=12288 # bytes of flash for table and checks
budgeted=thumbv6m-none-eabi
table=../../docs/sizes.md

fail() {
    echo "bare_metal: $1"
    exit 1
}

installed=$(rustup target list --installed)
for target in "${targets[@]}"; do
    grep -qx "$target" <<<"$installed" || rustup target add "$target"
done
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
if ! { command -v qemu-system-arm && command -v qemu-system-riscv32 && command -v readelf; } >/dev/null; then
    $as_root apt-get update -qq
    $as_root apt-get install -y --no-install-recommends qemu-system-arm qemu-system-misc binutils ||
        fail "QEMU and binutils are missing and could not be installed"
fi

cargo fmt --check
cargo clippy --quiet --package suite --tests --target "$budgeted" -- -D warnings
cargo clippy --quiet --package sizes --package support --package board --lib --bins --target "$budgeted" -- -D warnings

# Runs the tests of a target, and demands that every file's program says at its end how many passed.
run_tests() {
    local said programs passed
    said=$(cargo test --quiet --package suite --target "$1" 2>&1) || {
        echo "$said"
        fail "$1: a test failed"
    }
    programs=$(grep -c '^[1-9][0-9]* tests passed$' <<<"$said" || true)
    passed=$(grep -c '^test .* \.\.\. ok$' <<<"$said" || true)
    [ "$programs" -eq "$(ls suite/tests | wc -l)" ] || fail "$1: only $programs programs came to their end"
    echo "bare_metal: $1: $passed tests passed, in $programs programs"
}

# Tells a program to fail in the given way, by its command line, and demands the code for that.
demand_code() {
    local target=$1 way=$2 code=$3 runner program said=0
    runner=$(sed -n "/^\[target.$target\]/,/^runner/s/^runner = \"\(.*\)\"/\1/p" .cargo/config.toml)
    program=$(cargo test --quiet --package suite --target "$target" --test lifecycle --no-run --message-format=json |
        sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
    # The runner is a command and its arguments.
    ${runner/target=native/target=native,arg=test,arg=$way} "$program" >"$CARGO_TARGET_DIR/said" || said=$?
    [ "$said" -eq "$code" ] || {
        cat "$CARGO_TARGET_DIR/said"
        fail "$target: told to $way, a program ended with $said, not with $code"
    }
    echo "bare_metal: $target: told to $way, a program ends with $code"
}

for target in "${targets[@]}"; do
    run_tests "$target"
    demand_code "$target" panic 101
    demand_code "$target" fault 102
done

# Bytes of a section; 0 where there is none.
section() {
    local size
    size=$(readelf --section-headers --wide "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v name="$2" '$1 == name { print $5 }')
    echo $((16#${size:-0}))
}

rows=""
for target in "${targets[@]}"; do
    cargo build --quiet --release --package sizes --target "$target"
    folder=$CARGO_TARGET_DIR/$target/release
    for program in "${programs[@]}"; do
        symbols=$(readelf --symbols --wide "$folder/$program")
        # The search finds what is there.
        grep -q ' main$' <<<"$symbols" || fail "$target: $program has no symbols to look through"
        ! grep -E '__rust_(alloc|realloc|dealloc)|handle_alloc_error' <<<"$symbols" || fail "$target: $program allocates"
        cells=""
        flash=0
        for name in .text .rodata .data .bss; do
            bytes=$(($(section "$folder/$program" $name) - $(section "$folder/empty" $name)))
            cells+=" $bytes |"
            [ $name = .bss ] || flash=$((flash + bytes))
        done
        rows+="| $target | $program |$cells $flash |"$'\n'
        echo "bare_metal: $target: $program takes $flash bytes of flash"
        if [ "$target $program" = "$budgeted checks" ] && [ $flash -gt $budget ]; then
            fail "table and checks take $flash bytes of flash, more than $budget"
        fi
    done
done

cat >"$table" <<EOF
# What the core takes on a chip

Bytes of each section beyond those of an empty program; flash is \`.text\`, \`.rodata\` and \`.data\` together. Linked with
\`lto = "fat"\`, \`opt-level = "s"\`, \`panic = "abort"\`, no allocator, without the feature \`crc32fast\`. \`ci/bare_metal.sh\`
writes this file; the programs are in \`tests/bare_metal/sizes\`.

| program | what it does |
|---|---|
| \`table\` | a swap table of four slots: calls, updates, rolls back |
| \`checks\` | the table; reads a patch's manifest, judges header and items, demands types that are the same to the letter |
| \`walk\` | as \`checks\`, but walks through both sides' types as a server does: growth, and types that are not described |
| \`history\` | a history of eight entries |

\`checks\` may take at most $budget bytes of flash on \`$budgeted\`. What it accepts, the walk accepts; who wants to know all
that differs, or lets types grow, asks the walk, on the chip or before the patch is sent there.

$(rustc --version | cut -d' ' -f1,2):

| target | program | .text | .rodata | .data | .bss | flash |
|---|---|--:|--:|--:|--:|--:|
${rows%$'\n'}
EOF
echo "bare_metal: sizes are in docs/sizes.md"
