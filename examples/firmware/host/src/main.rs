//! A firmware that takes patches as images for RAM: it loads good ones at two addresses and goes back, is offered bad
//! ones and stays as it is, and last runs one that panics, which ends the run with [`TRAPPED`].
#![no_std]
#![no_main]

mod board;
mod meter;
mod raw;
mod refusals;

use dynpatch_core::image::{AdmittedImage, CheckMemory, Image, ImageHost, LoadedImage, Machine};
use dynpatch_core::manifest::HostManifest;
use dynpatch_interface::firmware::{HostServices, PANIC};
use firmware_interface::Reading;
use firmware_interface::meter::COUNT;
use meter::{commit, live, restore_built_in, rollback};
use semihosting::{print, println, process};

/// The images, as `dynpatch-image` made them.
mod images {
    include!(concat!(env!("OUT_DIR"), "/images.rs"));
}

/// What every image may ask for.
pub(crate) static SERVICES: HostServices = HostServices::new(show, trap);

/// How the run ends when all went as it should: the image that panics reached [`trap`].
const TRAPPED: i32 = 42;
const WRONG_TRAP: i32 = 43;

/// An image that fits, in its region.
pub(crate) type Loaded = LoadedImage<COUNT>;
/// Definitions of types that firmware or image may have.
pub(crate) type Memory<'a> = CheckMemory<'a, 4>;

const READINGS: [Reading; 2] = [Reading { channel: 0, value: 1500 }, Reading { channel: 2, value: 21_250 }];

fn show(text: &str) {
    print!("{text}");
}

/// A device would note the code, go back to the built-in functions and start again. This one tells who started it.
fn trap(code: u32) -> ! {
    println!("trap: {code:#x}");
    process::exit(if code == PANIC { TRAPPED } else { WRONG_TRAP })
}

fn run() -> ! {
    let host = host();
    let [a, b] = raw::regions();
    built_in_answers("at the start");

    let v2 = load(images::V2, a, &host);
    built_in_answers("with v2 loaded and not live");
    commit(&v2);
    answers("v2", &[(21, 42), (100, 200)], 202, "mean 11375");

    let v3 = load(images::V3, b, &host);
    commit(&v3);
    v3_answers(&v3);
    rollback();
    answers("v2 again", &[(8, 16)], 203, "mean 11375");
    let [a, b] = [restore_built_in(v2), restore_built_in(v3)];
    built_in_answers("after going back");

    let first = b.as_ptr().addr();
    let v3 = load(images::V3, a, &host);
    assert_ne!(v3.address(), first, "the same address says nothing");
    commit(&v3);
    v3_answers(&v3);
    let a = restore_built_in(v3);
    built_in_answers("after v3 at another address");

    let a = refusals::run(&host, a);

    let careless = load(images::PANICS, a, &host);
    commit(&careless);
    assert_eq!(live().scale(3), 13, "the careless image runs");
    println!("ok: all but the panic; it ends the run");
    live().scale(9);
    panic!("a panic in an image came back");
}

/// What this firmware says of itself.
fn host() -> ImageHost<'static> {
    let manifest = HostManifest::read(raw::manifest()).expect("the firmware's own manifest reads");
    assert_eq!(manifest.contents().items().count(), COUNT, "the firmware has its items");
    ImageHost { manifest, interface_version: Some(firmware_interface::meter::VERSION) }
}

/// Every check there is before any code of an image runs.
fn admit<'a>(bytes: &'a [u8], host: &ImageHost<'a>) -> Result<AdmittedImage<'a>, (&'static str, Option<&'a str>)> {
    let machine = Machine::THIS.expect("images run here");
    let image = Image::read(bytes, machine).map_err(|error| (error.code(), None))?;
    image.check(host, &mut Memory::new()).map_err(|refusal| (refusal.code(), refusal.item()))
}

fn load(bytes: &'static [u8], region: &'static mut [u8], host: &ImageHost<'static>) -> Loaded {
    let admitted = admit(bytes, host).expect("a good image fits");
    let memory = admitted.image().header().memory;
    let loaded = raw::load(admitted, region).expect("a good image is loaded");
    println!("loaded {} bytes at {:#x}, taking {memory}", bytes.len(), loaded.address());
    loaded
}

fn built_in_answers(when: &str) {
    answers(when, &[(21, 21), (100, 100)], 0, "mean 11375");
}

/// Asks twice, so that the image's own statics show: they count from where the image began.
fn v3_answers(v3: &Loaded) {
    assert!(v3.functions().iter().all(Option::is_some), "v3 brings everything");
    answers("v3", &[(10, 30), (100, 407)], 302, "inlet=1500 ambient=21250 last=0x197");
}

fn answers(when: &str, scaled: &[(u32, u32)], count: u32, report: &str) {
    for (raw, expected) in scaled {
        assert_eq!(live().scale(*raw), *expected, "{when}: scale({raw})");
    }
    assert_eq!(live().count(), count, "{when}: count");
    let mut text = [0; 64];
    let length = live().report(&READINGS, &mut text);
    assert_eq!(core::str::from_utf8(&text[..length]), Ok(report), "{when}: report");
    println!("ok: {when}: scale({})={}, count={count}, report={report:?}", scaled[0].0, scaled[0].1);
}
