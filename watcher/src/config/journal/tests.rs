//! Whatever happened to a slot: what is read was written, or nothing is.

use super::super::format::Format;
use super::*;
use crate::files::Portable;
use std::fs;

fn directory(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("dynpatch-journal-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    directory
}

fn files(text: &str) -> Vec<Text> {
    let path = PathBuf::from("a.toml");
    vec![
        Text { path: path.clone(), format: Format::Toml, text: text.into() },
        Text { path, format: Format::Json, text: "{}".into() },
    ]
}

fn open(directory: &Path) -> Opened {
    Journal::open(Arc::new(Portable), directory.to_owned(), &["a.toml".into()])
}

#[test]
fn the_newest_record_comes_first_and_the_one_before_is_kept() {
    let directory = directory("newest");
    let mut opened = open(&directory);
    assert!(opened.kept.is_empty() && opened.damage.is_none());
    for text in ["1", "2", "3"] {
        opened.journal.keep(&files(text)).unwrap();
    }
    let again = open(&directory);
    assert_eq!(again.kept, [files("3"), files("2")]);
    assert_eq!(again.damage, None);
    assert!(
        Journal::open(Arc::new(Portable), directory.clone(), &["b.toml".into()]).kept.is_empty(),
        "other files, other slots"
    );
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn what_is_kept_already_is_not_written_again() {
    let directory = directory("same");
    open(&directory).journal.keep(&files("1")).unwrap();
    let mut again = open(&directory);
    again.journal.keep(&files("1")).unwrap();
    assert_eq!(open(&directory).kept, [files("1")]);
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_record_cut_at_any_length_is_refused_and_the_older_one_stands() {
    let directory = directory("cut");
    let mut opened = open(&directory);
    opened.journal.keep(&files("1")).unwrap();
    opened.journal.keep(&files("2")).unwrap();
    let newest = opened.journal.slot(0);
    let whole = fs::read(&newest).unwrap();
    for length in 0..whole.len() {
        fs::write(&newest, &whole[..length]).unwrap();
        let again = open(&directory);
        assert_eq!(again.kept, [files("1")], "cut at {length}");
        assert!(again.damage.is_some(), "cut at {length}");
    }
    fs::write(&newest, &whole).unwrap();
    assert_eq!(open(&directory).kept[0], files("2"));
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn any_flipped_bit_is_seen() {
    let record = Record { number: 7, files: files("port = 1") };
    let whole = record.encode(&[3; 32]);
    assert_eq!(Record::decode(&whole, &[3; 32]), Ok(record));
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(Record::decode(&flipped, &[3; 32]).is_err(), "bit {bit}");
    }
    assert!(Record::decode(&whole, &[4; 32]).is_err(), "of other files");
}

#[test]
fn records_with_a_right_checksum_and_wrong_lengths_are_refused() {
    let mut whole = Record { number: 7, files: files("port = 1") }.encode(&[3; 32]);
    whole.truncate(whole.len() - CHECKSUM_LENGTH);
    for at in 0..whole.len() {
        let mut wrong = whole.clone();
        wrong[at] = 0xFF;
        let checksum = blake3::hash(&wrong);
        wrong.extend(checksum.as_bytes());
        // Either refused, or another text of the same length: never a panic, and never an allocation of what it claims.
        let _ = Record::decode(&wrong, &[3; 32]);
    }
}

const CHECKSUM_LENGTH: usize = 32;

#[test]
fn a_directory_in_place_of_a_slot_is_damage() {
    let directory = directory("odd");
    let opened = open(&directory);
    fs::create_dir_all(opened.journal.slot(1)).unwrap();
    let mut again = open(&directory);
    assert!(again.damage.is_some_and(|it| it.contains("regular file")));
    assert!(again.journal.keep(&files("1")).is_err());
    fs::remove_dir_all(directory).unwrap();
}
