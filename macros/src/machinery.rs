//! The functions generated around a slot. ARCHITECTURE.md, "A call", has them all.

use crate::signature::{Code, Input, Shape, guard_type};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;
use syn::spanned::Spanned;

/// The place of what the user wrote, for generated code whose errors belong there. It still counts as generated.
pub(crate) fn at(written: &impl Spanned) -> Span {
    Span::call_site().located_at(written.span())
}

/// The names of what is generated around one slot, told apart by a suffix where several share a scope.
pub(crate) struct Names {
    pub(crate) function: Ident,
    pub(crate) way_out_type: Ident,
    pub(crate) way_out: Ident,
    pub(crate) addition: Ident,
    pub(crate) thunk: Ident,
    pub(crate) noting_thunk: Ident,
    pub(crate) link: Ident,
}

impl Names {
    pub(crate) fn new(suffix: &str) -> Self {
        Self {
            function: format_ident!("__DynpatchFunction{suffix}"),
            way_out_type: format_ident!("__DynpatchWayOut{suffix}"),
            way_out: format_ident!("__dynpatch_way_out{suffix}"),
            addition: format_ident!("__dynpatch_addition{suffix}"),
            thunk: format_ident!("__dynpatch_thunk{suffix}"),
            noting_thunk: format_ident!("__dynpatch_noting_thunk{suffix}"),
            link: format_ident!("__DYNPATCH_LINK{suffix}"),
        }
    }
}

/// The attributes of what stands for the call itself. Under a policy that pins, a call that is not inlined costs twice one
/// that is, and the compiler takes the ways in for too long; unoptimised callers keep it out of line.
pub(crate) fn inlined() -> TokenStream {
    quote! {
        #[cfg_attr(debug_assertions, inline)]
        #[cfg_attr(not(debug_assertions), inline(always))]
        #[allow(clippy::inline_always, reason = "the address of the callee is all that is decided here")]
    }
}

/// How a call enters what is live: a function of the runtime, and its arguments.
pub(crate) struct Enter {
    pub(crate) function: &'static str,
    pub(crate) arguments: TokenStream,
}

/// A call of what `enter` leads to. What it gives is handled, by `result`, before the generation is left.
pub(crate) fn call_entered(
    enter: &Enter,
    function: &Ident,
    arguments: &[&Ident],
    result: impl Fn(TokenStream) -> TokenStream,
) -> TokenStream {
    let private = quote!(::dynpatch::__private);
    let (name, inputs) = (format_ident!("{}", enter.function), &enter.arguments);
    let live = |code: TokenStream| {
        quote! {
            let __dynpatch_live = unsafe { ::core::mem::transmute::<#private::Code, #function>(#code) };
        }
    };
    let (code, live_out_of_line) = (live(quote!(__dynpatch_code)), live(quote!(__dynpatch_entered.code)));
    let call = result(quote!(__dynpatch_live(#(#arguments),*)));
    // One call for each way in, so that no way pays for what another has to undo.
    let slow = quote! {
        #private::slowly::#name(#inputs, move |__dynpatch_code: #private::Code| {
            #code
            #call
        })
    };
    quote! {
        // Unoptimised callers ask functions that are not inlined into them, and optimised as the runtime is.
        if ::core::cfg!(debug_assertions) {
            let __dynpatch_entered = #private::out_of_line::#name(#inputs);
            if __dynpatch_entered.code as ::core::primitive::usize != 0 {
                #live_out_of_line
                let __dynpatch_result = #call;
                __dynpatch_entered.leave();
                __dynpatch_result
            } else {
                #slow
            }
        } else {
            match #private::#name(#inputs) {
                #private::Entered::Inside(__dynpatch_code) => {
                    #code
                    #call
                }
                #private::Entered::Pinned(__dynpatch_code, __dynpatch_pin) => {
                    #code
                    let __dynpatch_result = #call;
                    __dynpatch_pin.leave();
                    __dynpatch_result
                }
                #private::Entered::Slow => #slow,
            }
        }
    }
}

