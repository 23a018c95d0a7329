//! A type inside of its own definition.

use crate::signature::{replace_self, without_lifetimes};
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{Data, DeriveInput, Expr, GenericArgument, GenericParam, Ident, Lifetime, Type, parse_quote};

/// The type under derive, as its own definition may name it.
pub(super) struct Itself {
    ty: Type,
    /// The lifetimes it declares.
    pub(super) lifetimes: Vec<Lifetime>,
    /// The constants it declares.
    constants: Vec<Ident>,
    /// Whether its description stands in that of its users, where it must not repeat itself.
    pub(super) is_generic: bool,
}

impl Itself {
    pub(super) fn of(item: &DeriveInput) -> Self {
        let name = &item.ident;
        let arguments = item.generics.params.iter().map(|parameter| match parameter {
            GenericParam::Lifetime(parameter) => {
                let lifetime = &parameter.lifetime;
                quote!(#lifetime)
            }
            GenericParam::Type(parameter) => {
                let name = &parameter.ident;
                quote!(#name)
            }
            GenericParam::Const(parameter) => {
                let name = &parameter.ident;
                quote!({ #name })
            }
        });
        let arguments: Vec<TokenStream> = arguments.collect();
        let ty = if arguments.is_empty() { parse_quote!(#name) } else { parse_quote!(#name<#(#arguments),*>) };
        let is_generic = item.generics.type_params().next().is_some() || item.generics.const_params().next().is_some();
        let lifetimes = item.generics.lifetimes().map(|parameter| parameter.lifetime.clone()).collect();
        let constants = item.generics.const_params().map(|parameter| parameter.ident.clone()).collect();
        Self { ty, lifetimes, constants, is_generic }
    }

    /// Writes the type's name wherever its definition says `Self`, and constant arguments as such.
    pub(super) fn replace_self(&self, data: &mut Data) {
        struct Replace<'a>(&'a Itself);
        impl VisitMut for Replace<'_> {
            fn visit_field_mut(&mut self, field: &mut syn::Field) {
                replace_self(&mut field.ty, &self.0.ty);
                Constants(&self.0.constants).visit_type_mut(&mut field.ty);
            }
        }
        Replace(self).visit_data_mut(data);
    }

    /// `ty` with a stand-in wherever it names the type itself.
    pub(super) fn ending(&self, ty: &Type, types: &TokenStream) -> Type {
        let mut ty = ty.clone();
        End { itself: &without_lifetimes(&self.ty), types }.visit_type_mut(&mut ty);
        ty
    }
}

/// Braces around constant parameters, which else read like types.
struct Constants<'a>(&'a [Ident]);

impl VisitMut for Constants<'_> {
    fn visit_generic_argument_mut(&mut self, argument: &mut GenericArgument) {
        if let GenericArgument::Type(Type::Path(path)) = argument
            && self.0.iter().any(|name| path.path.is_ident(name))
        {
            *argument = GenericArgument::Const(parse_quote!({ #path }));
        }
        syn::visit_mut::visit_generic_argument_mut(self, argument);
    }
}

struct End<'a> {
    itself: &'a Type,
    types: &'a TokenStream,
}

impl VisitMut for End<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if without_lifetimes(ty) == *self.itself {
            let types = self.types;
            *ty = parse_quote!(#types::Recursive<#ty>);
        } else {
            visit_type_mut(self, ty);
        }
    }

    // A length names the type for its constants: `[u8; Self::LENGTH]`.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
