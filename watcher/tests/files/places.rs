//! Where a file lies, and what may lie there instead.

use std::io::Write;
use std::time::Duration;

use dynpatch_watcher::files::FileSet;

use super::harness::{Scratch, Watched, Way, every_way, pause};
use super::told::{self as fs, File};

#[test]
fn a_directory_that_appears_later() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("some/where/below/file");
        let watched = Watched::file(&path, &way);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(&path, "there").expect("written");
        watched.expect("there");
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn a_file_that_is_being_written_in_a_new_directory_is_waited_for() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("home/file");
        let watched = Watched::file(&path, &way);
        for round in 0..4 {
            fs::create_dir(scratch.path("home")).expect("a directory");
            let mut file = File::create(&path).expect("created");
            file.write_all(b"half").expect("written");
            pause(300);
            file.write_all(format!("whole {round}").as_bytes()).expect("written");
            drop(file);
            watched.expect(&format!("halfwhole {round}"));
            fs::remove_dir_all(scratch.path("home")).expect("removed");
            watched.expect("missing");
        }
    });
}

#[test]
fn a_directory_that_goes_and_comes_back() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("home/file");
        fs::create_dir(scratch.path("home")).expect("a directory");
        fs::write(&path, "old").expect("written");
        let watched = Watched::file(&path, &way);
        for round in ["one", "two", "three"] {
            fs::rename(scratch.path("home"), scratch.path("away")).expect("away");
            watched.expect("missing");
            fs::write(scratch.path("away/file"), round).expect("written elsewhere");
            fs::rename(scratch.path("away"), scratch.path("home")).expect("back");
            watched.expect(round);
            let again = format!("{round} again");
            fs::write(&path, &again).expect("written");
            watched.expect(&again);
        }
        fs::remove_dir_all(scratch.path("home")).expect("removed");
        watched.expect("missing");
        fs::create_dir(scratch.path("home")).expect("a directory");
        fs::write(&path, "new").expect("written");
        watched.expect("new");
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn a_change_that_nobody_reports_is_seen_by_a_look() {
    // Only directories that hold names on the way are watched, not those above.
    let scratch = Scratch::new();
    for place in ["here", "elsewhere"] {
        fs::create_dir_all(scratch.path(place).join("inner")).expect("directories");
        fs::write(scratch.path(place).join("inner/file"), place).expect("written");
    }
    let way = Way::native().with(|options| options.poll_interval(Duration::from_millis(50)));
    let watched = Watched::file(&scratch.path("here/inner/file"), &way);
    assert!(watched.watch.status().native, "the system reports changes here");
    fs::rename(scratch.path("here"), scratch.path("away")).expect("away");
    fs::rename(scratch.path("elsewhere"), scratch.path("here")).expect("here");
    watched.expect("elsewhere");
    watched.expect_nothing_more(&scratch.path("here/inner/file"));
}

#[test]
fn what_is_no_file_is_unreadable_and_becomes_readable() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "old").expect("written");
        let watched = Watched::file(&path, &way);
        fs::remove_file(&path).expect("removed");
        fs::create_dir(&path).expect("a directory");
        watched.expect("IsADirectory");
        fs::remove_dir(&path).expect("removed");
        fs::write(&path, "a file again").expect("written");
        watched.expect("a file again");
    });
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    use super::harness::replace;

    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::pipe(&path);
        let watched = Watched::file(&path, &way);
        replace(&path, "a file");
        watched.expect("a file");
        fs::remove_file(&path).expect("removed");
        fs::pipe(&path);
        watched.expect("InvalidInput");
        watched.expect_nothing_more(&path);
    });
}

#[test]
fn a_file_over_the_limit_is_unreadable() {
    every_way(|way| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let watched = Watched::new(FileSet::file(&path).limit(10), &way);
        fs::write(&path, "ten bytes.").expect("written");
        watched.expect("ten bytes.");
        fs::write(&path, "eleven byte").expect("written");
        watched.expect("FileTooLarge");
        fs::write(&path, "small").expect("written");
        watched.expect("small");
    });
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_may_be_led_elsewhere() {
    use super::harness::replace;

    every_way(|way| {
        let scratch = Scratch::new();
        for place in ["one", "two"] {
            fs::create_dir(scratch.path(place)).expect("a directory");
            fs::write(scratch.path(place).join("file"), place).expect("written");
        }
        fs::create_dir(scratch.path("links")).expect("a directory");
        fs::symlink("../one/../one/file", scratch.path("links/second")).expect("a link");
        fs::symlink("links/second", scratch.path("first")).expect("a link");
        let watched = Watched::file(&scratch.path("first"), &way);
        replace(&scratch.path("one/file"), "one again");
        watched.expect("one again");
        watched.rest();
        fs::symlink("../two/file", scratch.path("links/third")).expect("a link");
        fs::rename(scratch.path("links/third"), scratch.path("links/second")).expect("a rename");
        watched.expect("two");
        replace(&scratch.path("two/file"), "two again");
        watched.expect("two again");
        fs::remove_file(scratch.path("two/file")).expect("removed");
        watched.expect("missing");
        fs::remove_file(scratch.path("first")).expect("removed");
        fs::symlink("first", scratch.path("first")).expect("a link to itself");
        assert!(!["missing", "two again"].contains(&watched.next()[0].as_str()), "it leads nowhere");
        replace(&scratch.path("first"), "no link any more");
        watched.expect("no link any more");
    });
}

#[cfg(unix)]
#[test]
fn a_directory_that_goes_and_comes_back_at_once_is_still_heard_of() {
    every_way(|way| {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path("home")).expect("a directory");
        fs::write(scratch.path("home/file"), "old").expect("written");
        // The link lies above the directory, so both are watched.
        fs::symlink("home/file", scratch.path("file")).expect("a link");
        let watched = Watched::file(&scratch.path("file"), &way);
        watched.rest();
        fs::rename(scratch.path("home"), scratch.path("away")).expect("away");
        fs::rename(scratch.path("away"), scratch.path("home")).expect("back");
        watched.rest();
        fs::write(scratch.path("home/file"), "new").expect("written");
        watched.expect("new");
    });
}
