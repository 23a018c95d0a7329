//! What the fuzzers start from: a cdylib of a few kilobytes with a whole manifest, and one of everything in ELF that the
//! loader's checks look at: constructors, relocations of every kind, versions, thread-local variables.
#![no_std]

use core::sync::atomic::{AtomicU32, Ordering};
use dynpatch_interface::record::{HeaderDescription, ItemDescription, ItemKind, TypeUse, unsealed};
use dynpatch_interface::{Environment, Fingerprint, Version};

const HEADER: HeaderDescription<'_> = HeaderDescription {
    name: "seed",
    version: Version::new(1, 2, 3),
    interface_version: Some(Version::new(1, 0, 0)),
    type_hash: Some(0x1234_5678_90ab_cdef),
    provides: &["seed", "app"],
    environment: Environment {
        framework: Version::new(0, 2, 0),
        compiler: "rustc",
        target: "x86_64-unknown-linux-gnu",
        panics_unwind: true,
        debug_assertions: false,
    },
    description: Some("what the fuzzers start from"),
    author: Some("the fuzzers"),
};

const TYPE: TypeUse<'_> = TypeUse { name: "Order", size: 24, alignment: 8, definition: Fingerprint(u128::MAX / 3) };

const ITEM: ItemDescription<'_> = ItemDescription {
    name: "app::price",
    kind: ItemKind::Function,
    signature: "fn(&Order) -> u64",
    types: &[TYPE, TypeUse { name: "u64", size: 8, alignment: 8, definition: Fingerprint(0) }],
    replaces: true,
    index: None,
    has_default: false,
    binary: Some("app"),
};

const METHOD: ItemDescription<'_> = ItemDescription {
    name: "app::Pricing::quote",
    kind: ItemKind::Method,
    signature: "fn(&self)",
    types: &[],
    replaces: false,
    index: Some(3),
    has_default: false,
    binary: None,
};

#[used]
#[unsafe(link_section = ".dynpatch")]
static HEADER_RECORD: [u8; HEADER.encoded_length()] = HEADER.encode();
#[used]
#[unsafe(link_section = ".dynpatch")]
static SEAL_RECORD: [u8; unsealed().len()] = unsealed();
#[used]
#[unsafe(link_section = ".dynpatch")]
static ITEM_RECORD: [u8; ITEM.encoded_length()] = ITEM.encode();
#[used]
#[unsafe(link_section = ".dynpatch")]
static METHOD_RECORD: [u8; METHOD.encoded_length()] = METHOD.encode();

static CONSTRUCTED: AtomicU32 = AtomicU32::new(0);

extern "C" fn constructor() {
    CONSTRUCTED.fetch_add(1, Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = constructor;
#[used]
#[unsafe(link_section = ".fini_array")]
static DESTRUCTOR: extern "C" fn() = constructor;

#[link(name = "c")]
unsafe extern "C" {
    fn getpid() -> i32;
    fn clock() -> i64;
}

#[cfg(target_arch = "x86_64")]
unsafe extern "C" {
    fn address_of_thread_local() -> i32;
}
#[cfg(not(target_arch = "x86_64"))]
use answer as address_of_thread_local;

/// Function pointers in data: symbolic relocations against libc and against exports, relative ones against the rest.
#[used]
static FUNCTIONS: [unsafe extern "C" fn() -> i32; 3] = [getpid, answer, address_of_thread_local];
#[unsafe(no_mangle)]
pub static mut COUNTERS: [u64; 4] = [1, 2, 3, 4];

#[unsafe(no_mangle)]
pub extern "C" fn answer() -> i32 {
    // SAFETY: both take nothing and touch nothing of the caller's.
    unsafe { getpid().wrapping_add(clock() as i32) }
}

#[unsafe(no_mangle)]
pub extern "C" fn constructed() -> u32 {
    CONSTRUCTED.load(Ordering::Relaxed)
}

// A thread-local variable with and one without an initial value, and code that asks where they are. Stable Rust has
// none without std.
#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".section .tdata,\"awT\",@progbits",
    ".globl thread_local",
    ".type thread_local,@object",
    ".size thread_local,8",
    ".balign 8",
    "thread_local: .quad 7",
    ".section .tbss,\"awT\",@nobits",
    ".balign 8",
    "thread_zero: .zero 8",
    ".text",
    ".globl address_of_thread_local",
    ".type address_of_thread_local,@function",
    "address_of_thread_local:",
    "leaq thread_local@tlsdesc(%rip), %rax",
    "leaq thread_zero@tlsld(%rip), %rdi",
    "movq thread_zero@gottpoff(%rip), %rcx",
    "ret",
    options(att_syntax)
);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
