//! `patch!`: what makes a `cdylib` a patch.

mod relations;

use crate::machinery::{at, manifest_section};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use relations::relations;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Result, Token};

pub(crate) fn expand(options: TokenStream) -> Result<TokenStream> {
    let options = syn::parse2(options)?;
    let Options { crates, name, interface_version, type_hash, description, author, .. } = options;
    let (requires, conflicts) = (relations(options.requires)?, relations(options.conflicts)?);
    let replaces_all = options.replaces_all.map_or_else(|| quote!(false), |value| quote!(#value));
    let provided: Vec<String> =
        crates.iter().map(|name| name.to_string().trim_start_matches("r#").to_owned()).collect();
    let option = |value: Option<Expr>| value.map_or_else(|| quote!(None), |value| quote!(Some(#value)));
    let name = name.map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    let (interface_version, type_hash) = (option(interface_version), option(type_hash));
    let (description, author) = (option(description), option(author));
    let private = quote!(::dynpatch::__private);
    let section = manifest_section();
    let (hooks, is_hooked) = hooks();
    let links = crates.iter().map(|name| quote_spanned!(at(name)=> extern crate #name as _;));
    Ok(quote! {
        #(#links)*
        #hooks

        #[global_allocator]
        static __DYNPATCH_ALLOCATOR: #private::PatchAllocator = #private::PatchAllocator::new();

        const _: () = {
            const HEADER: #private::HeaderDescription<'static> = #private::HeaderDescription {
                name: #name,
                version: #private::Version::from_parts(
                    ::core::env!("CARGO_PKG_VERSION_MAJOR"),
                    ::core::env!("CARGO_PKG_VERSION_MINOR"),
                    ::core::env!("CARGO_PKG_VERSION_PATCH"),
                ),
                interface_version: #interface_version,
                type_hash: #type_hash,
                provides: &[#private::crate_of(::core::module_path!()), #(#provided),*],
                requires: &[#(#requires),*],
                conflicts: &[#(#conflicts),*],
                replaces_all: #replaces_all,
                environment: #private::Environment::of_this_build(::core::cfg!(panic = "unwind")),
                description: #description,
                author: #author,
            };
            #[used]
            #section
            static RECORD: [u8; HEADER.encoded_length()] = HEADER.encode();
            #[used]
            #section
            static SEAL: [u8; #private::SEAL_RECORD_LENGTH] = #private::unsealed();
            #is_hooked
            #[unsafe(no_mangle)]
            #[used]
            pub static dynpatch_patch: #private::PatchTable = #private::patch_table(IS_HOOKED);
        };
    })
}

/// Puts functions of the runtime into the place of the C library's, for this image alone, so that its threads and its
/// destructors of thread-local variables are counted. Written in assembly because only so a symbol can be hidden: an
/// exported one would give way to the C library's. Items of the root, and whether there are any.
fn hooks() -> (TokenStream, TokenStream) {
    let hooked = [(quote!("x86_64"), "jmp {}"), (quote!("aarch64"), "b {}")];
    let supported = hooked.iter().map(|(architecture, _)| quote!(target_arch = #architecture));
    let supported = quote!(all(target_os = "linux", target_env = "gnu", any(#(#supported),*)));
    let hooks = hooked.iter().map(|(architecture, jump)| {
        let functions = [
            ("pthread_create", ".globl", quote!(patch_start_thread)),
            // As std refers to it: with link-time optimisation both are in one file, which may say one thing of it only.
            ("__cxa_thread_atexit_impl", ".weak", quote!(patch_at_thread_exit)),
        ];
        let hooks = functions.iter().map(|(name, binding, function)| {
            let lines = [
                ".text".to_owned(),
                format!("{binding} {name}"),
                format!(".hidden {name}"),
                format!(".type {name}, %function"),
                format!("{name}:"),
                (*jump).to_owned(),
                format!(".size {name}, . - {name}"),
            ];
            quote! {
                #[cfg(all(target_os = "linux", target_env = "gnu", target_arch = #architecture))]
                ::core::arch::global_asm!(#(#lines),*, sym ::dynpatch::__private::#function);
            }
        });
        quote!(#(#hooks)*)
    });
    (
        quote!(#(#hooks)*),
        quote!(
            const IS_HOOKED: bool = ::core::cfg!(#supported);
        ),
    )
}

#[derive(Default)]
struct Options {
    crates: Vec<Ident>,
    name: Option<Expr>,
    interface_version: Option<Expr>,
    type_hash: Option<Expr>,
    description: Option<Expr>,
    author: Option<Expr>,
    requires: Option<Expr>,
    conflicts: Option<Expr>,
    replaces_all: Option<Expr>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let name: Ident = input.parse().map_err(|error| Error::new(error.span(), UNKNOWN))?;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                *options.place(&name)? = Some(input.parse()?);
            } else {
                options.crates.push(name);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl Options {
    fn place(&mut self, name: &Ident) -> Result<&mut Option<Expr>> {
        match name.to_string().as_str() {
            "name" => Ok(&mut self.name),
            "interface_version" => Ok(&mut self.interface_version),
            "type_hash" => Ok(&mut self.type_hash),
            "description" => Ok(&mut self.description),
            "author" => Ok(&mut self.author),
            "requires" => Ok(&mut self.requires),
            "conflicts" => Ok(&mut self.conflicts),
            "replaces_all" => Ok(&mut self.replaces_all),
            _ => Err(Error::new(name.span(), UNKNOWN)),
        }
    }
}

const UNKNOWN: &str = "unknown option: `patch!` takes the crates whose items it provides, and `name`, \
     `interface_version`, `type_hash`, `description`, `author`, `requires`, `conflicts`, `replaces_all`";
