//! Whether two images may exchange values and an item.
//!
//! Until types are described structurally, the rule for an item is equality: same kind, same signature tokens, and for
//! every type the signature names the same size, alignment and definition. Any difference is refused.

use crate::manifest::{Header, Item};
use dynpatch_interface::record::TypeUse;
use dynpatch_interface::{Environment, Version};

/// What a host asks of every patch.
#[derive(Debug, Clone, Copy)]
pub struct Requirements<'a> {
    /// What built the host.
    pub environment: Environment<'a>,
    /// The interface version the host offers, if it says one.
    pub interface_version: Option<Version>,
    /// The interface hash the host asks for, if any.
    pub type_hash: Option<u64>,
}

/// Why a patch as a whole does not fit.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderMismatch<'a> {
    /// Another target.
    Target {
        /// The host's.
        host: &'a str,
        /// The patch's.
        patch: &'a str,
    },
    /// Another compiler.
    Compiler {
        /// The host's.
        host: &'a str,
        /// The patch's.
        patch: &'a str,
    },
    /// Another dynpatch.
    Framework {
        /// The host's.
        host: Version,
        /// The patch's.
        patch: Version,
    },
    /// A panic in the patch would end the process.
    PanicAbort,
    /// The patch's memory is not the host's.
    Allocator {
        /// Whose allocator the patch uses.
        patch: &'a str,
    },
    /// The interface the patch was written for is not the one the host offers.
    InterfaceVersion {
        /// The host's.
        host: Version,
        /// The patch's.
        patch: Option<Version>,
    },
    /// The interface hash differs.
    TypeHash {
        /// The host's.
        host: u64,
        /// The patch's.
        patch: Option<u64>,
    },
}

/// Checks a patch's header. What makes every further comparison meaningless comes first.
///
/// # Errors
/// The first requirement that is not met.
pub fn check_header<'a>(host: &Requirements<'a>, patch: &Header<'a>) -> Result<(), HeaderMismatch<'a>> {
    // Every field is named: a new one must be compared or dismissed here, on purpose.
    let Requirements { environment: ours, interface_version, type_hash } = *host;
    let Environment { framework, compiler, target, panics_unwind, debug_assertions: _ } = patch.environment;
    if ours.target != target {
        return Err(HeaderMismatch::Target { host: ours.target, patch: target });
    }
    if ours.compiler != compiler {
        return Err(HeaderMismatch::Compiler { host: ours.compiler, patch: compiler });
    }
    if ours.framework != framework {
        return Err(HeaderMismatch::Framework { host: ours.framework, patch: framework });
    }
    if !panics_unwind {
        return Err(HeaderMismatch::PanicAbort);
    }
    if patch.allocator != "host" {
        return Err(HeaderMismatch::Allocator { patch: patch.allocator });
    }
    check_interface(interface_version, type_hash, patch)
}

fn check_interface<'a>(
    version: Option<Version>,
    type_hash: Option<u64>,
    patch: &Header<'a>,
) -> Result<(), HeaderMismatch<'a>> {
    if let Some(host) = version
        && let Some(theirs) = patch.interface_version
        && !crate::version::compatible(host, theirs)
    {
        return Err(HeaderMismatch::InterfaceVersion { host, patch: Some(theirs) });
    }
    if let Some(host) = type_hash
        && patch.type_hash != Some(host)
    {
        return Err(HeaderMismatch::TypeHash { host, patch: patch.type_hash });
    }
    Ok(())
}

/// Why an item does not fit.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemMismatch<'a> {
    /// A function here, a static there.
    Kind,
    /// Other arguments, result, receiver, lifetimes or safety.
    Signature {
        /// The host's.
        host: &'a str,
        /// The patch's.
        patch: &'a str,
    },
    /// A method that moved within its service.
    Index {
        /// The host's.
        host: Option<u32>,
        /// The patch's.
        patch: Option<u32>,
    },
    /// A type the signature names is not the same type.
    Type {
        /// The host's.
        host: TypeUse<'a>,
        /// The patch's.
        patch: TypeUse<'a>,
    },
}

/// Checks an item both images have.
///
/// # Errors
/// The first difference.
pub fn check_item<'a>(host: &Item<'a>, patch: &Item<'a>) -> Result<(), ItemMismatch<'a>> {
    if host.kind != patch.kind {
        return Err(ItemMismatch::Kind);
    }
    if host.signature != patch.signature {
        return Err(ItemMismatch::Signature { host: host.signature, patch: patch.signature });
    }
    if host.index != patch.index {
        return Err(ItemMismatch::Index { host: host.index, patch: patch.index });
    }
    // The macro lists types in the order of the signature, which is equal by now.
    match host.types().zip(patch.types()).find(|(ours, theirs)| ours != theirs) {
        Some((host, patch)) => Err(ItemMismatch::Type { host, patch }),
        None => Ok(()),
    }
}
