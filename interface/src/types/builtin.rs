//! The types of core, alloc and std.
//!
//! Their layout is what the compiler of the image made of them; two images exchange them only when one compiler built
//! both, which is checked first. So a name, its room and its arguments are all there is to compare.

use super::{Extent, Fingerprint, PatchType, TypeNode};
use core::mem::offset_of;

/// `impl PatchType` for a builtin type: generics, type, name, arguments.
macro_rules! builtin {
    ([$($generics:tt)*] $ty:ty, $name:literal, [$($argument:ty),*] $(, offsets $offsets:expr)? $(, downcasts $downcasts:literal)? $(, extent $extent:expr)?) => {
        impl<$($generics)*> PatchType for $ty {
            const TYPE: TypeNode = TypeNode::Builtin {
                name: $name,
                extent: builtin!(@extent $($extent)?),
                downcasts: builtin!(@downcasts $($downcasts)?),
                offsets: builtin!(@offsets $($offsets)?),
                arguments: &[$(<$argument as PatchType>::TYPE),*],
            };
            const FINGERPRINT: Fingerprint = Fingerprint::of_builtin(
                $name,
                builtin!(@extent $($extent)?),
                &[$(<$argument as PatchType>::FINGERPRINT),*],
            );
        }
    };
    (@extent $extent:expr) => { $extent };
    (@extent) => { Extent::of::<Self>() };
    (@downcasts $downcasts:literal) => { $downcasts };
    (@downcasts) => { false };
    (@offsets $offsets:expr) => { $offsets };
    (@offsets) => { &[] };
}

macro_rules! primitives {
    ($($name:ident)*) => {
        $(impl PatchType for $name {
            const TYPE: TypeNode = TypeNode::Primitive { name: stringify!($name) };
            const FINGERPRINT: Fingerprint = Fingerprint::EMPTY.with_bytes(stringify!($name).as_bytes());
        })*
    };
}

