//! `#[patch_impl]`: on the struct, naming the trait, or on the `impl` block.

use super::asynchronous::desugar;
use crate::attributes::conditions;
use crate::machinery::{Marks, Says, at, manifest_record};
use crate::reject::Objections;
use crate::signature::{Ungroup, tidy};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Error, Expr, Fields, Generics, Ident, ImplItem, Item, ItemImpl, ItemStruct, Path, Result, Token, Type,
    parse_quote,
};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    match syn::parse2(item)? {
        Item::Struct(item) => on_struct(syn::parse2(options)?, &item),
        Item::Impl(item) => on_block(syn::parse2(options)?, item),
        _ => Err(Error::new(
            Span::call_site(),
            "`#[patch_impl]` stands on a struct and names its trait, `#[patch_impl(Handler)]`, or on `impl Handler for T`",
        )),
    }
}

#[derive(Default)]
struct Options {
    service: Option<Path>,
    new: Option<Expr>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            options.one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl Options {
    fn one(&mut self, input: ParseStream<'_>) -> Result<()> {
        let path: Path = input.parse().map_err(|error| Error::new(error.span(), UNKNOWN))?;
        if input.peek(Token![=]) {
            if !path.is_ident("new") {
                return Err(Error::new_spanned(path, UNKNOWN));
            }
            input.parse::<Token![=]>()?;
            self.new = Some(input.parse()?);
            return Ok(());
        }
        if self.service.is_some() {
            return Err(Error::new_spanned(
                path,
                "one `#[patch_impl]` names one trait; write another for another trait",
            ));
        }
        self.service = Some(path);
        Ok(())
    }
}

const UNKNOWN: &str = "unknown option: `#[patch_impl]` takes a trait and `new = expression`";

fn on_struct(options: Options, item: &ItemStruct) -> Result<TokenStream> {
    let mut objections = Objections::default();
    no_parameters(&mut objections, &item.generics);
    if options.service.is_none() {
        objections
            .object(&item.ident, "`#[patch_impl]` on a struct names the trait it implements: `#[patch_impl(Handler)]`");
    }
    objections.into_result()?;
    let name = &item.ident;
    let new = match (options.new, &item.fields) {
        (Some(new), _) => Some(new),
        (None, Fields::Unit) => Some(parse_quote!(#name)),
        (None, _) => None,
    };
    let export = options.service.map(|service| export(&item.attrs, &service, &parse_quote!(#name), new));
    Ok(quote!(#item #export))
}

fn on_block(options: Options, mut item: ItemImpl) -> Result<TokenStream> {
    Ungroup.visit_type_mut(&mut item.self_ty);
    let service = check_block(&options, &item)?;
    for part in &mut item.items {
        if let ImplItem::Fn(method) = part {
            desugar(&mut method.sig, Some(&mut method.block))?;
        }
    }
    let export = export(&item.attrs, &service, &item.self_ty, options.new);
    Ok(quote!(#item #export))
}

/// Gives back the service that the block implements.
fn check_block(options: &Options, item: &ItemImpl) -> Result<Path> {
    let mut objections = Objections::default();
    if let Some(service) = &options.service {
        objections.object(service, "the `impl` block names the trait already: no trait here");
    }
    no_parameters(&mut objections, &item.generics);
    let service = objections.value(implemented(item));
    objections.into_result()?;
    service.ok_or_else(|| Error::new_spanned(&item.self_ty, INHERENT))
}

const INHERENT: &str = "`#[patch_impl]` exports an implementation of a service trait: `impl Handler for T`; \
     inherent methods are made patchable with `#[patchable]`";

fn implemented(item: &ItemImpl) -> Result<Path> {
    match &item.trait_ {
        Some((None, service, _)) => Ok(service.clone()),
        _ => Err(Error::new_spanned(&item.self_ty, INHERENT)),
    }
}

fn no_parameters(objections: &mut Objections, generics: &Generics) {
    for parameter in &generics.params {
        objections.object(
            parameter,
            "the one instance of a service has no parameters: name the types it holds, and own what it borrows",
        );
    }
}

/// An expression that makes the one instance: the user's, else the type's default.
fn constructor(ty: &Type, new: Option<Expr>) -> TokenStream {
    if let Some(new) = new {
        return quote!(#new);
    }
    let make = quote_spanned!(at(ty)=> <#ty as __DynpatchMake>::make());
    quote! {{
        #[diagnostic::on_unimplemented(
            message = "a patch does not know how to make its one `{Self}`",
            label = "has no `Default`, and `#[patch_impl]` no `new = …`",
            note = "implement `Default` for `{Self}`, or write the expression that makes it: \
                    `#[patch_impl(new = {Self}::new())]`"
        )]
        trait __DynpatchMake {
            fn make() -> Self;
        }
        #[diagnostic::do_not_recommend]
        impl<T: ::core::default::Default> __DynpatchMake for T {
            fn make() -> T {
                T::default()
            }
        }
        #make
    }}
}

fn export(attributes: &[Attribute], service: &Path, ty: &Type, new: Option<Expr>) -> TokenStream {
    let private = quote!(::dynpatch::__private);
    let implementor = tidy(ty);
    let record_name: Ident = format_ident!("__DYNPATCH_RECORD");
    let name = quote_spanned!(at(service)=> <dyn #service as ::dynpatch::ServiceTrait>::NAME);
    let crate_name = quote!(#private::crate_of(::core::module_path!()));
    // For an implementation, the signature says whose it is: the crate decides whether a patch provides it.
    let says = Says {
        signature: quote!(::core::concat!(::core::module_path!(), "::", #implementor)),
        form: String::new(),
        inputs: quote!(&[]),
        output: quote!(None),
        foreign: quote!(&[]),
        marks: Marks::default(),
    };
    let record = manifest_record(&record_name, &name, &quote!(Implementation), &says);
    let conditions = conditions(attributes);
    let new = constructor(ty, new);
    // A trait that is no service, or is not implemented, is reported where it is named.
    let methods = quote_spanned!(at(service)=> <dyn #service as #private::PatchedTable<#ty>>::METHODS);
    quote! {
        #(#conditions)*
        const _: () = {
            #record
            static __DYNPATCH_CELL: #private::InstanceCell<#ty> = #private::InstanceCell::new();
            impl #private::Instance<dyn #service> for #ty {
                fn cell() -> &'static #private::InstanceCell<Self> { &__DYNPATCH_CELL }
            }
            #[used]
            #[unsafe(link_section = "dynpatch_implementations")]
            static __DYNPATCH_ITEM: #private::ImplementationItem = #private::ImplementationItem {
                    service: #name,
                    implementor: ::core::concat!(::core::module_path!(), "::", #implementor),
                    crate_name: #crate_name,
                    record: &__DYNPATCH_RECORD,
                    methods: #methods,
                    construct: || #private::construct(&__DYNPATCH_CELL, || #new),
                    destroy: || #private::destroy(&__DYNPATCH_CELL),
                };
        };
    }
}
