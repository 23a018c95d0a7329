fn main() {
    println!("cargo:rerun-if-env-changed=SHARED_CHANGED");
    println!("cargo:rustc-check-cfg=cfg(changed)");
    if std::env::var_os("SHARED_CHANGED").is_some() {
        println!("cargo:rustc-cfg=changed");
    }
}
