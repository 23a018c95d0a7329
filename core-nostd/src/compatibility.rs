//! Whether two images may exchange values and an item.

use crate::layout::{Difference, Finding, Flow, Identity, Trail, Walk};
use crate::manifest::{Header, Item};
use dynpatch_interface::record::ItemKind;
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
    /// Another ABI of the target.
    Abi {
        /// The host's.
        host: &'a str,
        /// The patch's.
        patch: &'a str,
    },
    /// Pointers of another size.
    PointerWidth {
        /// The host's, in bits.
        host: u8,
        /// The patch's, in bits.
        patch: u8,
    },
    /// Another byte order.
    Endianness {
        /// Whether the host's low byte comes first.
        host_little: bool,
    },
    /// Another compiler.
    Compiler {
        /// The host's.
        host: &'a str,
        /// The patch's.
        patch: &'a str,
    },
    /// Another order of fields by the same compiler.
    LayoutProbe {
        /// The host's.
        host: [u8; 8],
        /// The patch's.
        patch: [u8; 8],
    },
    /// Another dynpatch.
    Framework {
        /// The host's.
        host: Version,
        /// The patch's.
        patch: Version,
    },
    /// A panic in the patch would end the process, and one in the host would not.
    PanicAbort,
    /// The patch's memory is not the host's.
    Allocator {
        /// Whose allocator the patch uses.
        patch: &'a str,
    },
    /// The patch was compiled for more than this processor has.
    CpuFeature {
        /// What is missing.
        feature: &'a str,
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
/// `has_cpu_feature` says of a feature of this target whether the processor that will run the patch has it.
///
/// # Errors
/// The first requirement that is not met.
pub fn check_header<'a>(
    host: &Requirements<'a>,
    patch: &Header<'a>,
    has_cpu_feature: impl Fn(&str) -> bool,
) -> Result<(), HeaderMismatch<'a>> {
    check_environment(&host.environment, &patch.environment)?;
    if patch.allocator != "host" {
        return Err(HeaderMismatch::Allocator { patch: patch.allocator });
    }
    let ours = host.environment.cpu_features;
    let missing = |feature: &&str| !listed(ours).any(|has| has == *feature) && !has_cpu_feature(feature);
    if let Some(feature) = listed(patch.environment.cpu_features).find(missing) {
        return Err(HeaderMismatch::CpuFeature { feature });
    }
    check_interface(host.interface_version, host.type_hash, patch)
}

/// What stands between commas. Without the searchers of core's `split`, which are large for a chip.
fn listed(mut rest: &str) -> impl Iterator<Item = &str> {
    core::iter::from_fn(move || next_listed(&mut rest)).filter(|feature| !feature.is_empty())
}

#[inline(never)]
fn next_listed<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let length = rest.bytes().position(|byte| byte == b',').unwrap_or(rest.len());
    let (feature, behind) = rest.split_at_checked(length).filter(|_| !rest.is_empty())?;
    *rest = behind.get(1..).unwrap_or("");
    Some(feature)
}

/// Every function that crosses is of Rust's own ABI, and so are the tables two images meet by: there is no patch for which
/// another compiler would not matter.
fn check_environment<'a>(ours: &Environment<'a>, patch: &Environment<'a>) -> Result<(), HeaderMismatch<'a>> {
    // Every field is named: a new one must be compared or dismissed here, on purpose.
    let Environment {
        framework,
        compiler,
        target,
        abi,
        pointer_width,
        little_endian,
        layout_probe,
        cpu_features: _,
        panics_unwind,
        debug_assertions: _,
    } = *patch;
    if ours.target != target {
        return Err(HeaderMismatch::Target { host: ours.target, patch: target });
    }
    if ours.abi != abi {
        return Err(HeaderMismatch::Abi { host: ours.abi, patch: abi });
    }
    if ours.pointer_width != pointer_width {
        return Err(HeaderMismatch::PointerWidth { host: ours.pointer_width, patch: pointer_width });
    }
    if ours.little_endian != little_endian {
        return Err(HeaderMismatch::Endianness { host_little: ours.little_endian });
    }
    if ours.compiler != compiler {
        return Err(HeaderMismatch::Compiler { host: ours.compiler, patch: compiler });
    }
    if ours.layout_probe != layout_probe {
        return Err(HeaderMismatch::LayoutProbe { host: ours.layout_probe, patch: layout_probe });
    }
    if ours.framework != framework {
        return Err(HeaderMismatch::Framework { host: ours.framework, patch: framework });
    }
    if panics_unwind || !ours.panics_unwind { Ok(()) } else { Err(HeaderMismatch::PanicAbort) }
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

/// Why an item does not fit, apart from its types.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemMismatch<'a> {
    /// A function here, a static there.
    Kind,
    /// Other arguments, receiver, lifetimes or safety.
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
    /// A service whose objects may do less than they could.
    AutoTraits {
        /// The host's, as bits.
        host: u8,
        /// The patch's, as bits.
        patch: u8,
    },
}

/// Checks an item both images have, apart from its types.
///
/// # Errors
/// The first difference.
pub fn check_form<'a>(host: &Item<'a>, patch: &Item<'a>) -> Result<(), ItemMismatch<'a>> {
    if host.kind != patch.kind {
        return Err(ItemMismatch::Kind);
    }
    let has_result = host.output.is_some() == patch.output.is_some();
    if host.form != patch.form || host.inputs.len() != patch.inputs.len() || !has_result {
        return Err(ItemMismatch::Signature { host: host.signature, patch: patch.signature });
    }
    if host.index != patch.index {
        return Err(ItemMismatch::Index { host: host.index, patch: patch.index });
    }
    let (ours, theirs) = (host.auto_traits.unwrap_or(0), patch.auto_traits.unwrap_or(0));
    if ours & !theirs != 0 {
        return Err(ItemMismatch::AutoTraits { host: ours, patch: theirs });
    }
    Ok(())
}

/// Compares the types of an item both images have and whose forms agree. Whether they are the same; what was found goes to
/// `report`.
///
/// `is_provided` says whether the patch brings the item: then the host calls it.
pub fn check_types<'a>(
    walk: &mut Walk<'a, '_>,
    host: &Item<'a>,
    patch: &Item<'a>,
    is_provided: bool,
    report: &mut dyn FnMut(Finding<'_>),
) -> bool {
    let (Some(ours), Some(theirs)) = (host.output, patch.output) else { return true };
    if host.kind == ItemKind::Static {
        return walk.shared([ours, theirs], &Trail::ITEM, report);
    }
    let flow = if is_provided { Flow::ToPatch } else { Flow::ToHost };
    walk.function(flow, [host.inputs, patch.inputs], [ours, theirs], &Trail::ITEM, report)
}

/// Compares the types of an item both images have and whose forms agree, by the small comparison for chips: they must be
/// described in the same words.
///
/// # Errors
/// The first difference.
pub fn check_identity<'a>(
    identity: &mut Identity<'a, '_>,
    host: &Item<'a>,
    patch: &Item<'a>,
) -> Result<(), Difference<'a>> {
    identity.compare([host.inputs, patch.inputs], host.output.zip(patch.output).map(<[_; 2]>::from))
}
