//! Links images as `dynpatch-image` takes them.

fn main() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../image-tool/image.ld");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={script}");
    for argument in ["-pie", "--no-dynamic-linker", "--no-undefined", "-znorelro", &format!("-T{script}")] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
