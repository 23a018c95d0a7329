//! The macros of dynpatch. Each is documented where users meet it, in the crate `dynpatch`.
//!
//! - `patchable/`: `#[patchable]` on functions, `impl` blocks and statics.
//! - `service/`: `#[patch_trait]` and `#[patch_impl]`.
//! - `entry.rs`, `patch.rs`: `#[patch_entry]`, `patch!`.
//! - `patch_type/`: `#[derive(PatchType)]`.
//! - `hot_config.rs`: `#[derive(HotConfig)]`.
//! - `signature/`, `reject.rs`, `attributes.rs`, `machinery.rs`: what they share: a signature brought to one form, the
//!   forms that cannot work, where a user's attributes go, and the functions generated around a slot.
//!
//! Generated code allows no lints: what stands on the macro's own span is not linted in the user's crate, and an `allow`
//! would be an error under the user's `#![forbid(unsafe_code)]`.
#![forbid(unsafe_code)]

mod attributes;
mod entry;
mod hot_config;
mod machinery;
mod patch;
mod patch_type;
mod patchable;
mod reject;
mod service;
mod signature;

use proc_macro::TokenStream;

/// Makes a function, the methods of an `impl` block, or a `static` replaceable. See `dynpatch::patchable`.
#[proc_macro_attribute]
pub fn patchable(options: TokenStream, item: TokenStream) -> TokenStream {
    or_unchanged(&item, patchable::expand(options.into(), item.clone().into()))
}

/// Makes a trait a service interface. See `dynpatch::patch_trait`.
#[proc_macro_attribute]
pub fn patch_trait(options: TokenStream, item: TokenStream) -> TokenStream {
    or_unchanged(&item, service::expand_trait(&options.into(), item.clone().into()))
}

/// Exports an implementation of a service. See `dynpatch::patch_impl`.
#[proc_macro_attribute]
pub fn patch_impl(options: TokenStream, item: TokenStream) -> TokenStream {
    or_unchanged(&item, service::expand_implementation(options.into(), item.clone().into()))
}

/// Marks what runs before a patch goes live. See `dynpatch::patch_entry`.
#[proc_macro_attribute]
pub fn patch_entry(options: TokenStream, item: TokenStream) -> TokenStream {
    or_unchanged(&item, entry::expand(options.into(), item.clone().into()))
}

/// Makes the crate the root of a patch. See `dynpatch::patch`.
#[proc_macro]
pub fn patch(options: TokenStream) -> TokenStream {
    patch::expand(options.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Describes a type. See `dynpatch::PatchType`.
#[proc_macro_derive(PatchType, attributes(patch_type))]
pub fn derive_patch_type(item: TokenStream) -> TokenStream {
    patch_type::expand(item.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes a type a configuration that can be reloaded. See `dynpatch::config::HotConfig`.
#[proc_macro_derive(HotConfig, attributes(hot_config))]
pub fn derive_hot_config(item: TokenStream) -> TokenStream {
    hot_config::expand(item.into()).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// The expansion, or what is wrong beside the item as it was, so that its users are not reported as well.
fn or_unchanged(item: &TokenStream, result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    match result {
        Ok(expanded) => expanded.into(),
        Err(error) => TokenStream::from_iter([error.to_compile_error().into(), item.clone()]),
    }
}
