//! `#[patch_trait]`

use super::asynchronous::desugar;
use super::methods::{Method, Service};
use crate::attributes::{conditions, inside_of_deprecated, name};
use crate::reject::{self, Objections};
use crate::signature::Ungroup;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Error, FnArg, Item, ItemTrait, Result, Signature, TraitItem, TraitItemFn, TypeParamBound};

pub(crate) fn expand(options: &TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Item::Trait(mut item) = syn::parse2(item)? else {
        return Err(Error::new(Span::call_site(), "`#[patch_trait]` stands on a trait, which it makes a service"));
    };
    let (mut methods, mut objections) = (Vec::new(), check(options, &item));
    for part in &mut item.items {
        if let TraitItem::Fn(method) = part {
            methods.extend(objections.value(expand_method(methods.len(), method)));
        }
    }
    objections.into_result()?;
    let service = Service {
        name: &item.ident,
        visibility: &item.vis,
        attributes: attributes(&item),
        methods,
        auto_traits: auto_traits(&item),
    };
    let machinery = service.expand();
    Ok(quote!(#item #machinery))
}

/// What is generated exists where the trait does, and calls deprecated methods as well.
fn attributes(item: &ItemTrait) -> Vec<Attribute> {
    let of_methods = item.items.iter().filter_map(|part| match part {
        TraitItem::Fn(method) => inside_of_deprecated(&method.attrs),
        _ => None,
    });
    let deprecated = inside_of_deprecated(&item.attrs).into_iter().chain(of_methods).next();
    conditions(&item.attrs).into_iter().chain(deprecated).collect()
}

fn expand_method(index: usize, method: &mut TraitItemFn) -> Result<Method> {
    Ungroup.visit_signature_mut(&mut method.sig);
    desugar(&mut method.sig, method.default.as_mut())?;
    Method::new(index, method)
}

fn check(options: &TokenStream, item: &ItemTrait) -> Objections {
    let mut objections = Objections::default();
    if !options.is_empty() {
        objections.object(options, "`#[patch_trait]` takes no options");
    }
    if let Some(unsafety) = &item.unsafety {
        objections.object(unsafety, "an unsafe trait cannot be a service: no one could vouch for the proxy");
    }
    check_generics(&mut objections, item);
    for bound in &item.supertraits {
        objections.value(check_supertrait(bound));
    }
    for part in &item.items {
        match part {
            TraitItem::Fn(method) => check_method(&mut objections, method, is_sync(item)),
            other => objections.object(
                other,
                "a service has methods only: its users must not depend on which version is live; \
                 move constants and types out of the trait, macros cannot be looked into",
            ),
        }
    }
    objections
}

fn check_generics(objections: &mut Objections, item: &ItemTrait) {
    for parameter in &item.generics.params {
        objections.object(
            parameter,
            "a service trait has no parameters: a patch replaces one table of functions; write a trait for each use, \
             and give lifetimes to the methods",
        );
    }
    if let Some(clause) = &item.generics.where_clause {
        objections.object(clause, "a service trait has no `where` clause: its only user is its own `dyn Trait`");
    }
}

fn check_supertrait(bound: &TypeParamBound) -> Result<()> {
    match bound {
        TypeParamBound::Trait(bound) if is_auto(bound) => Ok(()),
        TypeParamBound::Lifetime(lifetime) => Err(Error::new_spanned(
            lifetime,
            "a service's proxy borrows the service, so the trait cannot be bound by a lifetime; leave it out: \
             objects of services are `'static` anyway",
        )),
        other => Err(Error::new_spanned(
            other,
            "a service's supertraits can only be `Send`, `Sync` and `Unpin`: the proxy cannot forward other traits; \
             add the methods you need to the service itself",
        )),
    }
}

fn is_auto(bound: &syn::TraitBound) -> bool {
    let last = bound.path.segments.last();
    last.is_some_and(|last| ["Send", "Sync", "Unpin"].iter().any(|name| last.ident == name))
}

/// As the bits of `AutoTraits`.
fn auto_traits(item: &ItemTrait) -> u8 {
    let bit = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => match bound.path.segments.last()?.ident.to_string().as_str() {
            "Send" => Some(1),
            "Sync" => Some(2),
            "Unpin" => Some(4),
            _ => None,
        },
        _ => None,
    };
    item.supertraits.iter().filter_map(bit).fold(0, |bits, bit| bits | bit)
}

fn is_sync(item: &ItemTrait) -> bool {
    let is_sync = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == "Sync"));
    item.supertraits.iter().any(is_sync)
}

fn check_method(objections: &mut Objections, method: &TraitItemFn, is_sync: bool) {
    objections.value(reject::check(&method.sig, &method.attrs));
    if !takes_shared_self(&method.sig) {
        objections.object(
            method.sig.inputs.first().map_or_else(|| method.sig.ident.to_token_stream(), ToTokens::to_token_stream),
            "a service method takes `&self`: many threads call one live object; keep what changes behind an atomic or a lock",
        );
    }
    if let Some(unsafety) = &method.sig.unsafety {
        objections
            .object(unsafety, "an unsafe method cannot be part of a service: no one could vouch for the live version");
    }
    if let Some(asyncness) = method.sig.asyncness.filter(|_| method.default.is_some() && !is_sync) {
        objections.object(
            asyncness,
            "the future of an async default body borrows the service from any thread: make the trait `Sync`, \
             as in `trait Handler: Send + Sync`",
        );
    }
    for attribute in method.attrs.iter().filter(|attribute| name(attribute) == "cfg") {
        objections.object(
            attribute,
            "a service method cannot come and go with `#[cfg]`: host and patch would disagree about the table; \
             put the `#[cfg]` inside its bodies",
        );
    }
    check_self(objections, &method.sig);
}

fn takes_shared_self(signature: &Signature) -> bool {
    matches!(signature.inputs.first(), Some(FnArg::Receiver(receiver))
        if receiver.reference.is_some() && receiver.mutability.is_none() && receiver.colon_token.is_none())
}

fn check_self(objections: &mut Objections, signature: &Signature) {
    let mut finder = FindSelf(Vec::new());
    let arguments = signature.inputs.iter().filter(|argument| matches!(argument, FnArg::Typed(_)));
    arguments.for_each(|argument| finder.visit_fn_arg(argument));
    finder.visit_return_type(&signature.output);
    for this in finder.0 {
        objections.object(
            this,
            "a service method cannot name `Self`: its callers do not know which type is live; \
             use `&dyn Trait`, or a type of your own",
        );
    }
}

struct FindSelf(Vec<syn::Ident>);

impl Visit<'_> for FindSelf {
    fn visit_ident(&mut self, ident: &syn::Ident) {
        if ident == "Self" {
            self.0.push(ident.clone());
        }
    }
}
