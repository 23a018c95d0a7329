//! Several files as one.

use dynpatch::config::NativeFiles;
use dynpatch_watcher::files::FileSet;

use super::harness::{Scratch, Watched, every_way, replace};
#[cfg(unix)]
use super::harness::{pause, text};
use super::told as fs;

#[test]
fn a_directory_of_files_in_the_order_of_their_names() {
    every_way(|way| {
        let scratch = Scratch::new();
        let parts = scratch.path("conf.d");
        let set = FileSet::file(scratch.path("base.toml")).and_directory(&parts, ["toml"]);
        let watched = Watched::new(set, &way);
        fs::write(scratch.path("base.toml"), "base").expect("written");
        watched.expect("base");
        fs::create_dir(&parts).expect("a directory");
        fs::write(parts.join("20.toml"), "twenty").expect("written");
        watched.expect("base twenty");
        fs::write(parts.join("ignored.txt"), "not counted").expect("written");
        fs::write(parts.join(".hidden.toml"), "not counted").expect("written");
        fs::write(parts.join("10.toml"), "ten").expect("written");
        watched.expect("base ten twenty");
        fs::remove_file(parts.join("20.toml")).expect("removed");
        watched.expect("base ten");
        fs::remove_dir_all(&parts).expect("removed");
        watched.expect("base");
        replace(&scratch.path("base.toml"), "the end");
        watched.expect("the end");
    });
}

#[cfg(unix)]
#[test]
fn kubernetes_swaps_all_files_at_once() {
    every_way(|way| {
        let scratch = Scratch::new();
        let swap = |number: u32| {
            let name = format!("..{number}");
            let directory = scratch.path(&name);
            fs::create_dir(&directory).expect("a directory");
            for file in ["a", "b"] {
                fs::write(directory.join(file), format!("{number}")).expect("written");
            }
            fs::symlink(&name, scratch.path("..data_tmp")).expect("a link");
            fs::rename(scratch.path("..data_tmp"), scratch.path("..data")).expect("a rename");
            if number > 0 {
                fs::remove_dir_all(scratch.path(&format!("..{}", number - 1))).expect("removed");
            }
        };
        swap(0);
        for file in ["a", "b"] {
            fs::symlink(format!("..data/{file}"), scratch.path(file)).expect("a link");
        }
        let set = FileSet::file(scratch.path("a")).and_file(scratch.path("b"));
        let watched = Watched::new(set, &way);
        swap(1);
        watched.expect("1 1");
        swap(2);
        watched.expect("2 2");
        (3..60).for_each(swap);
        for state in watched.until("59 59") {
            let (a, b) = state.split_once(' ').expect("two files");
            assert_eq!(a, b, "two states were mixed");
        }
        // Where the links lead now is watched too.
        fs::write(scratch.path("..59/b"), "written in place").expect("written");
        watched.expect("59 written in place");
    });
}

#[test]
fn nothing_is_delivered_for_what_the_caller_has_read() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "old").expect("written");
        let watched = Watched::file(&path, &way);
        watched.wait_for_read_after(0);
        watched.expect_nothing_more(&path);
    });
}

#[cfg(unix)]
#[test]
fn reading_never_mixes_two_states() {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    let scratch = Scratch::new();
    let names: Vec<String> = (0..8).map(|number| format!("file {number}")).collect();
    for state in ["one", "two"] {
        fs::create_dir(scratch.path(state)).expect("a directory");
        names.iter().for_each(|name| fs::write(scratch.path(state).join(name), state).expect("written"));
    }
    fs::symlink("one", scratch.path("data")).expect("a link");
    let set = names.iter().fold(FileSet::default(), |set, name| set.and_file(scratch.path("data").join(name)));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for state in ["one", "two"].iter().cycle().take_while(|_| !done.load(Ordering::Relaxed)) {
                fs::symlink(state, scratch.path("next")).expect("a link");
                fs::rename(scratch.path("next"), scratch.path("data")).expect("a rename");
                pause(1);
            }
        });
        let (mut seen, mut mixed) = ([0; 2], Vec::new());
        for _ in 0..2000 {
            let states: Vec<String> = set.read(&NativeFiles).iter().map(|(_, content)| text(content)).collect();
            seen[usize::from(states[0] == "two")] += 1;
            if states.iter().any(|state| *state != states[0]) {
                mixed.push(states);
            }
        }
        done.store(true, Ordering::Relaxed);
        assert_eq!(mixed, Vec::<Vec<String>>::new());
        assert!(seen.iter().all(|times| *times > 100), "{seen:?}");
    });
}
