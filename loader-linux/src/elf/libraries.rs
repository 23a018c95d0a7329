//! The libraries a patch may bring in: those of the C runtime, which a Rust program has loaded anyway.
//!
//! The constructors of a needed library run inside `dlopen`, and nobody inspects that library; so any other name is
//! refused.

use super::dynamic::Dynamic;
use super::refusal::{Checked, ensure, hardening, malformed};
use super::strings::string_at;

/// What rustc, and crates that bind the C library, link to on this platform.
#[cfg(not(target_env = "musl"))]
const ALLOWED: [&str; 9] = [
    "libc.so.6",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
    "libutil.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];
/// What rustc links to on this platform. musl's C library has the name of its architecture on some distributions.
#[cfg(target_env = "musl")]
const ALLOWED: [&str; 4] = ["libc.so", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libgcc_s.so.1"];

/// The longest path. The first name that is not allowed ends the check, so this is searched once.
const LONGEST: usize = 4096;

/// The libraries the dynamic table names, each allowed and named once.
pub(super) fn check<'a>(dynamic: &Dynamic, strings: &'a [u8]) -> Checked<Vec<&'a [u8]>> {
    let mut libraries = Vec::new();
    for offset in &dynamic.needed {
        let name = u32::try_from(*offset).ok().and_then(|offset| string_at(strings, offset, LONGEST));
        let name = name.ok_or_else(|| malformed("DT_NEEDED", format!("no name at {offset:#x} of the string table")))?;
        allowed(name)?;
        let shown = || String::from_utf8_lossy(name).into_owned();
        ensure(!libraries.contains(&name), || malformed("DT_NEEDED", format!("{} is named twice", shown())))?;
        libraries.push(name);
    }
    Ok(libraries)
}

fn allowed(name: &[u8]) -> Checked {
    ensure(ALLOWED.iter().any(|allowed| allowed.as_bytes() == name), || {
        let shown = String::from_utf8_lossy(name);
        let help = format!(
            "a patch may need {} only: link anything else statically, or call it in the host",
            ALLOWED.join(", ")
        );
        hardening("DT_NEEDED", format!("needs `{}`, whose constructors nobody checked", shown.escape_debug()))
            .with_help(help)
    })
}
