//! Types as the manifest names them, and what `Self` stands for.

use super::text::{comparable, tidy};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit::Visit;
use syn::visit_mut::{VisitMut, visit_expr_path_mut, visit_type_mut, visit_type_reference_mut};
use syn::{AngleBracketedGenericArguments, GenericArgument, Lifetime, PathArguments, QSelf, Type, TypeParamBound};

/// An expression: what the type is, as a `TypeNode`. A type that is not described is opaque, with what its name names.
/// `types` is the path of the module that has the names; `ProbeFallback` must be in scope, and the lifetimes of `keep`.
pub(crate) fn node(ty: &Type, keep: &[Lifetime], types: &TokenStream) -> TokenStream {
    let mut concrete = ty.clone();
    Static { keep }.visit_type_mut(&mut concrete);
    node_of(&concrete, types)
}

fn node_of(ty: &Type, types: &TokenStream) -> TokenStream {
    // `!` may be written as the output of a function type, and nowhere else.
    if matches!(ty, Type::Never(_)) {
        return quote!(#types::TypeNode::Primitive { name: "!" });
    }
    if let Type::Paren(paren) = ty {
        return node_of(&paren.elem, types);
    }
    let name = tidy(comparable(ty)).replace("'static, ", "").replace("'static ", "").replace("<'static>", "");
    let downcasts = holds_anything(ty);
    let mut parts = Parts(Vec::new());
    if !is_stand_in(ty) {
        syn::visit::visit_type(&mut parts, ty);
    }
    let parts = parts.0.iter().map(|part| node_of(part, types));
    quote! {
        match #types::Probe::<#ty>::NODE {
            ::core::option::Option::Some(node) => node,
            ::core::option::Option::None => #types::TypeNode::Opaque {
                name: #name,
                extent: #types::Probe::<#ty>::EXTENT,
                downcasts: #downcasts,
                parts: &[#(#parts),*],
            },
        }
    }
}

/// An expression: what checkers of other crates know of the types.
pub(crate) fn all_foreign<'a>(types: impl IntoIterator<Item = &'a Type>) -> TokenStream {
    let types = types.into_iter().map(foreign);
    quote!({
        use ::dynpatch::__private::ForeignFallback as _;
        &[#(#types),*]
    })
}

/// An expression: the type's description by another crate, if it has one. One of the language needs none.
fn foreign(ty: &Type) -> TokenStream {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f32", "f64",
    ];
    let is_plain = match ty {
        Type::Path(path) => PRIMITIVES.iter().any(|name| path.path.is_ident(name)),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        Type::Never(_) => true,
        _ => false,
    };
    if is_plain {
        return quote!(::core::option::Option::None);
    }
    let mut concrete = ty.clone();
    Static { keep: &[] }.visit_type_mut(&mut concrete);
    quote!(::dynpatch::__private::Foreign::<#concrete>::LAYOUT)
}

/// An expression: the fingerprint of a type, as far as it is known.
pub(crate) fn fingerprint(ty: &Type, keep: &[Lifetime], types: &TokenStream) -> TokenStream {
    let mut concrete = ty.clone();
    Static { keep }.visit_type_mut(&mut concrete);
    let name = tidy(comparable(&concrete));
    quote! {
        match #types::Probe::<#concrete>::FINGERPRINT {
            ::core::option::Option::Some(fingerprint) => fingerprint,
            ::core::option::Option::None => {
                #types::Fingerprint::of_builtin(#name, #types::Probe::<#concrete>::EXTENT, &[])
            }
        }
    }
}

/// Types of other crates, by the end of their path, that are known to hold values of any type.
const HOLD_ANYTHING: [&[&str]; 6] = [
    &["anyhow", "Error"],
    &["eyre", "Report"],
    &["color_eyre", "Report"],
    &["Extensions"],
    &["PanicHookInfo"],
    &["PanicInfo"],
];

fn holds_anything(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return matches!(ty, Type::TraitObject(_)) && is_anything(ty) };
    let segments: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    HOLD_ANYTHING.iter().any(|known| segments.ends_with(&known.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

fn is_anything(ty: &Type) -> bool {
    let Type::TraitObject(object) = ty else { return false };
    object.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| last.ident == "Any" || last.ident == "Error")
        }
        _ => false,
    })
}

/// Whether the type is the derive's own `Recursive<T>`, which is described and ends a description.
fn is_stand_in(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "Recursive") && names.next().is_some_and(|name| name == "types")
}

/// The types that stand directly in a type.
struct Parts(Vec<Type>);

impl Visit<'_> for Parts {
    fn visit_type(&mut self, ty: &Type) {
        if !is_constant(ty) {
            self.0.push(ty.clone());
        }
    }
}

/// A constant in the place of a type argument, as far as the tokens tell: `Matrix<SIZE>`.
fn is_constant(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(name) = path.path.segments.last().map(|last| last.ident.to_string()) else { return false };
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The lifetimes of types in one form: numbered by first appearance, `s` for `'static`, `h` for those that a function type
/// or a closure binds itself. Types are separated by `;`.
pub(crate) fn lifetimes_of<'a>(types: impl IntoIterator<Item = &'a Type>, known: &[Lifetime]) -> String {
    let mut writer = LifetimeNames { known: known.to_vec(), text: String::new() };
    for (index, ty) in types.into_iter().enumerate() {
        if index > 0 {
            writer.text.push(';');
        }
        writer.visit_type(ty);
    }
    writer.text
}

struct LifetimeNames {
    known: Vec<Lifetime>,
    text: String,
}

impl Visit<'_> for LifetimeNames {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        let name = if lifetime.ident == "static" {
            "s".to_owned()
        } else {
            let place = self.known.iter().position(|known| known == lifetime).unwrap_or_else(|| {
                self.known.push(lifetime.clone());
                self.known.len() - 1
            });
            place.to_string()
        };
        if self.text.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            self.text.push(',');
        }
        self.text.push_str(&name);
    }

    fn visit_type_bare_fn(&mut self, function: &syn::TypeBareFn) {
        self.bound(|writer| {
            syn::visit::visit_type_bare_fn(writer, &syn::TypeBareFn { lifetimes: None, ..function.clone() })
        });
    }

    fn visit_parenthesized_generic_arguments(&mut self, arguments: &syn::ParenthesizedGenericArguments) {
        self.bound(|writer| syn::visit::visit_parenthesized_generic_arguments(writer, arguments));
    }

    fn visit_bound_lifetimes(&mut self, _: &syn::BoundLifetimes) {}

    fn visit_type_reference(&mut self, reference: &syn::TypeReference) {
        if reference.lifetime.is_none() {
            self.visit_lifetime(&Lifetime::new("'h", Span::call_site()));
        }
        syn::visit::visit_type_reference(self, reference);
    }
}

impl LifetimeNames {
    /// Inside of parentheses that bind lifetimes: theirs are numbered anew.
    fn bound(&mut self, visit: impl FnOnce(&mut Self)) {
        self.text.push('(');
        let outside = self.known.clone();
        visit(self);
        self.known = outside;
        self.text.push(')');
    }
}

/// Makes a type concrete: every lifetime but those of `keep` is `'static`, every binder gone.
struct Static<'a> {
    keep: &'a [Lifetime],
}

impl VisitMut for Static<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if !self.keep.contains(lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
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
pub(crate) fn replace_self(ty: &mut Type, this: &Type) {
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
