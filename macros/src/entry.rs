//! `#[patch_entry]`: on a function, or on an `impl PatchEntry`.

use crate::attributes::conditions;
use crate::machinery::at;
use crate::reject::Objections;
use crate::signature::tidy;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, Item, ItemFn, ItemImpl, Path, Result, ReturnType, Signature, Token, Type};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    match syn::parse2(item)? {
        Item::Fn(item) => on_function(syn::parse2(options)?, &item),
        Item::Impl(item) => on_implementation(&options, &item),
        _ => Err(Error::new(Span::call_site(), STANDS_ON)),
    }
}

const STANDS_ON: &str =
    "`#[patch_entry]` stands on `fn() -> Result<(), E>`, or on an `impl PatchEntry for T` with `T: Default`";

struct Options {
    teardown: Option<Path>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self { teardown: None });
        }
        teardown(input).map(|path| Self { teardown: Some(path) }).map_err(|error| {
            Error::new(error.span(), "unknown option: `#[patch_entry]` takes `teardown = path::of::a_function`")
        })
    }
}

fn teardown(input: ParseStream<'_>) -> Result<Path> {
    let name: Ident = input.parse()?;
    if name != "teardown" {
        return Err(Error::new(name.span(), "not an option"));
    }
    input.parse::<Token![=]>()?;
    input.parse()
}

fn on_function(options: Options, item: &ItemFn) -> Result<TokenStream> {
    let output = check_function(&item.sig)?;
    let name = &item.sig.ident;
    let teardown = match options.teardown {
        Some(path) => quote!(Some(|| ::dynpatch::__private::run_teardown(|| #path()))),
        None => quote!(None),
    };
    let outcome = quote_spanned!(at(output)=> <#output as __DynpatchOutcome>::outcome(#name()));
    let run = quote!(|| ::dynpatch::__private::run_entry(|| #outcome));
    let registration = register(&name.unraw().to_string(), &run, &teardown);
    let conditions = conditions(&item.attrs);
    Ok(quote! {
        #item
        #(#conditions)*
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = "`{Self}` does not say whether a patch's entry worked",
                label = "is not `Result<(), E>` with `E: Display`",
                note = "the text of the error becomes part of the report: `Result<(), String>` will do"
            )]
            trait __DynpatchOutcome {
                fn outcome(self) -> ::core::result::Result<(), ::std::string::String>;
            }
            #[diagnostic::do_not_recommend]
            impl<E: ::core::fmt::Display> __DynpatchOutcome for ::core::result::Result<(), E> {
                fn outcome(self) -> ::core::result::Result<(), ::std::string::String> {
                    self.map_err(|error| ::std::string::ToString::to_string(&error))
                }
            }
            #registration
        };
    })
}

/// Gives back what the function returns.
fn check_function(signature: &Signature) -> Result<&Type> {
    let plain = signature.inputs.is_empty()
        && signature.generics.params.is_empty()
        && signature.asyncness.is_none()
        && signature.unsafety.is_none();
    match &signature.output {
        ReturnType::Type(_, output) if plain => Ok(output),
        _ => Err(Error::new_spanned(
            signature,
            "a patch's entry takes nothing and says whether it worked: `fn() -> Result<(), E>`, with `E: Display`",
        )),
    }
}

fn on_implementation(options: &TokenStream, item: &ItemImpl) -> Result<TokenStream> {
    check_implementation(options, item)?;
    let ty = &item.self_ty;
    let entry = quote_spanned!(at(ty)=> <#ty as __DynpatchEntry>);
    let registration = register(
        &tidy(ty),
        &quote!(|| ::dynpatch::__private::run_entry(|| #entry::init(&CELL))),
        &quote!(Some(|| ::dynpatch::__private::run_teardown(|| #entry::teardown(&CELL)))),
    );
    let (conditions, definition) = (conditions(&item.attrs), entry_trait());
    Ok(quote! {
        #item
        #(#conditions)*
        const _: () = {
            #definition
            static CELL: ::dynpatch::__private::EntryCell<#ty> = #entry::CELL;
            #registration
        };
    })
}

/// Defined where it is used, so that what is missing is said once, at the type.
fn entry_trait() -> TokenStream {
    let private = quote!(::dynpatch::__private);
    quote! {
        #[diagnostic::on_unimplemented(
            message = "a patch does not know how to make its one `{Self}`",
            label = "does not implement both `PatchEntry` and `Default`",
            note = "a patch makes its entry with `Default::default()`, and runs `PatchEntry::init` on it"
        )]
        trait __DynpatchEntry: Sized {
            const CELL: #private::EntryCell<Self>;
            fn init(cell: &#private::EntryCell<Self>) -> ::core::result::Result<(), ::dynpatch::PatchError>;
            fn teardown(cell: &#private::EntryCell<Self>);
        }
        #[diagnostic::do_not_recommend]
        impl<T: ::dynpatch::PatchEntry + ::core::default::Default> __DynpatchEntry for T {
            const CELL: #private::EntryCell<T> = #private::EntryCell::new();
            fn init(cell: &#private::EntryCell<T>) -> ::core::result::Result<(), ::dynpatch::PatchError> {
                cell.init()
            }
            fn teardown(cell: &#private::EntryCell<T>) {
                cell.teardown();
            }
        }
    }
}

fn check_implementation(options: &TokenStream, item: &ItemImpl) -> Result<()> {
    let mut objections = Objections::default();
    if !options.is_empty() {
        objections.object(options, "an `impl PatchEntry` has its teardown in the trait: no options here");
    }
    for parameter in &item.generics.params {
        objections.object(parameter, "a patch's entry has one instance, without parameters");
    }
    if item.trait_.is_none() {
        objections.object(&item.self_ty, STANDS_ON);
    }
    objections.into_result()
}

fn register(name: &str, run: &TokenStream, teardown: &TokenStream) -> TokenStream {
    let private = quote!(::dynpatch::__private);
    quote! {
        const _: () = {
            #[used]
            #[unsafe(link_section = "dynpatch_entries")]
            static ITEM: #private::EntryItem = #private::EntryItem {
                name: ::core::concat!(::core::module_path!(), "::", #name),
                run: #run,
                teardown: #teardown,
            };
        };
    }
}
