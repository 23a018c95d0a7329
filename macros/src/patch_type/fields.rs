//! The fields of a struct, a union, or a variant.

use super::attributes::{INTEGERS, Options, is_recursive};
use super::recursion::Itself;
use crate::signature::{fingerprint, lifetimes_of, node, tidy};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{Field, Fields, Lifetime, Type, TypeParamBound, parse_quote};

/// What a definition is made of, as expressions.
pub(super) struct Members {
    /// A `Body`.
    pub(super) body: TokenStream,
    /// Items that the body refers to.
    pub(super) mirrors: TokenStream,
    /// The fingerprints of all fields, in order.
    pub(super) fingerprints: Vec<TokenStream>,
}

/// Fields, as expressions.
pub(super) struct Described {
    /// A `Field` each.
    pub(super) fields: Vec<TokenStream>,
    pub(super) fingerprints: Vec<TokenStream>,
}

impl Described {
    pub(super) fn into_body(self, types: &TokenStream, kind: &str) -> Members {
        let (kind, fields) = (format_ident!("{kind}"), self.fields);
        Members {
            body: quote!(#types::Body::#kind(&[#(#fields),*])),
            mirrors: TokenStream::new(),
            fingerprints: self.fingerprints,
        }
    }
}

/// The fields; `offset` gives an expression that says where a field lies.
pub(super) fn described(
    fields: &Fields,
    itself: &Itself,
    options: &Options,
    offset: &dyn Fn(usize, &Field) -> TokenStream,
) -> Described {
    let types = &options.types;
    let mut described = Described { fields: Vec::new(), fingerprints: Vec::new() };
    for (index, field) in fields.iter().enumerate() {
        let name = field.ident.as_ref().map_or_else(|| index.to_string(), |name| name.unraw().to_string());
        let offset = offset(index, field);
        let lifetimes = lifetimes_of([&field.ty], &itself.lifetimes);
        let (node, fingerprint) = describe(&field.ty, is_recursive(field), itself, types);
        described.fields.push(quote! {
            #types::Field { name: #name, offset: #offset, lifetimes: #lifetimes, ty: #node }
        });
        described.fingerprints.push(fingerprint);
    }
    described
}

fn describe(ty: &Type, is_recursive: bool, itself: &Itself, types: &TokenStream) -> (TokenStream, TokenStream) {
    let keep: &[Lifetime] = &itself.lifetimes;
    let mut ty = ty.clone();
    StaticObjects.visit_type_mut(&mut ty);
    let ty = &ty;
    if is_recursive {
        let text = tidy(ty);
        let fingerprint = quote!(#types::Fingerprint::EMPTY.with_bytes(#text.as_bytes()));
        let node = if itself.is_generic {
            quote! {
                #types::TypeNode::Opaque {
                    name: #text,
                    extent: #types::Probe::<#ty>::EXTENT,
                    downcasts: false,
                    parts: &[],
                }
            }
        } else {
            node(ty, keep, types)
        };
        return (node, fingerprint);
    }
    if is_primitive(ty) {
        return (quote!(<#ty as #types::PatchType>::TYPE), quote!(<#ty as #types::PatchType>::FINGERPRINT));
    }
    let ending = itself.ending(ty, types);
    (node(if itself.is_generic { &ending } else { ty }, keep, types), fingerprint(&ending, keep, types))
}

/// Half of all fields: where nothing needs to be asked, the compiler has less to do.
fn is_primitive(ty: &Type) -> bool {
    const OTHERS: [&str; 4] = ["bool", "char", "f32", "f64"];
    let Type::Path(path) = ty else { return false };
    let name = path.path.get_ident().map_or_else(String::new, ToString::to_string);
    path.qself.is_none() && (INTEGERS.contains(&name.as_str()) || OTHERS.contains(&name.as_str()))
}

/// Descriptions of objects are those of `'static` ones; what lifetime one has stands in the field's `lifetimes`. Without a
/// word it would be that of the reference the object stands behind.
struct StaticObjects;

impl VisitMut for StaticObjects {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        while let Type::Paren(paren) = ty {
            *ty = (*paren.elem).clone();
        }
        visit_type_mut(self, ty);
        if let Type::TraitObject(object) = ty {
            let traits = object.bounds.iter().filter(|bound| !matches!(bound, TypeParamBound::Lifetime(_)));
            *ty = parse_quote!((dyn #(#traits +)* 'static));
        }
    }
}
