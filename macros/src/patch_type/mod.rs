//! `#[derive(PatchType)]`: the description of a type, as constants, and its record in the manifest.
//!
//! - here: what is generated around a definition.
//! - `attributes.rs`: `#[patch_type(…)]` and `#[repr(…)]`.
//! - `fields.rs`, `variants.rs`: what a definition is made of.
//! - `recursion.rs`: a type inside of its own definition.
//! - `sized.rs`: why a type without a size is not described.

mod attributes;
mod fields;
mod recursion;
mod sized;
mod variants;

use crate::machinery::{at, type_record};
use attributes::Options;
use fields::Members;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use recursion::Itself;
use std::hash::{DefaultHasher, Hash, Hasher};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{Data, DeriveInput, GenericParam, Generics, Lifetime, Result, Type, parse_quote};

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let distinction = distinction(&item);
    let mut item: DeriveInput = syn::parse2(item)?;
    let options = Options::of(&item)?;
    attributes::check_members(&item)?;
    sized::check(&item)?;
    Generated.visit_generics_mut(&mut item.generics);
    crate::signature::Ungroup.visit_derive_input_mut(&mut item);
    let itself = Itself::of(&item);
    itself.replace_self(&mut item.data);
    let described = Described { item: &item, options: &options, itself: &itself, distinction };
    Ok(described.expand())
}

struct Described<'a> {
    item: &'a DeriveInput,
    options: &'a Options,
    itself: &'a Itself,
    distinction: String,
}

impl Described<'_> {
    fn expand(&self) -> TokenStream {
        let Self { item, options, distinction, .. } = self;
        let (name, types) = (&item.ident, &options.types);
        let text = name.unraw().to_string();
        let (parameters, arguments, clause) = item.generics.split_for_impl();
        let described = bounded(&item.generics, types);
        let (_, _, described_clause) = described.split_for_impl();
        let Members { body, mirrors, fingerprints } = self.members();
        let definition = self.definition(&text, &body);
        let of_arguments =
            type_parameters(&item.generics).map(|parameter| quote!(<#parameter as #types::PatchType>::FINGERPRINT));
        let (node, record) = self.node_and_record();
        quote! {
            const _: () = {
                use #types::ProbeFallback as _;
                #mirrors
                #[automatically_derived]
                impl #parameters #types::Named for #name #arguments #clause {
                    const KEY: ::core::primitive::u64 = #types::key(
                        ::core::module_path!(),
                        #distinction,
                        ::core::line!(),
                        ::core::column!(),
                        ::core::env!("CARGO_PKG_VERSION"),
                    );
                }
                #[automatically_derived]
                impl #parameters #types::Defined for #name #arguments #described_clause {
                    const DEFINITION: #types::Definition = #definition;
                }
                #[automatically_derived]
                impl #parameters #types::PatchType for #name #arguments #described_clause {
                    const TYPE: #types::TypeNode = #node;
                    const FINGERPRINT: #types::Fingerprint = #types::Fingerprint::of_definition(
                        &<Self as #types::Defined>::DEFINITION,
                        &[#(#of_arguments,)* #(#fingerprints),*],
                    );
                }
                #record
            };
        }
    }

    /// A `Definition`, where `Self` is the type.
    fn definition(&self, name: &str, body: &TokenStream) -> TokenStream {
        let Options { types, repr, evolution, .. } = self.options;
        let arguments = self.generic_arguments();
        quote! {
            #types::Definition {
                key: <Self as #types::Named>::KEY,
                crate_name: ::core::env!("CARGO_PKG_NAME"),
                name: #name,
                extent: #types::Extent::of::<Self>(),
                repr: #repr,
                evolution: #types::Evolution::#evolution,
                arguments: &[#(#arguments),*],
                body: #body,
            }
        }
    }

    /// A `TypeNode`, and the record it refers to. No static can stand for all instances of a generic type: those are
    /// defined where they are used.
    fn node_and_record(&self) -> (TokenStream, Option<TokenStream>) {
        let types = &self.options.types;
        if self.itself.is_generic {
            return (quote!(#types::TypeNode::Inline(&<Self as #types::Defined>::DEFINITION)), None);
        }
        let ty = statically(&self.item.ident, &self.item.generics);
        (quote!(#types::TypeNode::Defined { key: <Self as #types::Named>::KEY }), Some(type_record(&ty, types)))
    }

    fn members(&self) -> Members {
        let Self { item, options, itself, .. } = self;
        match &item.data {
            Data::Struct(data) => {
                fields::described(&data.fields, itself, options, &own_offset).into_body(&options.types, "Struct")
            }
            Data::Union(data) => {
                let fields = syn::Fields::Named(data.fields.clone());
                fields::described(&fields, itself, options, &own_offset).into_body(&options.types, "Union")
            }
            Data::Enum(data) => variants::described(item, data, itself, options),
        }
    }

    fn generic_arguments(&self) -> Vec<TokenStream> {
        let types = &self.options.types;
        let argument = |parameter: &GenericParam| match parameter {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(parameter) => {
                let name = &parameter.ident;
                Some(quote!(#types::Argument::Type(<#name as #types::PatchType>::TYPE)))
            }
            GenericParam::Const(parameter) => {
                let name = &parameter.ident;
                let is_char = matches!(&parameter.ty, Type::Path(path) if path.path.is_ident("char"));
                let number = is_char.then(|| quote!(as ::core::primitive::u32));
                let number = quote!(#name #number as ::core::primitive::i128);
                Some(quote!(#types::Argument::Const(#number)))
            }
        };
        self.item.generics.params.iter().filter_map(argument).collect()
    }
}

/// Tells apart what one macro call defines in several functions, all in one place as the compiler sees it.
fn distinction(item: &TokenStream) -> String {
    let mut hasher = DefaultHasher::new();
    item.to_string().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Where a field of the type lies.
fn own_offset(index: usize, field: &syn::Field) -> TokenStream {
    let member = match &field.ident {
        Some(name) => quote!(#name),
        None => syn::Index::from(index).to_token_stream(),
    };
    quote!(::core::option::Option::Some(::core::mem::offset_of!(Self, #member) as ::core::primitive::u64))
}

fn type_parameters(generics: &Generics) -> impl Iterator<Item = &syn::Ident> {
    generics.type_params().map(|parameter| &parameter.ident)
}

/// Every type parameter must be described itself.
fn bounded(generics: &Generics, types: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let parameters: Vec<_> = type_parameters(&generics).cloned().collect();
    if !parameters.is_empty() {
        let clause = generics.make_where_clause();
        clause.predicates.extend(
            parameters.into_iter().map(|name| -> syn::WherePredicate { parse_quote!(#name: #types::PatchType) }),
        );
    }
    generics
}

/// The type with all its lifetimes `'static`.
fn statically(name: &syn::Ident, generics: &Generics) -> TokenStream {
    let lifetimes = generics.lifetimes().map(|_| Lifetime::new("'static", proc_macro2::Span::call_site()));
    quote!(#name<#(#lifetimes),*>)
}

/// Counts lifetimes as generated: how often a user needs each is judged where the user wrote it.
struct Generated;

impl VisitMut for Generated {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        lifetime.set_span(at(lifetime));
    }

    // A default of a parameter has no place in an `impl`.
    fn visit_type_param_mut(&mut self, parameter: &mut syn::TypeParam) {
        (parameter.eq_token, parameter.default) = (None, None);
        syn::visit_mut::visit_type_param_mut(self, parameter);
    }
}
