//! Writes the linker's map of the board that stands for a target.

use std::path::PathBuf;

/// A board with flash at zero.
macro_rules! flash_board {
    ($flash:literal, $memory:literal) => {
        concat!(
            "MEMORY {\nFLASH : ORIGIN = 0x00000000, LENGTH = ",
            $flash,
            "\nRAM : ORIGIN = 0x20000000, LENGTH = ",
            $memory,
            "\n}\n"
        )
    };
}

/// QEMU's mps2-an386.
const MPS2: &str = flash_board!("4M", "4M");
/// QEMU's lm3s6965evb.
const LM3S6965: &str = flash_board!("256K", "64K");
/// QEMU's microbit: as small as the real one.
const MICROBIT: &str = flash_board!("256K", "16K");
/// QEMU's RISC-V board `virt`, which has nothing but memory.
const VIRT: &str = r#"MEMORY { RAM : ORIGIN = 0x80000000, LENGTH = 16M }
REGION_ALIAS("REGION_TEXT", RAM);
REGION_ALIAS("REGION_RODATA", RAM);
REGION_ALIAS("REGION_DATA", RAM);
REGION_ALIAS("REGION_BSS", RAM);
REGION_ALIAS("REGION_HEAP", RAM);
REGION_ALIAS("REGION_STACK", RAM);
"#;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = std::env::var("TARGET").expect("cargo sets TARGET");
    let map = match &*target {
        "thumbv6m-none-eabi" => MICROBIT,
        "thumbv7m-none-eabi" => LM3S6965,
        "thumbv7em-none-eabihf" => MPS2,
        "riscv32imac-unknown-none-elf" => VIRT,
        other => panic!("no board stands for {other}"),
    };
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    std::fs::write(folder.join("memory.x"), map).expect("the build folder can be written");
    println!("cargo:rustc-link-search={}", folder.display());
}
