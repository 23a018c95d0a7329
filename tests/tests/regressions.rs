//! What fuzzers have found stays found: every file of `fuzz/regressions` goes through the same functions, without a
//! fuzzer.

#[path = "../../fuzz/src/invariants/mod.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets reach it")]
mod invariants;

use invariants::{
    config, config_is_accepted, image, image_is_accepted, layout, layout_is_accepted, manifest, manifest_is_accepted,
    object, object_is_accepted,
};
use std::fs;
use std::path::Path;

/// The inputs kept for a target, by name; none when it never failed.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/regressions").join(target);
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let paths = files.map(|entry| entry.expect("an entry of the folder").path());
    let named = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    paths.map(|path| (named(&path), fs::read(&path).expect("a kept input can be read"))).collect()
}

fn replay(target: &str, invariants: fn(&[u8]), is_accepted: fn(&[u8]) -> bool) {
    for (name, bytes) in inputs(target) {
        eprintln!("{target}/{name}");
        invariants(&bytes);
        assert!(!name.starts_with("refused-") || !is_accepted(&bytes), "{target}/{name} is accepted again");
    }
}

#[test]
fn manifests_that_once_failed_no_longer_do() {
    replay("manifest", manifest, manifest_is_accepted);
}

#[test]
fn images_that_once_failed_no_longer_do() {
    replay("image", image, image_is_accepted);
}

/// What the fuzzer starts from: an image that ci/ram_images.sh built.
#[test]
fn an_image_of_this_format_is_accepted() {
    let bytes = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/starts/image/whole-meter.img"));
    let bytes = bytes.expect("the image is there");
    image(&bytes);
    assert!(image_is_accepted(&bytes), "the format changed: take target/ram-images/thumbv6m-none-eabi/v3.img");
}

#[test]
fn configurations_that_once_failed_no_longer_do() {
    replay("config", config, config_is_accepted);
}

/// What the fuzzer starts from, a text of each format.
#[test]
fn configurations_of_each_format_are_accepted() {
    for format in ["toml", "json", "yaml"] {
        let bytes = fs::read(format!("{}/../fuzz/starts/config/{format}", env!("CARGO_MANIFEST_DIR")));
        let bytes = bytes.expect("the text is there");
        config(&bytes);
        assert!(config_is_accepted(&bytes), "{format}");
    }
}

#[test]
fn layouts_that_once_failed_no_longer_do() {
    replay("layout", layout, layout_is_accepted);
}

#[test]
#[cfg(target_os = "linux")]
fn objects_that_once_failed_no_longer_do() {
    assert!(!inputs("object").is_empty(), "the kept inputs are not found");
    replay("object", object, object_is_accepted);
}

/// The host of the fixtures: any sound library will do, and this one is.
#[test]
fn the_invariants_hold_for_what_is_sound() {
    let bytes = fs::read(dynpatch_tests::fixture("hotfix")).expect("the fixture was built");
    object(&bytes);
    assert!(object_is_accepted(&bytes));
}
