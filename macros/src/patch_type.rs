//! `#[derive(PatchType)]`: the hash of a definition as written.

use crate::machinery::at;
use crate::signature::tidy;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Attribute, DeriveInput, Result};

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let mut definition = item.clone();
    OnlyLayout.visit_derive_input_mut(&mut definition);
    definition.vis = syn::Visibility::Inherited;
    let text = tidy(definition.to_token_stream());
    let mut generics = item.generics;
    Generated.visit_generics_mut(&mut generics);
    let (name, (parameters, arguments, clause)) = (&item.ident, generics.split_for_impl());
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::dynpatch::PatchType for #name #arguments #clause {
            const DEFINITION: ::dynpatch::Fingerprint = ::dynpatch::Fingerprint::EMPTY.with_bytes(#text.as_bytes());
        }
    })
}

/// Removes what does not change a layout: documentation, other derives, visibility.
struct OnlyLayout;

impl VisitMut for OnlyLayout {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| attribute.path().is_ident("repr"));
    }

    fn visit_visibility_mut(&mut self, visibility: &mut syn::Visibility) {
        *visibility = syn::Visibility::Inherited;
    }
}

/// Counts lifetimes as generated: how often a user needs each is judged where the user wrote it.
struct Generated;

impl VisitMut for Generated {
    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        lifetime.set_span(at(lifetime));
    }
}
