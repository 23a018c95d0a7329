fn main() {
    println!("cargo:rerun-if-env-changed=SHARED_CHANGED");
    println!("cargo:rustc-check-cfg=cfg(changed, values(\"order\", \"limit\"))");
    if let Ok(changed) = std::env::var("SHARED_CHANGED") {
        println!("cargo:rustc-cfg=changed=\"{changed}\"");
    }
}
