//! Which versions go together: semver, with versions below 1.0 handled as cargo handles them.

use dynpatch_interface::Version;

/// Whether a patch written for interface version `patch` runs on a host that offers `host`.
///
/// The host must offer at least what the patch was written for, within the same compatible range: what cargo's
/// requirement `^patch` accepts (<https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>).
///
/// | patch | hosts it runs on |
/// |---|---|
/// | 1.2.3 | ≥ 1.2.3, < 2.0.0 |
/// | 0.2.3 | ≥ 0.2.3, < 0.3.0 |
/// | 0.0.3 | 0.0.3 only |
///
/// ```
/// use dynpatch_core::version::compatible;
/// use dynpatch_interface::Version;
/// assert!(compatible(Version::new(1, 4, 0), Version::new(1, 2, 3)));
/// assert!(!compatible(Version::new(0, 3, 0), Version::new(0, 2, 3)));
/// ```
pub fn compatible(host: Version, patch: Version) -> bool {
    host >= patch && host < first_incompatible(patch)
}

/// The smallest version a requirement on `version` no longer accepts. Saturates at the end of the number range, where
/// the last number then stands for all that would follow.
pub fn first_incompatible(version: Version) -> Version {
    match version {
        Version { major: 0, minor: 0, patch } => Version::new(0, 0, patch.saturating_add(1)),
        Version { major: 0, minor, .. } => Version::new(0, minor.saturating_add(1), 0),
        Version { major, .. } => Version::new(major.saturating_add(1), 0, 0),
    }
}

/// The smallest version above `version` that a requirement on it accepts and that says something was added. Before 1.0 that
/// is the next patch version, for 0.0 versions the next one, which no requirement accepts.
pub fn next_compatible(version: Version) -> Version {
    match version {
        Version { major: 0, minor, patch } => Version::new(0, minor, patch.saturating_add(1)),
        Version { major, minor, .. } => Version::new(major, minor.saturating_add(1), 0),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::compatible;
    use dynpatch_interface::Version;
    use std::format;

    const INTERESTING: [u32; 5] = [0, 1, 2, 3, 9];

    fn versions() -> impl Iterator<Item = Version> {
        INTERESTING.into_iter().flat_map(|major| {
            INTERESTING
                .into_iter()
                .flat_map(move |minor| INTERESTING.into_iter().map(move |patch| Version::new(major, minor, patch)))
        })
    }

    #[test]
    fn the_table() {
        let table = [
            ((1, 0, 0), (1, 0, 0), true),
            ((1, 4, 0), (1, 2, 3), true),
            ((1, 2, 2), (1, 2, 3), false),
            ((2, 0, 0), (1, 9, 9), false),
            ((0, 2, 9), (0, 2, 3), true),
            ((0, 3, 0), (0, 2, 3), false),
            ((0, 0, 3), (0, 0, 3), true),
            ((0, 0, 4), (0, 0, 3), false),
            ((1, 0, 0), (0, 9, 0), false),
        ];
        for ((a, b, c), (d, e, f), expected) in table {
            let (host, patch) = (Version::new(a, b, c), Version::new(d, e, f));
            assert_eq!(compatible(host, patch), expected, "host {host}, patch {patch}");
        }
    }

    #[test]
    fn agrees_with_cargos_requirements() {
        for patch in versions() {
            let requirement = semver::VersionReq::parse(&format!("^{patch}")).expect("a caret requirement");
            for host in versions() {
                let oracle = semver::Version::new(host.major.into(), host.minor.into(), host.patch.into());
                assert_eq!(compatible(host, patch), requirement.matches(&oracle), "host {host}, patch {patch}");
            }
        }
    }
}
