//! Writes the board's memory map, gives the manifest its place in flash, and puts the images into the firmware.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// QEMU's microbit: as small as the real one.
const MICROBIT: &str = "MEMORY {
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM : ORIGIN = 0x20000000, LENGTH = 16K
}
";
/// QEMU's mps2-an386.
const MPS2: &str = "MEMORY {
    FLASH : ORIGIN = 0x00000000, LENGTH = 4M
    RAM : ORIGIN = 0x20000000, LENGTH = 4M
}
";
/// QEMU's RISC-V board `virt`, which has nothing but memory.
const VIRT: &str = r#"MEMORY { RAM : ORIGIN = 0x80000000, LENGTH = 16M }
REGION_ALIAS("REGION_TEXT", RAM);
REGION_ALIAS("REGION_RODATA", RAM);
REGION_ALIAS("REGION_DATA", RAM);
REGION_ALIAS("REGION_BSS", RAM);
REGION_ALIAS("REGION_HEAP", RAM);
REGION_ALIAS("REGION_STACK", RAM);
"#;

/// Where the firmware finds what it says of itself. Nobody refers to the section by name.
const MANIFEST: &str = "SECTIONS {
    .dynpatch : ALIGN(4) {
        __dynpatch_start = .;
        KEEP(*(.dynpatch))
        __dynpatch_end = .;
    } > REGION
    /DISCARD/ : { *(dynpatch_types) }
} INSERT AFTER .rodata;
";

/// Every image of this chip, and one each of other chips.
const IMAGES: [&str; 8] = ["v2", "v3", "panics", "fails", "arguments", "types", "other-machine", "other-target"];
const FOLDER: &str = "FIRMWARE_IMAGES";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={FOLDER}");
    let target = std::env::var("TARGET").expect("cargo sets TARGET");
    let (map, region) = match &*target {
        "thumbv6m-none-eabi" => (MICROBIT, "FLASH"),
        "thumbv7em-none-eabihf" => (MPS2, "FLASH"),
        "riscv32imac-unknown-none-elf" => (VIRT, "REGION_RODATA"),
        other => panic!("no board stands for {other}"),
    };
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    write(&folder.join("memory.x"), map);
    write(&folder.join("manifest.x"), &MANIFEST.replace("REGION", region));
    write(&folder.join("images.rs"), &images());
    println!("cargo:rustc-link-search={}", folder.display());
    for argument in ["-Tmemory.x", "-Tlink.x", "-Tmanifest.x", "--nmagic"] {
        // cortex-m-rt's script includes the memory map itself.
        if argument != "-Tmemory.x" || target.starts_with("riscv") {
            println!("cargo:rustc-link-arg-bins={argument}");
        }
    }
}

fn images() -> String {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("{FOLDER} names no folder with images: build with ci/ram_images.sh"));
    let mut code = String::new();
    for name in IMAGES {
        let path = folder.join(name).with_extension("img");
        println!("cargo:rerun-if-changed={}", path.display());
        let constant = name.replace('-', "_").to_uppercase();
        writeln!(code, "pub(crate) static {constant}: &[u8] = include_bytes!({path:?});")
            .expect("strings can be written");
    }
    code
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the build folder can be written");
}
