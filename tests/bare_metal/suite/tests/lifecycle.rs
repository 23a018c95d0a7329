//! The steps of an apply: each consumes the one before, and a refusal ends the way.
#![no_std]
#![no_main]

use dynpatch_core::{Inspected, Sealed};

support::tests!(
    each_step_hands_on_what_was_checked,
    what_does_not_read_goes_no_further,
    what_is_refused_goes_no_further
);

/// An image in memory that nobody else writes.
type Image = [u8; 4];

#[derive(Debug, PartialEq)]
struct Refused;

fn inspected(image: Image) -> Result<Inspected<Image, u8>, Refused> {
    Sealed::new(image).inspect(|bytes| bytes.first().copied().filter(|first| *first != 0).ok_or(Refused))
}

fn each_step_hands_on_what_was_checked() {
    let inspected = inspected([7, 8, 9, 10]).expect("reads");
    assert_eq!((inspected.bytes(), *inspected.findings()), (&[7, 8, 9, 10][..], 7));
    let mut seen = None;
    let admitted = inspected.admit(|bytes, finding| {
        seen = Some((bytes.len(), *finding));
        Ok::<(), Refused>(())
    });
    let admitted = admitted.expect("admitted");
    assert_eq!(seen, Some((4, 7)));
    assert_eq!((admitted.copy(), admitted.findings()), (&[7, 8, 9, 10], &7));
    assert_eq!(admitted.into_parts(), ([7, 8, 9, 10], 7));
}

fn what_does_not_read_goes_no_further() {
    assert_eq!(inspected([0; 4]).err(), Some(Refused));
}

fn what_is_refused_goes_no_further() {
    let inspected = inspected([1; 4]).expect("reads");
    assert!(inspected.admit(|_, _| Err(Refused)).is_err());
}
