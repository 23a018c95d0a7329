//! Types as the manifest names them, and what `Self` stands for.

use super::text::{comparable, tidy};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit::Visit;
use syn::visit_mut::{VisitMut, visit_expr_path_mut, visit_type_mut, visit_type_reference_mut};
use syn::{AngleBracketedGenericArguments, GenericArgument, Lifetime, PathArguments, QSelf, Type, TypeParamBound};

/// An array of `TypeUse`, one for each type that stands anywhere in `types`, in order of appearance.
pub(crate) fn type_uses(types: &[&Type]) -> TokenStream {
    let mut uses = TypesUsed(Vec::new());
    types.iter().for_each(|ty| uses.visit_type(ty));
    let entries = uses.0.iter().map(|(name, ty)| {
        quote! {
            ::dynpatch::__private::TypeUse {
                name: #name,
                size: ::dynpatch::__private::Probe::<#ty>::SIZE,
                alignment: ::dynpatch::__private::Probe::<#ty>::ALIGNMENT,
                definition: ::dynpatch::__private::Probe::<#ty>::DEFINITION,
            }
        }
    });
    quote!(&[#(#entries),*])
}

struct TypesUsed(Vec<(String, Type)>);

impl Visit<'_> for TypesUsed {
    fn visit_type(&mut self, ty: &Type) {
        let mut concrete = ty.clone();
        Static.visit_type_mut(&mut concrete);
        let name = tidy(comparable(&concrete)).replace("'static ", "").replace("<'static>", "");
        // `!` may be written as the output of a function type, and nowhere else.
        if !matches!(ty, Type::Never(_)) && !self.0.iter().any(|(known, _)| *known == name) {
            self.0.push((name, concrete));
        }
        syn::visit::visit_type(self, ty);
    }
}

/// Makes a type concrete: every lifetime `'static`, every binder gone.
struct Static;

impl VisitMut for Static {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'static", lifetime.span());
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime.get_or_insert_with(|| Lifetime::new("'static", Span::call_site()));
        visit_type_reference_mut(self, reference);
    }

    fn visit_type_bare_fn_mut(&mut self, function: &mut syn::TypeBareFn) {
        function.lifetimes = None;
        syn::visit_mut::visit_type_bare_fn_mut(self, function);
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
        bound.lifetimes = None;
        syn::visit_mut::visit_trait_bound_mut(self, bound);
    }
}

/// Replaces `Self` by the type it stands for.
pub(super) fn replace_self(ty: &mut Type, this: &Type) {
    ReplaceSelf(this).visit_type_mut(ty);
}

struct ReplaceSelf<'a>(&'a Type);

impl VisitMut for ReplaceSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.qself.is_none()
            && path.path.is_ident("Self")
        {
            *ty = self.0.clone();
            return;
        }
        visit_type_mut(self, ty);
    }

    // The length of an array: `Self::LENGTH`.
    fn visit_expr_path_mut(&mut self, expression: &mut syn::ExprPath) {
        let is_self = |path: &syn::Path| path.segments.len() > 1 && path.segments[0].ident == "Self";
        if expression.qself.is_none() && is_self(&expression.path) {
            let ty = Box::new(without_lifetimes(self.0));
            expression.path.segments = expression.path.segments.iter().skip(1).cloned().collect();
            expression.path.leading_colon = Some(Default::default());
            expression.qself = Some(QSelf {
                lt_token: Default::default(),
                ty,
                position: 0,
                as_token: None,
                gt_token: Default::default(),
            });
        }
        visit_expr_path_mut(self, expression);
    }
}

/// The type `Self` stands for in an `impl` block: that of `impl dyn Trait` is `dyn Trait + 'static` wherever it stands.
pub(crate) fn self_type(ty: &Type) -> Type {
    let Type::TraitObject(object) = ty else { return ty.clone() };
    let mut object = object.clone();
    if !object.bounds.iter().any(|bound| matches!(bound, TypeParamBound::Lifetime(_))) {
        object.bounds.push(syn::parse_quote!('static));
    }
    syn::parse_quote!((#object))
}

/// A type as an item's path names it.
pub(crate) fn without_lifetimes(ty: &Type) -> Type {
    let mut ty = ty.clone();
    WithoutLifetimes.visit_type_mut(&mut ty);
    ty
}

struct WithoutLifetimes;

impl VisitMut for WithoutLifetimes {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime = None;
        visit_type_reference_mut(self, reference);
    }

    fn visit_path_arguments_mut(&mut self, arguments: &mut PathArguments) {
        if let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) = arguments {
            let kept = args.iter().filter(|argument| !matches!(argument, GenericArgument::Lifetime(_)));
            *args = kept.cloned().collect();
            if args.is_empty() {
                *arguments = PathArguments::None;
            }
        }
        syn::visit_mut::visit_path_arguments_mut(self, arguments);
    }
}

/// Removes the invisible parentheses that a `macro_rules!` puts around its fragments.
pub(crate) struct Ungroup;

impl VisitMut for Ungroup {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        while let Type::Group(group) = ty {
            let inner = (*group.elem).clone();
            *ty = match inner {
                Type::TraitObject(_) | Type::ImplTrait(_) => syn::parse_quote!((#inner)),
                other => other,
            };
        }
        visit_type_mut(self, ty);
    }
}

/// Counts parentheses as generated: whether a user needs them is judged where the user wrote them.
pub(super) struct GeneratedParentheses;

impl VisitMut for GeneratedParentheses {
    fn visit_type_paren_mut(&mut self, paren: &mut syn::TypeParen) {
        paren.paren_token = syn::token::Paren(Span::call_site());
        syn::visit_mut::visit_type_paren_mut(self, paren);
    }
}
