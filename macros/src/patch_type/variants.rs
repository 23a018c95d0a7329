//! The variants of an enum.
//!
//! Where the fields of a variant lie is known for an integer tag and for `repr(C)`: they lie as in the structs that RFC
//! 2195 names, which are written here once more. For Rust's own layout the compiler does not say.

use super::attributes::Options;
use super::fields::{self, Members};
use super::recursion::Itself;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Field, Fields, GenericParam, Generics};

pub(super) fn described(item: &DeriveInput, data: &DataEnum, itself: &Itself, options: &Options) -> Members {
    let types = &options.types;
    let (generics, arguments) = (&item.generics, item.generics.split_for_impl().1);
    let is_known = options.is_c || options.tag.is_some();
    let mut mirrors = tags(data, options);
    let mut payloads = Vec::new();
    let mut variants = Vec::new();
    let mut fingerprints = Vec::new();
    for (index, variant) in data.variants.iter().enumerate() {
        let mirror = format_ident!("__DynpatchVariant{index}");
        if is_known && !variant.fields.is_empty() {
            mirrors.extend(struct_of(&mirror, &variant.fields, generics, options));
            payloads.push(format_ident!("__DynpatchVariant{index}"));
        }
        let offset = |index: usize, _: &Field| {
            let member = member(index);
            match (is_known, options.is_c) {
                (false, _) => quote!(::core::option::Option::None),
                (true, false) => quote! {
                    ::core::option::Option::Some(
                        ::core::mem::offset_of!(#mirror #arguments, #member) as ::core::primitive::u64
                    )
                },
                (true, true) => quote! {
                    ::core::option::Option::Some(
                        (::core::mem::offset_of!(__DynpatchTagged #arguments, payload)
                            + ::core::mem::offset_of!(#mirror #arguments, #member)) as ::core::primitive::u64
                    )
                },
            }
        };
        let described = fields::described(&variant.fields, itself, options, &offset);
        let (name, tag) = (variant.ident.unraw().to_string(), format_ident!("__V{index}"));
        let fields = described.fields;
        variants.push(quote! {
            #types::Variant {
                name: #name,
                discriminant: __DynpatchTag::#tag as ::core::primitive::i128,
                fields: &[#(#fields),*],
            }
        });
        fingerprints.extend(described.fingerprints);
    }
    let body = quote!(#types::Body::Enum(&[#(#variants),*]));
    if options.is_c && !payloads.is_empty() {
        mirrors.extend(tagged(&payloads, generics));
    }
    Members { body, mirrors, fingerprints }
}

/// The tags alone, for their numbers.
fn tags(data: &DataEnum, options: &Options) -> TokenStream {
    let repr = match (&options.tag, options.is_c) {
        (Some(tag), _) => Some(quote!(#[repr(#tag)])),
        (None, true) => Some(quote!(#[repr(C)])),
        (None, false) => None,
    };
    // `repr` needs a variant.
    let repr = repr.filter(|_| !data.variants.is_empty());
    let tags = data.variants.iter().enumerate().map(|(index, variant)| {
        let name = format_ident!("__V{index}");
        match &variant.discriminant {
            Some((_, value)) => quote!(#name = #value),
            None => quote!(#name),
        }
    });
    quote!(#repr enum __DynpatchTag { #(#tags),* })
}

/// The struct as which a variant lies: for an integer tag with the tag in front, for `repr(C)` without.
fn struct_of(name: &Ident, fields: &Fields, generics: &Generics, options: &Options) -> TokenStream {
    let (parameters, _, clause) = generics.split_for_impl();
    let tag = options.tag.as_ref().filter(|_| !options.is_c).map(|tag| quote!(__tag: ::core::primitive::#tag,));
    let fields = fields.iter().enumerate().map(|(index, field)| {
        let (name, ty) = (member(index), &field.ty);
        quote!(#name: #ty,)
    });
    let marker = marker(generics);
    quote! {
        #[repr(C)]
        struct #name #parameters #clause { #tag #(#fields)* __marker: ::core::marker::PhantomData<#marker> }
    }
}

fn member(index: usize) -> Ident {
    format_ident!("__field{index}")
}

/// Uses every parameter.
fn marker(generics: &Generics) -> TokenStream {
    let used = generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Lifetime(parameter) => {
            let lifetime = &parameter.lifetime;
            Some(quote!(&#lifetime ()))
        }
        GenericParam::Type(parameter) => {
            let name = &parameter.ident;
            Some(quote!(*const #name))
        }
        GenericParam::Const(_) => None,
    });
    quote!((#(#used,)*))
}

/// The whole of a `repr(C)` enum: the payload begins behind the tag, aligned for every variant.
fn tagged(payloads: &[Ident], generics: &Generics) -> TokenStream {
    let (parameters, arguments, clause) = generics.split_for_impl();
    let fields: Vec<_> = (0..payloads.len()).map(member).collect();
    quote! {
        #[repr(C)]
        union __DynpatchPayload #parameters #clause {
            #(#fields: ::core::mem::ManuallyDrop<#payloads #arguments>,)*
        }
        #[repr(C)]
        struct __DynpatchTagged #parameters #clause { tag: __DynpatchTag, payload: __DynpatchPayload #arguments }
    }
}
