//! `#[patchable]`: one room for each kind of item it stands on.

mod function;
mod method;
mod options;
mod shared;

use options::Options;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Error, Item, Result};

/// What is wrong with `local` where it would do nothing.
const NOTHING_IS_ASYNC: &str =
    "`local` drops `Send` from the future of an `async fn`, and there is none here: leave it out";

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let options: Options = syn::parse2(options)?;
    match syn::parse2(item)? {
        Item::Fn(item) => function::expand(&options, item),
        Item::Impl(item) => method::expand(&options, item),
        Item::Static(item) => shared::expand(&options, item),
        other => Err(objection(&other)),
    }
}

fn objection(item: &Item) -> Error {
    match item {
        Item::ForeignMod(item) => Error::new_spanned(
            &item.abi,
            "functions of an `extern` block cannot be patchable: their code belongs to another library; \
             wrap each in a patchable Rust function",
        ),
        Item::Trait(item) => Error::new_spanned(
            item.trait_token,
            "a trait is replaced as a service: use `#[patch_trait]` here and `#[patch_impl]` on the implementation",
        ),
        Item::Const(item) => Error::new_spanned(
            item.const_token,
            "a `const` is compiled into whatever uses it: make it a `static`, or a patchable function",
        ),
        other => Error::new_spanned(
            keyword(other),
            "`#[patchable]` stands on a function, an inherent `impl` block or a `static`; \
             for a module, mark the functions in it",
        ),
    }
}

fn keyword(item: &Item) -> TokenStream {
    match item {
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Union(item) => item.union_token.to_token_stream(),
        Item::Mod(item) => item.mod_token.to_token_stream(),
        Item::Type(item) => item.type_token.to_token_stream(),
        other => other.to_token_stream(),
    }
}
