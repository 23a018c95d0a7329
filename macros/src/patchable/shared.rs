//! `#[patchable]` on a static: one instance for the host and all its patches.

use super::Options;
use super::function::item_name;
use crate::attributes::conditions;
use crate::machinery::{Marks, Says, manifest_record};
use crate::reject::Objections;
use crate::signature::{all_foreign, node, type_text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{ItemStatic, Result, StaticMutability};

pub(super) fn expand(options: &Options, item: ItemStatic) -> Result<TokenStream> {
    check(options, &item)?;
    let ItemStatic { attrs, vis, ident, ty, expr, .. } = &item;
    let private = quote!(::dynpatch::__private);
    let name = item_name(options, &ident.unraw().to_string());
    let marks = Marks { replaces: options.replaces.is_some(), ..Marks::default() };
    let conditions = conditions(attrs);
    let (signature, types) = (type_text(ty), quote!(#private::types));
    let node = node(ty, &[], &types);
    let foreign = all_foreign([&**ty]);
    let says = Says {
        signature: quote!(#signature),
        form: String::new(),
        inputs: quote!(&[]),
        output: quote!(Some(#node)),
        foreign: foreign.clone(),
        marks,
    };
    let record = manifest_record(&format_ident!("__DYNPATCH_RECORD"), &name, &quote!(Static), &says);
    Ok(quote! {
        #(#attrs)*
        #vis static #ident: ::dynpatch::Shared<#ty> = ::dynpatch::Shared::new(#expr);
        #(#conditions)*
        const _: () = {
            #record
            #[used]
            #[unsafe(link_section = "dynpatch_statics")]
            static __DYNPATCH_ITEM: #private::StaticItem = #private::StaticItem {
                name: #name,
                record: &__DYNPATCH_RECORD,
                storage: || #private::storage(&#ident),
                redirect: #private::redirect(&#ident),
                foreign: #foreign,
            };
        };
    })
}

fn check(options: &Options, item: &ItemStatic) -> Result<()> {
    let mut objections = Objections::default();
    if let StaticMutability::Mut(mutability) = &item.mutability {
        objections.object(
            mutability,
            "a `static mut` cannot be shared: nothing would order the accesses of host and patches; \
             use an atomic, or a `Mutex`",
        );
    }
    for option in [&options.latest, &options.local, &options.host].into_iter().flatten() {
        objections.object(option, "a shared static has one instance: this option does not apply to it");
    }
    objections.into_result()
}