primitives!(bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

/// Types without parameters.
macro_rules! plain {
    ($($ty:ty as $name:literal)*) => { $(builtin!([] $ty, $name, []);)* };
}

/// Types of one type parameter.
macro_rules! wrappers {
    ($($(#[$bound:tt])? [$($path:tt)*] as $name:literal;)*) => {
        $(builtin!([T: PatchType $(+ $bound)?] $($path)*<T>, $name, [T]);)*
    };
    (@unsized $([$($path:tt)*] as $name:literal;)*) => {
        $(builtin!([T: PatchType + ?Sized] $($path)*<T>, $name, [T]);)*
    };
}

builtin!([T: PatchType + ?Sized] &T, "&", [T]);
builtin!([T: PatchType + ?Sized] &mut T, "&mut", [T]);
builtin!([T: PatchType + ?Sized] *const T, "*const", [T]);
builtin!([T: PatchType + ?Sized] *mut T, "*mut", [T]);
builtin!([T: PatchType] [T], "[]", [T], extent Extent::UNSIZED);

impl<T: PatchType, const N: usize> PatchType for [T; N] {
    const TYPE: TypeNode = TypeNode::Array { length: N as u64, element: &T::TYPE };
    const FINGERPRINT: Fingerprint = Fingerprint::EMPTY.with_bytes(b"[;]").with_number(N as u64).with(T::FINGERPRINT);
}

macro_rules! tuples {
    ($($name:ident $place:tt)*) => {
        builtin!([$($name: PatchType),*] ($($name,)*), "(,)", [$($name),*], offsets &[$(offset_of!(Self, $place) as u64),*]);
    };
}
tuples!();
tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);

macro_rules! functions {
    ($($name:ident)*) => {
        functions!(@one "Rust" false [fn($($name),*) -> Output] $($name)*);
        functions!(@one "Rust" true [unsafe fn($($name),*) -> Output] $($name)*);
        functions!(@one "C" false [extern "C" fn($($name),*) -> Output] $($name)*);
        functions!(@one "C" true [unsafe extern "C" fn($($name),*) -> Output] $($name)*);
        functions!(@one "C-unwind" false [extern "C-unwind" fn($($name),*) -> Output] $($name)*);
        functions!(@one "C-unwind" true [unsafe extern "C-unwind" fn($($name),*) -> Output] $($name)*);
        functions!(@one "system" false [extern "system" fn($($name),*) -> Output] $($name)*);
        functions!(@one "system" true [unsafe extern "system" fn($($name),*) -> Output] $($name)*);
        functions!(@object "dyn Fn" [dyn Fn($($name),*) -> Output] $($name)*);
        functions!(@object "dyn FnMut" [dyn FnMut($($name),*) -> Output] $($name)*);
        functions!(@object "dyn FnOnce" [dyn FnOnce($($name),*) -> Output] $($name)*);
        functions!(@object "dyn Fn + Send" [dyn Fn($($name),*) -> Output + Send] $($name)*);
        functions!(@object "dyn Fn + Sync" [dyn Fn($($name),*) -> Output + Sync] $($name)*);
        functions!(@object "dyn FnMut + Send" [dyn FnMut($($name),*) -> Output + Send] $($name)*);
        functions!(@object "dyn FnOnce + Send" [dyn FnOnce($($name),*) -> Output + Send] $($name)*);
        functions!(@object "dyn Fn + Send + Sync" [dyn Fn($($name),*) -> Output + Send + Sync] $($name)*);
    };
    (@one $abi:literal $is_unsafe:literal [$($ty:tt)*] $($name:ident)*) => {
        impl<$($name: PatchType,)* Output: PatchType> PatchType for $($ty)* {
            const TYPE: TypeNode = TypeNode::Function {
                abi: $abi,
                is_unsafe: $is_unsafe,
                inputs: &[$($name::TYPE),*],
                output: &Output::TYPE,
            };
            const FINGERPRINT: Fingerprint = Fingerprint::EMPTY
                .with_bytes($abi.as_bytes())
                .with_number($is_unsafe as u64)
                $(.with($name::FINGERPRINT))*
                .with(Output::FINGERPRINT);
        }
    };
    (@object $name:literal [$($ty:tt)*] $($input:ident)*) => {
        builtin!([$($input: PatchType,)* Output: PatchType] $($ty)*, $name, [$($input,)* Output], extent Extent::UNSIZED);
    };
}
functions!();
functions!(A);
functions!(A B);
functions!(A B C);
functions!(A B C D);
functions!(A B C D E);
functions!(A B C D E F);

wrappers! {
    [Option] as "Option";
    [core::cell::Cell] as "Cell";
    [core::cell::OnceCell] as "OnceCell";
    [core::cmp::Reverse] as "Reverse";
    [core::mem::MaybeUninit] as "MaybeUninit";
    [core::num::Wrapping] as "Wrapping";
    [core::num::Saturating] as "Saturating";
    [core::ops::Bound] as "Bound";
    [core::ops::Range] as "Range";
    [core::ops::RangeFrom] as "RangeFrom";
    [core::ops::RangeTo] as "RangeTo";
    [core::ops::RangeInclusive] as "RangeInclusive";
    [core::ops::RangeToInclusive] as "RangeToInclusive";
    [core::pin::Pin] as "Pin";
    [core::sync::atomic::AtomicPtr] as "AtomicPtr";
    [core::task::Poll] as "Poll";
}
wrappers! {@unsized
    [core::marker::PhantomData] as "PhantomData";
    [core::ptr::NonNull] as "NonNull";
}
builtin!([T: PatchType] core::cell::RefCell<T>, "RefCell", [T]);
builtin!([T: PatchType] core::cell::UnsafeCell<T>, "UnsafeCell", [T]);
builtin!([T: PatchType] core::mem::ManuallyDrop<T>, "ManuallyDrop", [T]);
builtin!([T: PatchType, E: PatchType] Result<T, E>, "Result", [T, E]);
builtin!([B: PatchType, C: PatchType] core::ops::ControlFlow<B, C>, "ControlFlow", [B, C]);

macro_rules! nonzero {
    ($($integer:ty)*) => { $(builtin!([] core::num::NonZero<$integer>, "NonZero", [$integer]);)* };
}
nonzero!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

plain! {
    core::cmp::Ordering as "Ordering"
    core::sync::atomic::AtomicBool as "AtomicBool"
    core::sync::atomic::AtomicI8 as "AtomicI8"
    core::sync::atomic::AtomicU8 as "AtomicU8"
    core::sync::atomic::AtomicI16 as "AtomicI16"
    core::sync::atomic::AtomicU16 as "AtomicU16"
    core::sync::atomic::AtomicI32 as "AtomicI32"
    core::sync::atomic::AtomicU32 as "AtomicU32"
    core::sync::atomic::AtomicIsize as "AtomicIsize"
    core::sync::atomic::AtomicUsize as "AtomicUsize"
    core::convert::Infallible as "Infallible"
    core::ffi::c_void as "c_void"
    core::marker::PhantomPinned as "PhantomPinned"
    core::net::IpAddr as "IpAddr"
    core::net::Ipv4Addr as "Ipv4Addr"
    core::net::Ipv6Addr as "Ipv6Addr"
    core::net::SocketAddr as "SocketAddr"
    core::net::SocketAddrV4 as "SocketAddrV4"
    core::net::SocketAddrV6 as "SocketAddrV6"
    core::num::ParseIntError as "ParseIntError"
    core::num::ParseFloatError as "ParseFloatError"
    core::fmt::Error as "fmt::Error"
    core::ops::RangeFull as "RangeFull"
    core::str::Utf8Error as "Utf8Error"
    core::task::Waker as "Waker"
    core::time::Duration as "Duration"
}
#[cfg(target_has_atomic = "64")]
plain! {
    core::sync::atomic::AtomicI64 as "AtomicI64"
    core::sync::atomic::AtomicU64 as "AtomicU64"
}
builtin!([] core::ffi::CStr, "CStr", [], extent Extent::UNSIZED);
builtin!(['a] core::fmt::Formatter<'a>, "Formatter", []);
builtin!(['a] core::task::Context<'a>, "Context", []);

builtin!([T: PatchType] dyn core::future::Future<Output = T>, "dyn Future", [T], extent Extent::UNSIZED);
builtin!([T: PatchType] dyn core::future::Future<Output = T> + Send, "dyn Future + Send", [T], extent Extent::UNSIZED);

/// Objects out of which values of any type can be taken.
macro_rules! downcasting {
    ($($ty:ty as $name:literal)*) => {
        $(builtin!([] $ty, $name, [], downcasts true, extent Extent::UNSIZED);)*
    };
}
downcasting! {
    dyn core::any::Any as "dyn Any"
    dyn core::any::Any + Send as "dyn Any + Send"
    dyn core::any::Any + Send + Sync as "dyn Any + Send + Sync"
    dyn core::error::Error as "dyn Error"
    dyn core::error::Error + Send as "dyn Error + Send"
    dyn core::error::Error + Send + Sync as "dyn Error + Send + Sync"
}

#[cfg(feature = "alloc")]
mod allocated {
    use super::{Extent, Fingerprint, PatchType, TypeNode};
    use alloc::borrow::{Cow, ToOwned};

    wrappers! {
        [alloc::collections::BTreeSet] as "BTreeSet";
        [alloc::collections::BinaryHeap] as "BinaryHeap";
        [alloc::collections::LinkedList] as "LinkedList";
        [alloc::collections::VecDeque] as "VecDeque";
        [alloc::vec::Vec] as "Vec";
    }
    wrappers! {@unsized
        [alloc::boxed::Box] as "Box";
        [alloc::rc::Rc] as "Rc";
        [alloc::rc::Weak] as "rc::Weak";
    }
    // A chip without compare-and-swap has none.
    #[cfg(target_has_atomic = "ptr")]
    wrappers! {@unsized
        [alloc::sync::Arc] as "Arc";
        [alloc::sync::Weak] as "sync::Weak";
    }
    plain! {
        alloc::string::String as "String"
        alloc::ffi::CString as "CString"
        alloc::string::FromUtf8Error as "FromUtf8Error"
    }
    builtin!([K: PatchType, V: PatchType] alloc::collections::BTreeMap<K, V>, "BTreeMap", [K, V]);
    builtin!(['a, T: PatchType + ToOwned + ?Sized] Cow<'a, T>, "Cow", [T]);
}

#[cfg(feature = "std")]
mod standard {
    use super::{Extent, Fingerprint, PatchType, TypeNode};

    wrappers! {
        [std::sync::Mutex] as "Mutex";
        [std::sync::RwLock] as "RwLock";
        [std::sync::OnceLock] as "OnceLock";
        [std::sync::mpsc::Sender] as "Sender";
        [std::sync::mpsc::SyncSender] as "SyncSender";
        [std::sync::mpsc::Receiver] as "Receiver";
        [std::io::Cursor] as "Cursor";
    }
    builtin!([K: PatchType, V: PatchType, S: PatchType] std::collections::HashMap<K, V, S>, "HashMap", [K, V, S]);
    builtin!([T: PatchType, S: PatchType] std::collections::HashSet<T, S>, "HashSet", [T, S]);
    builtin!([T: PatchType] std::thread::JoinHandle<T>, "JoinHandle", [T], downcasts true);
    builtin!([] std::io::Error, "io::Error", [], downcasts true);
    builtin!([] std::path::Path, "Path", [], extent Extent::UNSIZED);
    builtin!([] std::ffi::OsStr, "OsStr", [], extent Extent::UNSIZED);
    plain! {
        std::collections::hash_map::RandomState as "RandomState"
        std::ffi::OsString as "OsString"
        std::fs::File as "File"
        std::io::ErrorKind as "ErrorKind"
        std::net::TcpListener as "TcpListener"
        std::net::TcpStream as "TcpStream"
        std::net::UdpSocket as "UdpSocket"
        std::path::PathBuf as "PathBuf"
        std::process::ExitStatus as "ExitStatus"
        std::sync::Condvar as "Condvar"
        std::thread::ThreadId as "ThreadId"
        std::time::Instant as "Instant"
        std::time::SystemTime as "SystemTime"
    }
}
