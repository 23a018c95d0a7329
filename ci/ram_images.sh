#!/usr/bin/env bash
# Patches as images for RAM, the way firmware gets them (docs/firmware.md): position-independent programs are built for
# three chips and turned into images by dynpatch-image; the firmware of examples/firmware, run in QEMU, loads them at two
# addresses, goes back, refuses what is damaged, truncated, foreign or lying, and last traps a panic in an image.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
target_dir=${CARGO_TARGET_DIR:-$root/target}
export CARGO_TARGET_DIR=$target_dir
targets=(thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imac-unknown-none-elf)
images=$target_dir/ram-images

for name in "${targets[@]}"; do
    rustup target list --installed | grep -qx "$name" || rustup target add "$name"
done
if ! command -v qemu-system-arm >/dev/null || ! command -v qemu-system-riscv32 >/dev/null || ! command -v size >/dev/null; then
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 qemu-system-arm qemu-system-misc binutils >/dev/null; } ||
        { echo "ram_images: qemu-system-arm, qemu-system-riscv32 and size are not there and cannot be installed"; exit 1; }
fi

(cd examples/firmware && cargo fmt --check --package firmware-interface --package firmware-images --package firmware-host)
# What the tool refuses, by files that the toolchain of each chip makes: here all of them must be there.
DYNPATCH_CHIP_TARGETS=required cargo test --quiet --package dynpatch-image
cargo build --quiet --package dynpatch-image
tool=$target_dir/debug/dynpatch-image

# Each in the folder that says how it is built.
build_images() {
    cd "$root/examples/firmware/images"
    cargo build --quiet --release --target "$1" --bin v2 --bin v3 --bin panics --bin fails
    cargo build --quiet --release --target "$1" --features changed-arguments --bin arguments
    cargo build --quiet --release --target "$1" --features changed-type --bin types
}

run_firmware() {
    cd "$root/examples/firmware/host"
    FIRMWARE_IMAGES=$images/$1 cargo run --quiet --release --target "$1" </dev/null 2>&1
}

for name in "${targets[@]}"; do
    mkdir -p "$images/$name"
    (build_images "$name")
    for image in v2 v3 panics fails arguments types; do
        "$tool" "$target_dir/$name/release/$image" "$images/$name/$image.img"
    done
done

# A good image, and on its own chip it is one.
foreign() {
    cp "$images/$3/v2.img" "$images/$1/$2.img"
}
foreign thumbv6m-none-eabi other-machine riscv32imac-unknown-none-elf
foreign thumbv6m-none-eabi other-target thumbv7em-none-eabihf
foreign thumbv7em-none-eabihf other-machine riscv32imac-unknown-none-elf
foreign thumbv7em-none-eabihf other-target thumbv6m-none-eabi
foreign riscv32imac-unknown-none-elf other-machine thumbv6m-none-eabi
foreign riscv32imac-unknown-none-elf other-target thumbv7em-none-eabihf

# No other lane builds these for a chip.
(cd examples/firmware/images && cargo clippy --quiet --release --target "${targets[0]}" -- -D warnings)
(cd examples/firmware/host && FIRMWARE_IMAGES=$images/${targets[0]} cargo clippy --quiet --release --target "${targets[0]}" -- -D warnings)

# What the firmware says last, and how it ends: the panic of an image is in its trap.
expected_end=$'ok: all but the panic; it ends the run\ntrap: 0xdead'
expected_code=42
for name in "${targets[@]}"; do
    said=$(run_firmware "$name") && code=0 || code=$?
    # Cargo tells of the exit code as well.
    said=$(grep -vE '^(error: process didn|Caused by:|$)' <<<"$said" || true)
    if [ "$code" != "$expected_code" ] || [ "$(tail -2 <<<"$said")" != "$expected_end" ]; then
        echo "$said"
        echo "ram_images: $name: the firmware ended with $code, not with $expected_code in its trap"
        exit 1
    fi
    refusals=$(grep -c '^ok: refused' <<<"$said")
    loads=$(grep -c '^loaded' <<<"$said")
    echo "ram_images: $name: $loads loads at $(grep '^loaded' <<<"$said" | sed -E 's/.* at (0x[0-9a-f]+),.*/\1/' | sort -u | paste -sd ' '), $refusals refusals, the panic trapped; $(grep 'flipped' <<<"$said" | sed 's/ok: refused: //')"
    size "$target_dir/$name/release/firmware" | tail -1 |
        awk -v name="$name" '{ print "ram_images: " name ": firmware with its images: " $1 + $2 " bytes of flash" }'
done

# A firmware whose image is another than it thinks must fail, or all of this says nothing.
name=${targets[0]}
cp "$images/$name/v2.img" "$images/right.img"
cp "$images/$name/v3.img" "$images/$name/v2.img"
(run_firmware "$name" >"$images/wrong.txt") && code=0 || code=$?
cp "$images/right.img" "$images/$name/v2.img"
if [ "$code" != 101 ]; then
    cat "$images/wrong.txt"
    echo "ram_images: with another image in the place of v2 the firmware ended with $code, not with a failed expectation"
    exit 1
fi
echo "ram_images: another image in the place of v2 is noticed: $(grep -A1 panicked "$images/wrong.txt" | tail -1)"
