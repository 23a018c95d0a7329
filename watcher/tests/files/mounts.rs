//! Mounts that report no changes.

use std::fs;
use std::process::Command;

use dynpatch_watcher::files::Options;

use super::harness::{Scratch, Watched, Way};

const INSIDE: &str = "WATCHER_TEST_MOUNTS";

/// In a namespace of its own, where a test may mount. Not every system lets one have that: then it says so.
#[test]
fn an_overlay_whose_lower_layer_is_written() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let me = std::env::current_exe().expect("a test has a path");
    let test = "mounts::an_overlay_whose_lower_layer_is_written";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount"]).arg(me).args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let output = command.output();
    let said = output.as_ref().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    if said.contains("running 1 test") {
        assert!(output.is_ok_and(|output| output.status.success()), "{said}");
        println!("mounts: an overlay was watched");
    } else {
        println!("mounts: NOT RUN: this system lets nobody mount: {output:?}");
    }
}

fn inside() {
    let scratch = Scratch::new();
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| scratch.path(name));
    for directory in [&lower, &upper, &work, &merged] {
        fs::create_dir(directory).expect("a directory");
    }
    fs::write(lower.join("file"), "old").expect("written");
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let mounted = Command::new("mount").args(["-t", "overlay", "overlay", "-o", &layers]).arg(&merged).status();
    assert!(mounted.expect("mount").success(), "whoever has a namespace may mount in it");
    // The system is listened to, as by default, and hears nothing of it.
    let path = merged.join("file");
    let way = Way::native().with(|_| Options::default());
    let watched = Watched::file(&path, &way);
    for text in ["newer", "newest of all"] {
        fs::write(lower.join("file"), text).expect("written");
        watched.expect(text);
    }
    let unheard = Watched::file(&path, &Way::native());
    let reads = unheard.watch.status().reads;
    fs::write(lower.join("file"), "unheard of").expect("written");
    watched.expect("unheard of");
    assert_eq!(unheard.watch.status().reads, reads, "it would have been heard of");
    drop((watched, unheard));
    assert!(Command::new("umount").arg(&merged).status().expect("umount").success());
}
