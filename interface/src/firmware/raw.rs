//! The macros. What is `unsafe` here is generated into the crate that calls them.

/// Declares the items that images of a firmware may replace, in a module of its own. Items are appended, never moved: the
/// place of an item in the list is its place in every table.
///
/// The module has, beside what the other two macros need: `COUNT` and `ITEMS`; `Place`, an enum of the places;
/// `Functions`, a function for each item, and its `erased` form for a table; and `Calls`, which calls what a table says.
/// See [`firmware`](crate::firmware).
#[macro_export]
macro_rules! firmware_items {
    (
        $(#[$attribute:meta])*
        $visibility:vis mod $name:ident {
            $(
                $(#[doc = $about:literal])*
                fn $item:ident($($argument:ident : $ty:ty),* $(,)?) $(-> $result:ty)?;
            )+
        }
    ) => {
        $(#[$attribute])*
        $visibility mod $name {
            use super::*;

            /// How many items there are.
            pub const COUNT: usize = ITEMS.len();
            /// The version of the crate that declares them.
            pub const VERSION: $crate::Version = $crate::Version::from_parts(
                ::core::env!("CARGO_PKG_VERSION_MAJOR"),
                ::core::env!("CARGO_PKG_VERSION_MINOR"),
                ::core::env!("CARGO_PKG_VERSION_PATCH"),
            );
            /// The crate that declares them.
            pub const CRATE: &str = ::core::env!("CARGO_CRATE_NAME");

            /// The place of each item.
            #[expect(non_camel_case_types, reason = "items are functions")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum Place {
                $($(#[doc = $about])* $item),+
            }

            /// What the records say of each item.
            pub const ITEMS: &[$crate::record::ItemDescription<'static>] = &[$({
                const SIGNATURE: &str = ::core::stringify!(fn $item($($argument: $ty),*) $(-> $result)?);
                ::core::assert!(
                    $crate::firmware::is_free_of_lifetimes(SIGNATURE, ::core::stringify!($($result)?)),
                    "an item of a firmware names no lifetime and returns no reference: an image's memory is used again",
                );
                $crate::record::ItemDescription {
                    name: ::core::concat!(::core::module_path!(), "::", ::core::stringify!($item)),
                    kind: $crate::record::ItemKind::Function,
                    signature: SIGNATURE,
                    form: "fn",
                    inputs: &[$(<$ty as $crate::PatchType>::TYPE),*],
                    output: ::core::option::Option::Some($crate::firmware_items!(@output $($result)?)),
                    replaces: false,
                    index: ::core::option::Option::Some(Place::$item as u32),
                    has_default: false,
                    binary: ::core::option::Option::None,
                    auto_traits: ::core::option::Option::None,
                    foreign: false,
                }
            }),+];

            #[doc(hidden)]
            pub const RECORDS: &[&[u8]] = &[$({
                const ITEM: $crate::record::ItemDescription<'static> = ITEMS[Place::$item as usize];
                const RECORD: [u8; ITEM.encoded_length()] = ITEM.encode();
                &RECORD
            }),+];

            /// A function for each item.
            #[derive(Debug, Clone, Copy)]
            pub struct Functions {
                $($(#[doc = $about])* pub $item: fn($($ty),*) $(-> $result)?),+
            }

            impl Functions {
                /// The functions in the order of their places, their types forgotten: what a table of [`Calls`] holds.
                pub const fn erased(self) -> [$crate::boundary::Function; COUNT] {
                    [$(
                        // SAFETY: both are pointers to functions, of one size and without invalid values but null, which
                        // this is not. Nobody calls it by this type: `Calls` gives it back the one it has here.
                        unsafe {
                            ::core::mem::transmute::<fn($($ty),*) $(-> $result)?, $crate::boundary::Function>(
                                self.$item,
                            )
                        }
                    ),+]
                }
            }

            /// The entry table of an image.
            #[doc(hidden)]
            #[repr(C)]
            #[derive(Debug, Clone, Copy)]
            pub struct Table {
                pub length: u32,
                pub connect: fn(&'static $crate::firmware::HostServices) -> u32,
                $(pub $item: ::core::option::Option<fn($($ty),*) $(-> $result)?>),+
            }

            impl Table {
                /// A table without items.
                pub const fn new(connect: fn(&'static $crate::firmware::HostServices) -> u32) -> Self {
                    Self { length: size_of::<Self>() as u32, connect, $($item: ::core::option::Option::None),+ }
                }
            }

            /// Calls what a table says at the moment of the call.
            #[derive(Debug, Clone, Copy)]
            pub struct Calls<C>(C);

            impl<C: Fn(usize) -> $crate::boundary::Code> Calls<C> {
                /// Calls through `code`, which gives the code at a place.
                ///
                /// # Safety
                /// For the place of an item, `code` gives what stands at that place of [`Functions::erased`], or what
                /// an image brings for the item and that may be called for as long as `code` gives it.
                pub const unsafe fn new(code: C) -> Self {
                    Self(code)
                }

                $(
                    $(#[doc = $about])*
                    pub fn $item(&self $(, $argument: $ty)*) $(-> $result)? {
                        let code = (self.0)(Place::$item as usize);
                        // SAFETY: whoever made this promised that the code at this place is a function of this type.
                        // It comes from `Functions`, or from an image whose record for the place was compared with the
                        // firmware's: the same arguments, the same result, compiled by the same compiler.
                        let function = unsafe {
                            ::core::mem::transmute::<$crate::boundary::Code, fn($($ty),*) $(-> $result)?>(code)
                        };
                        function($($argument),*)
                    }
                )+
            }
        }
    };
    (@output $result:ty) => { <$result as $crate::PatchType>::TYPE };
    (@output) => { $crate::firmware::UNIT };
}

/// Says that this program is a firmware with these items: puts what built it, and the items, into its manifest section.
/// The linker script gives the section's bounds to the program, which checks images against it.
///
/// Takes the path of a module that [`firmware_items!`](crate::firmware_items) made.
#[macro_export]
macro_rules! firmware_host {
    ($($path:ident)::+) => {
        const _: () = {
            use $($path)::+ as items;
            const ENVIRONMENT: $crate::Environment<'static> =
                $crate::Environment::of_this_build(::core::cfg!(panic = "unwind"));
            #[used]
            #[unsafe(link_section = ".dynpatch")]
            static BUILT: [u8; ENVIRONMENT.record_length()] = ENVIRONMENT.record();
            #[used]
            #[unsafe(link_section = ".dynpatch")]
            static ITEMS: [u8; $crate::firmware::total_length(items::RECORDS)] =
                $crate::firmware::concatenated(items::RECORDS);
        };
    };
}

/// Makes this program an image for RAM that brings some of a firmware's items: its manifest, its entry table, its panic
/// handler, and `host`, a function that gives what the host offers.
///
/// ```text
/// dynpatch_interface::firmware_image! {
///     name: "meter-fix",
///     items: meter_interface::meter,
///     connect: prepare,                      // may be left out: fn(&'static HostServices) -> u32, zero when all is well
///     provides: { scale: scale_by_table, report: report },
/// }
/// ```
#[macro_export]
macro_rules! firmware_image {
    (
        name: $name:expr,
        items: $($path:ident)::+,
        $(connect: $connect:expr,)?
        provides: { $($item:ident : $function:expr),+ $(,)? } $(,)?
    ) => {
        const _: () = ::core::assert!(size_of::<usize>() == 4, "images are for processors of 32 bits");

        const _: () = {
            use $($path)::+ as items;
            const HEADER: $crate::record::HeaderDescription<'static> = $crate::record::HeaderDescription {
                name: $name,
                version: $crate::Version::from_parts(
                    ::core::env!("CARGO_PKG_VERSION_MAJOR"),
                    ::core::env!("CARGO_PKG_VERSION_MINOR"),
                    ::core::env!("CARGO_PKG_VERSION_PATCH"),
                ),
                interface_version: ::core::option::Option::Some(items::VERSION),
                type_hash: ::core::option::Option::None,
                provides: &[items::CRATE],
                requires: &[],
                conflicts: &[],
                replaces_all: false,
                environment: $crate::Environment::of_this_build(::core::cfg!(panic = "unwind")),
                description: ::core::option::Option::None,
                author: ::core::option::Option::None,
            };
            const RECORDS: &[&[u8]] = &[
                &HEADER.encode::<{ HEADER.encoded_length() }>(),
                &$crate::record::unsealed(),
                $(items::RECORDS[items::Place::$item as usize]),+
            ];
            #[used]
            #[unsafe(link_section = ".dynpatch")]
            static MANIFEST: [u8; $crate::firmware::total_length(RECORDS)] = $crate::firmware::concatenated(RECORDS);

            #[used]
            #[unsafe(no_mangle)]
            #[unsafe(link_section = ".dynpatch_table")]
            static DYNPATCH_TABLE: items::Table =
                items::Table { $($item: ::core::option::Option::Some($function),)+ ..items::Table::new(connect) };
        };

        static HOST: ::core::sync::atomic::AtomicPtr<$crate::firmware::HostServices> =
            ::core::sync::atomic::AtomicPtr::new(::core::ptr::null_mut());

        #[allow(dead_code, reason = "not every image asks its host for something")]
        /// What the host offers. `None` only before the image is connected, when none of its functions are called.
        fn host() -> ::core::option::Option<&'static $crate::firmware::HostServices> {
            let services = HOST.load(::core::sync::atomic::Ordering::Acquire);
            // SAFETY: null, or the address of what `connect` was given for 'static. Shared, and nobody changes it.
            unsafe { services.as_ref() }
        }

        fn connect(services: &'static $crate::firmware::HostServices) -> u32 {
            HOST.store(::core::ptr::from_ref(services).cast_mut(), ::core::sync::atomic::Ordering::Release);
            let prepare: fn(&'static $crate::firmware::HostServices) -> u32 =
                $crate::firmware_image!(@connect $($connect)?);
            prepare(services)
        }

        #[panic_handler]
        fn panicked(_: &::core::panic::PanicInfo<'_>) -> ! {
            match host() {
                ::core::option::Option::Some(services) => (services.trap)($crate::firmware::PANIC),
                ::core::option::Option::None => loop {
                    ::core::hint::spin_loop();
                },
            }
        }
    };
    (@connect $connect:expr) => { $connect };
    (@connect) => { $crate::firmware::nothing_to_prepare };
}