/// What the host makes of the result of a slot: a future keeps the generation that it is of.
pub(crate) fn kept(shape: &Shape, call: TokenStream) -> TokenStream {
    let private = quote!(::dynpatch::__private);
    match (shape.is_async, shape.is_send) {
        (false, _) if shape.is_boxed => quote!(#private::keep_boxed_future(#call)),
        (false, _) => call,
        (true, true) => quote!(#private::keep_future(#call)),
        (true, false) => quote!(#private::keep_local_future(#call)),
    }
}

/// What a patch makes of the result of an addition, which it calls without the host: as [`kept`].
fn kept_by_patch(shape: &Shape, call: TokenStream) -> TokenStream {
    let private = quote!(::dynpatch::__private);
    match (shape.is_async, shape.is_send) {
        (false, _) if shape.is_boxed => quote!(#private::hold_boxed_future(#call)),
        (false, _) => call,
        (true, true) => quote!(#private::hold_future(#call)),
        (true, false) => quote!(#private::hold_local_future(#call)),
    }
}

/// The function type, the ways between images, and the link. `enter` is how a thread of the host enters what is live for
/// it.
pub(crate) fn ways(shape: &Shape, names: &Names, enter: &Enter) -> TokenStream {
    let Names { function, way_out_type, way_out, addition, thunk, noting_thunk, link } = names;
    let (binder, generics) = (shape.binder(), shape.generics());
    let (arguments, types) = (shape.names(), shape.types());
    let output = shape.slot_output();
    let private = quote!(::dynpatch::__private);
    let wrapped = guard_arguments(&shape.inputs, "inbound");
    let call = call_entered(enter, function, &arguments, |call| kept(shape, call));
    let addition_kept = kept_by_patch(shape, quote!(#private::outbound(move || __dynpatch_live(#(#arguments),*))));
    let outbound = match (shape.is_async, shape.is_send) {
        (false, _) if shape.is_boxed => {
            quote!(let __dynpatch_result = #private::outbound_boxed_future(__dynpatch_result);)
        }
        (false, _) => quote!(),
        (true, true) => quote!(let __dynpatch_result = #private::outbound_future(__dynpatch_result);),
        (true, false) => quote!(let __dynpatch_result = #private::outbound_local_future(__dynpatch_result);),
    };
    quote! {
        type #function = #binder fn(#(#types),*) -> #output;
        type #way_out_type = #binder fn(#(#types,)* #private::Raise) -> #output;
        static #link: #private::Link = #private::Link::new();
        fn #way_out #generics(#(#arguments: #types,)* __dynpatch_raise: #private::Raise) -> #output {
            #private::way_out(__dynpatch_raise, move || { #call })
        }
        fn #addition #generics(#(#arguments: #types,)* _: #private::Raise) -> #output {
            let __dynpatch_entered = #private::enter_addition(&#link);
            let __dynpatch_live = unsafe {
                ::core::mem::transmute::<#private::Code, #function>(__dynpatch_entered.code)
            };
            #addition_kept
        }
        fn #thunk #generics(#(#arguments: #types),*) -> #output {
            #wrapped
            let __dynpatch_way_out = unsafe {
                ::core::mem::transmute::<#private::Code, #way_out_type>(#link.way_out.code())
            };
            let __dynpatch_result = __dynpatch_way_out(#(#arguments,)* #private::RAISE);
            #outbound
            __dynpatch_result
        }
        fn #noting_thunk #generics(#(#arguments: #types),*) -> #output {
            #link.note_call();
            #thunk(#(#arguments),*)
        }
    }
}

/// Shadows every argument that comes with code by one that guards it: `inbound`, or `outbound`.
pub(crate) fn guard_arguments(inputs: &[Input], guard: &str) -> TokenStream {
    inputs.iter().filter_map(|input| guard_argument(input, guard)).collect()
}

fn guard_argument(Input { name, ty, code }: &Input, guard: &str) -> Option<TokenStream> {
    let (guard, guard_future) = (format_ident!("{guard}"), format_ident!("{guard}_boxed_future"));
    let closure = match code.as_ref()? {
        Code::Closure(closure) => closure,
        Code::Future => return Some(quote!(let #name = ::dynpatch::__private::#guard_future(#name);)),
    };
    let (ty, mutable) = (guard_type(ty), closure.mutable.then(|| quote!(mut)));
    let parameters: Vec<_> = (0..closure.parameters).map(|index| format_ident!("__dynpatch_p{index}")).collect();
    Some(quote! {
        let #name: #ty = &#mutable |#(#parameters),*| ::dynpatch::__private::#guard(|| #name(#(#parameters),*));
    })
}

/// What a call of this image's code gives, for the host's world: a boxed future is guarded like the call itself.
pub(crate) fn guard_output(shape: &Shape, call: &TokenStream) -> TokenStream {
    if shape.is_boxed { quote!(::dynpatch::__private::inbound_boxed_future(#call)) } else { call.clone() }
}

/// What a function record and a function item share.
pub(crate) struct Registration<'a> {
    pub(crate) name: TokenStream,
    pub(crate) kind: TokenStream,
    pub(crate) shape: &'a Shape,
    pub(crate) marks: Marks,
}

/// What else a record says of an item.
#[derive(Clone, Copy, Default)]
pub(crate) struct Marks {
    /// The name is that of another crate's item.
    pub(crate) replaces: bool,
    /// A method's place in its service.
    pub(crate) index: Option<u32>,
    /// A method has a default body.
    pub(crate) has_default: bool,
    /// The auto traits of a service, as bits.
    pub(crate) auto_traits: Option<u8>,
}

impl Registration<'_> {
    /// `const`s and `static`s: the description, and its record in the manifest section under the name `record`.
    pub(crate) fn record(&self, record: &Ident) -> TokenStream {
        let Self { name, kind, shape, marks } = self;
        let (signature, form) = (shape.text(), shape.form());
        // The receiver of a method is the service, which its methods tell apart already.
        let (inputs, output) = shape.nodes(usize::from(marks.index.is_some()));
        let output = quote!(Some(#output));
        let foreign = shape.foreign(usize::from(marks.index.is_some()));
        let says = Says { signature: quote!(#signature), form, inputs, output, foreign, marks: *marks };
        manifest_record(record, name, kind, &says)
    }
}

/// What a record says of an item, beside its name and kind. Expressions but for the form.
pub(crate) struct Says {
    pub(crate) signature: TokenStream,
    pub(crate) form: String,
    pub(crate) inputs: TokenStream,
    pub(crate) output: TokenStream,
    /// What checkers of other crates know of the types.
    pub(crate) foreign: TokenStream,
    pub(crate) marks: Marks,
}

/// A record in the manifest section, as a static of the given name.
pub(crate) fn manifest_record(record: &Ident, name: &TokenStream, kind: &TokenStream, says: &Says) -> TokenStream {
    let description = format_ident!("{record}_DESCRIPTION");
    let Says { signature, form, inputs, output, foreign, marks } = says;
    let Marks { replaces, index, has_default, auto_traits } = *marks;
    let index = index.map_or_else(|| quote!(None), |index| quote!(Some(#index)));
    let auto_traits =
        auto_traits.map_or_else(|| quote!(None), |bits| quote!(Some(::dynpatch::__private::types::AutoTraits(#bits))));
    let section = manifest_section();
    quote! {
        const #description: ::dynpatch::__private::ItemDescription<'static> = {
            use ::dynpatch::__private::types::ProbeFallback as _;
            ::dynpatch::__private::ItemDescription {
                name: #name,
                kind: ::dynpatch::__private::ItemKind::#kind,
                signature: #signature,
                form: #form,
                inputs: #inputs,
                output: #output,
                replaces: #replaces,
                index: #index,
                has_default: #has_default,
                binary: ::core::option_env!("CARGO_BIN_NAME"),
                auto_traits: #auto_traits,
                foreign: ::dynpatch::__private::is_foreign(#foreign),
            }
        };
        #[used]
        #section
        static #record: [u8; #description.encoded_length()] = #description.encode();
    }
}

/// The attributes that put a static into the manifest section, under its name in each object format.
pub(crate) fn manifest_section() -> TokenStream {
    quote! {
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__dynpatch"))]
        #[cfg_attr(windows, unsafe(link_section = ".dynptch"))]
        #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = ".dynpatch"))]
    }
}

/// The record of a definition, which stands where the type does, and its place in the section of all types.
pub(crate) fn type_record(ty: &TokenStream, types: &TokenStream) -> TokenStream {
    let section = manifest_section();
    quote! {
        const __DYNPATCH_DRAFT: #types::TypeDraft<'static> =
            #types::TypeDraft::new(&<#ty as #types::Defined>::DEFINITION);
        #[used]
        #section
        static __DYNPATCH_RECORD: [::core::primitive::u8; __DYNPATCH_DRAFT.length()] = __DYNPATCH_DRAFT.record();
        #[cfg(not(any(target_vendor = "apple", windows)))]
        #[used]
        #[unsafe(link_section = "dynpatch_types")]
        static __DYNPATCH_TYPE: #types::TypeItem = #types::TypeItem { record: &__DYNPATCH_RECORD };
    }
}

/// A function with its type forgotten. `ty` is the name of its function pointer type.
pub(crate) fn forget(function: &TokenStream, ty: &Ident) -> TokenStream {
    quote! {
        unsafe { ::core::mem::transmute::<#ty, ::dynpatch::__private::Function>(#function as #ty) }
    }
}
