//! Names, sizes and fingerprints of types.

use core::marker::PhantomData;

/// A 128-bit FNV-1a hash over a type's definition. Equal fingerprints mean equal definitions; a hash is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;

    /// The fingerprint of nothing: FNV's offset basis.
    pub const EMPTY: Self = Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);

    /// Adds bytes, preceded by their number so that two different sequences of parts never read alike.
    #[must_use]
    pub const fn with_bytes(self, bytes: &[u8]) -> Self {
        let mut hash = self.with_number(bytes.len() as u64).0;
        let mut index = 0;
        while index < bytes.len() {
            hash = (hash ^ bytes[index] as u128).wrapping_mul(Self::PRIME);
            index += 1;
        }
        Self(hash)
    }

    /// Adds a number, as its eight little-endian bytes.
    #[must_use]
    pub const fn with_number(self, number: u64) -> Self {
        let bytes = number.to_le_bytes();
        let mut hash = self.0;
        let mut index = 0;
        while index < bytes.len() {
            hash = (hash ^ bytes[index] as u128).wrapping_mul(Self::PRIME);
            index += 1;
        }
        Self(hash)
    }

    /// The low 64 bits, for places that hold a `u64` hash.
    pub const fn low64(self) -> u64 {
        self.0 as u64
    }
}

/// A type whose definition is known. Derive it: `#[derive(PatchType)]`.
///
/// The derive hashes the definition's tokens: names, types, order, attributes that change layout. It does not follow
/// field types; a type that crosses the boundary is compared itself, and its size and alignment with it.
#[diagnostic::on_unimplemented(
    message = "the definition of `{Self}` is not known to dynpatch",
    note = "add `#[derive(PatchType)]` to `{Self}`"
)]
pub trait PatchType {
    /// The hash of the definition as written.
    const DEFINITION: Fingerprint;
}

macro_rules! primitives {
    ($($name:ident)*) => {
        $(impl PatchType for $name {
            const DEFINITION: Fingerprint = Fingerprint::EMPTY.with_bytes(stringify!($name).as_bytes());
        })*
    };
}

primitives!(bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

/// What a size, an alignment, a name and, where it is known, a definition say about a type.
///
/// ```
/// use dynpatch_interface::TypeLayout;
/// let layout = TypeLayout::of::<u32>();
/// assert_eq!((layout.size, layout.alignment, layout.name), (4, 4, "u32"));
/// assert!(layout.matches(&TypeLayout::of::<u32>()));
/// assert!(!layout.matches(&TypeLayout::of::<i32>()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeLayout {
    /// Bytes.
    pub size: usize,
    /// Bytes.
    pub alignment: usize,
    /// The type's name without a guarantee of its form: for people.
    pub name: &'static str,
    /// Over name, size and alignment.
    pub fingerprint: Fingerprint,
}

impl TypeLayout {
    /// The layout of `T`.
    pub fn of<T>() -> Self {
        let name = core::any::type_name::<T>();
        let fingerprint = Fingerprint::EMPTY
            .with_bytes(name.as_bytes())
            .with_number(size_of::<T>() as u64)
            .with_number(align_of::<T>() as u64);
        Self { size: size_of::<T>(), alignment: align_of::<T>(), name, fingerprint }
    }

    /// Whether both describe the same layout.
    pub fn matches(&self, other: &Self) -> bool {
        self == other
    }
}

/// The hash of a name, a size and an alignment (bytes): 64-bit FNV-1a, as dynpatch 0.1 computed it.
///
/// ```
/// use dynpatch_interface::compute_type_hash;
/// assert_eq!(compute_type_hash("MyType", 8, 8), compute_type_hash("MyType", 8, 8));
/// assert_ne!(compute_type_hash("MyType", 8, 8), compute_type_hash("MyType", 16, 8));
/// ```
pub const fn compute_type_hash(type_name: &str, size: usize, align: usize) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let name = type_name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < name.len() {
        hash = (hash ^ name[index] as u64).wrapping_mul(PRIME);
        index += 1;
    }
    hash = (hash ^ size as u64).wrapping_mul(PRIME);
    (hash ^ align as u64).wrapping_mul(PRIME)
}

/// The typed form: the low 64 bits of the fingerprint over `T`'s definition, size and alignment.
///
/// Give the same expression to the host's `RuntimeBuilder::type_hash` and to the patch's `patch!(type_hash = …)`.
///
/// ```
/// use dynpatch_interface::compute_type_hash_of;
/// assert_eq!(compute_type_hash_of::<u32>(), compute_type_hash_of::<u32>());
/// assert_ne!(compute_type_hash_of::<u32>(), compute_type_hash_of::<i32>());
/// ```
pub const fn compute_type_hash_of<T: PatchType>() -> u64 {
    Fingerprint::EMPTY
        .with_bytes(&T::DEFINITION.0.to_le_bytes())
        .with_number(size_of::<T>() as u64)
        .with_number(align_of::<T>() as u64)
        .low64()
}

/// Asks about a type without a bound on it: an inherent constant, where its bound holds, hides the one of
/// [`ProbeFallback`]. Works for concrete types only, which is all a signature names.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T> Probe<T> {
    /// Bytes.
    pub const SIZE: u64 = size_of::<T>() as u64;
    /// Bytes.
    pub const ALIGNMENT: u64 = align_of::<T>() as u64;
}

impl<T: PatchType + ?Sized> Probe<T> {
    /// The hash of the definition.
    pub const DEFINITION: Fingerprint = T::DEFINITION;
}

/// What [`Probe`] says where nothing is known: zero.
pub trait ProbeFallback {
    /// An unsized type.
    const SIZE: u64 = 0;
    /// An unsized type.
    const ALIGNMENT: u64 = 0;
    /// A type without `#[derive(PatchType)]`.
    const DEFINITION: Fingerprint = Fingerprint(0);
}

impl<T: ?Sized> ProbeFallback for Probe<T> {}
