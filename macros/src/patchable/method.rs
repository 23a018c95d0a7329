//! `#[patchable]` on an inherent `impl` block: every method gets a slot, its body stays a method beside it.

use super::function::{Dispatcher, body_function, item_name};
use super::{NOTHING_IS_ASYNC, Options};
use crate::attributes::Attributes;
use crate::reject::{self, Objections};
use crate::signature::{Shape, This, Ungroup, declared, inferred, self_type, tidy, without_lifetimes};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, ImplItemFn, ItemImpl, Result};

pub(super) fn expand(options: &Options, mut block: ItemImpl) -> Result<TokenStream> {
    Ungroup.visit_type_mut(&mut block.self_ty);
    let (ty, lifetimes) = (self_type(&block.self_ty), declared(&block.generics));
    let this = This { ty: &ty, lifetimes: &lifetimes };
    let path = tidy(without_lifetimes(&block.self_ty));
    let (mut items, mut objections) = (Vec::new(), check(options, &block));
    for item in block.items.drain(..) {
        match item {
            ImplItem::Fn(method) => items.extend(objections.value(expand_method(options, &this, &path, method))),
            other => items.push(quote!(#other)),
        }
    }
    objections.into_result()?;
    let ItemImpl { attrs, unsafety, generics, self_ty, .. } = &block;
    Ok(quote!(#(#attrs)* #unsafety impl #generics #self_ty { #(#items)* }))
}

fn check(options: &Options, block: &ItemImpl) -> Objections {
    let mut objections = Objections::default();
    if let Some((_, path, _)) = &block.trait_ {
        objections.object(
            path,
            "a trait's `impl` block cannot be patchable: its methods are called through the trait; \
             make the trait a service with `#[patch_trait]`, or call patchable inherent methods from it",
        );
        return objections;
    }
    if let Some(replaces) = &options.replaces {
        objections.object(
            replaces,
            "`replaces` names one item: put the replacement into a function whose first argument is the receiver",
        );
    }
    if let Some(local) = options.local.as_ref().filter(|_| !methods(block).any(|method| method.sig.asyncness.is_some()))
    {
        objections.object(local, NOTHING_IS_ASYNC);
    }
    objections.value(reject::check_generics(&block.generics));
    for method in methods(block) {
        objections.value(reject::check(&method.sig, &method.attrs));
    }
    objections
}

fn methods(block: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

fn expand_method(options: &Options, this: &This<'_>, path: &str, mut method: ImplItemFn) -> Result<TokenStream> {
    Ungroup.visit_signature_mut(&mut method.sig);
    let shape = Shape::new(&method.sig, Some(this), options.local.is_none())?;
    if shape.is_incomplete {
        return Ok(method.to_token_stream());
    }
    let Attributes { outer, body: body_attributes } = Attributes::of_method(method.attrs);
    let body_name = format_ident!("__dynpatch_body_{}", method.sig.ident);
    let body = body_function(&method.sig, &body_name, &body_attributes, &method.block);
    let name = item_name(options, &format!("{path}::{}", method.sig.ident.unraw()));
    let ty = inferred(this.ty);
    let dispatcher = Dispatcher { shape: &shape, options, name, body: quote!(<#ty>::#body_name) };
    let dispatcher = dispatcher.expand(&outer, &method.vis, &method.sig, &TokenStream::new());
    Ok(quote! {
        #dispatcher
        #[doc(hidden)]
        #body
    })
}
