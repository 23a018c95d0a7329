// Twenty types, each but the first made of those before it: once described to dynpatch, once to abi_stable. `$leaf` is the
// type of one field of the first, which all others reach.
macro_rules! twenty_types {
    ($leaf:ty, [$($derive:tt)*]) => {
        $($derive)*
        #[repr(C)]
        pub struct T0 {
            pub quantity: $leaf,
            pub flag: bool,
            pub price: u64,
        }
        $($derive)*
        #[repr(C)]
        pub struct T1 {
            pub f0: i32,
            pub f1: f64,
            pub f2: u8,
            pub f3: usize,
            pub f4: u64,
            pub inner: T0,
        }
        $($derive)*
        #[repr(C)]
        pub struct T2 {
            pub f0: u8,
            pub f1: u32,
            pub f2: u16,
            pub f3: f64,
            pub f4: usize,
            pub inner: T1,
        }
        $($derive)*
        #[repr(C)]
        pub struct T3 {
            pub f0: u64,
            pub f1: bool,
            pub f2: u16,
            pub f3: u64,
            pub f4: u8,
            pub inner: T2,
            pub many: [T0; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T4 {
            pub f0: u64,
            pub f1: bool,
            pub f2: i32,
            pub f3: u32,
            pub f4: bool,
            pub inner: T3,
            pub many: [T0; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T5 {
            pub f0: u32,
            pub f1: u16,
            pub f2: u32,
            pub f3: usize,
            pub f4: u32,
            pub inner: T4,
            pub other: T1,
            pub many: [T1; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T6 {
            pub f0: u32,
            pub f1: u8,
            pub f2: u8,
            pub f3: u64,
            pub f4: u64,
            pub inner: T5,
            pub other: T2,
            pub many: [T1; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T7 {
            pub f0: u32,
            pub f1: u32,
            pub f2: i32,
            pub f3: f64,
            pub f4: u64,
            pub inner: T6,
            pub other: T2,
            pub many: [T1; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T8 {
            pub f0: u64,
            pub f1: u32,
            pub f2: u64,
            pub f3: bool,
            pub f4: i32,
            pub inner: T7,
            pub other: T2,
            pub many: [T1; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T9 {
            pub f0: u8,
            pub f1: f64,
            pub f2: bool,
            pub f3: u32,
            pub f4: u32,
            pub inner: T8,
            pub other: T3,
            pub many: [T1; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T10 {
            pub f0: i32,
            pub f1: u16,
            pub f2: f64,
            pub f3: i32,
            pub f4: u8,
            pub inner: T9,
            pub other: T3,
            pub many: [T2; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T11 {
            pub f0: f64,
            pub f1: u16,
            pub f2: i32,
            pub f3: f64,
            pub f4: i32,
            pub inner: T10,
            pub other: T3,
            pub many: [T2; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T12 {
            pub f0: usize,
            pub f1: f64,
            pub f2: u32,
            pub f3: usize,
            pub f4: usize,
            pub inner: T11,
            pub other: T4,
            pub many: [T2; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T13 {
            pub f0: u32,
            pub f1: u8,
            pub f2: i32,
            pub f3: u8,
            pub f4: f64,
            pub inner: T12,
            pub other: T4,
            pub many: [T2; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T14 {
            pub f0: bool,
            pub f1: u8,
            pub f2: bool,
            pub f3: f64,
            pub f4: bool,
            pub inner: T13,
            pub other: T4,
            pub many: [T2; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T15 {
            pub f0: u8,
            pub f1: usize,
            pub f2: u8,
            pub f3: u32,
            pub f4: u64,
            pub inner: T14,
            pub other: T5,
            pub many: [T3; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T16 {
            pub f0: u16,
            pub f1: u64,
            pub f2: usize,
            pub f3: f64,
            pub f4: f64,
            pub inner: T15,
            pub other: T5,
            pub many: [T3; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T17 {
            pub f0: i32,
            pub f1: usize,
            pub f2: u16,
            pub f3: f64,
            pub f4: i32,
            pub inner: T16,
            pub other: T5,
            pub many: [T3; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T18 {
            pub f0: u8,
            pub f1: bool,
            pub f2: u16,
            pub f3: u64,
            pub f4: f64,
            pub inner: T17,
            pub other: T6,
            pub many: [T3; 2],
        }
        $($derive)*
        #[repr(C)]
        pub struct T19 {
            pub f0: f64,
            pub f1: u32,
            pub f2: f64,
            pub f3: i32,
            pub f4: u16,
            pub inner: T18,
            pub other: T6,
            pub many: [T3; 2],
        }
    };
}
