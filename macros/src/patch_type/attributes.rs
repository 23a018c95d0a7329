//! `#[patch_type(…)]` and `#[repr(…)]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Field, Meta, Result, Token, Variant};

/// What the user says of the type.
pub(super) struct Options {
    /// The path of the module that has the names.
    pub(super) types: TokenStream,
    /// In one form: `C,packed(2)`.
    pub(super) repr: String,
    /// The integer of `repr(u8)`, or of `repr(C)` where it is alone.
    pub(super) tag: Option<TokenStream>,
    pub(super) is_c: bool,
    /// A variant of `Evolution`.
    pub(super) evolution: Ident,
}

const UNKNOWN: &str = "unknown option: `#[patch_type]` on a type takes `open`, `prefix` and `crate = path`, and on a \
                       field `recursive`";

pub(super) const INTEGERS: [&str; 12] =
    ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];

impl Options {
    pub(super) fn of(item: &DeriveInput) -> Result<Self> {
        let representation = Representation::of(&item.attrs)?;
        let mut found = Self {
            types: quote!(::dynpatch::__private::types),
            repr: representation.text(),
            tag: representation.integer.as_ref().map(ToTokens::to_token_stream),
            is_c: representation.is_c,
            evolution: format_ident!("Closed"),
        };
        for attribute in options(&item.attrs) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("crate") {
                    let path: syn::Path = meta.value()?.parse()?;
                    found.types = quote!(#path::types);
                } else if meta.path.is_ident("open") {
                    check_open(item, &representation, &meta.path)?;
                    found.evolution = format_ident!("Open");
                } else if meta.path.is_ident("prefix") {
                    check_prefix(item, &representation, &meta.path)?;
                    found.evolution = format_ident!("Prefix");
                } else {
                    return Err(meta.error(UNKNOWN));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}

fn check_open(item: &DeriveInput, representation: &Representation, place: &impl ToTokens) -> Result<()> {
    if !matches!(item.data, Data::Enum(_)) {
        return Err(Error::new_spanned(place, "`open` is for enums: a struct that grows is `prefix`"));
    }
    if representation.integer.is_none() {
        return Err(Error::new_spanned(
            place,
            "an open enum needs a tag whose values stay: add `#[repr(u8)]`, or another integer",
        ));
    }
    Ok(())
}

fn check_prefix(item: &DeriveInput, representation: &Representation, place: &impl ToTokens) -> Result<()> {
    if !matches!(item.data, Data::Struct(_)) {
        return Err(Error::new_spanned(place, "`prefix` is for structs: an enum that grows is `open`"));
    }
    if !representation.is_c {
        return Err(Error::new_spanned(
            place,
            "fields are appended at the end only if the struct is laid out as written: add `#[repr(C)]`",
        ));
    }
    Ok(())
}

/// What stands at the fields and variants is known.
pub(super) fn check_members(item: &DeriveInput) -> Result<()> {
    let (fields, variants): (Vec<&Field>, Vec<&Variant>) = match &item.data {
        Data::Struct(data) => (data.fields.iter().collect(), Vec::new()),
        Data::Union(data) => (data.fields.named.iter().collect(), Vec::new()),
        Data::Enum(data) => {
            (data.variants.iter().flat_map(|variant| &variant.fields).collect(), data.variants.iter().collect())
        }
    };
    let of_variants = variants.iter().flat_map(|variant| options(&variant.attrs)).map(|attribute| {
        Err(Error::new_spanned(
            attribute,
            "a variant takes no option: `open` stands at the enum, `recursive` at a field",
        ))
    });
    fields.iter().flat_map(|field| options(&field.attrs)).map(check_field).chain(of_variants).collect()
}

fn check_field(attribute: &Attribute) -> Result<()> {
    attribute.parse_nested_meta(|meta| if meta.path.is_ident("recursive") { Ok(()) } else { Err(meta.error(UNKNOWN)) })
}

/// Whether a field is marked `#[patch_type(recursive)]`, the only mark there is.
pub(super) fn is_recursive(field: &Field) -> bool {
    options(&field.attrs).next().is_some()
}

fn options(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("patch_type"))
}

#[derive(Default)]
struct Representation {
    is_c: bool,
    is_transparent: bool,
    integer: Option<Ident>,
    /// `packed(2)`, `align(16)`
    modifiers: Vec<String>,
}

impl Representation {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
            for meta in attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)? {
                found.take(&meta);
            }
        }
        found.modifiers.sort();
        Ok(found)
    }

    fn take(&mut self, meta: &Meta) {
        let name = meta.path().get_ident().map_or_else(String::new, ToString::to_string);
        match (name.as_str(), meta) {
            ("C", _) => self.is_c = true,
            ("transparent", _) => self.is_transparent = true,
            ("Rust", _) => {}
            ("packed", Meta::Path(_)) => self.modifiers.push("packed(1)".to_owned()),
            (integer, Meta::Path(_)) if INTEGERS.contains(&integer) => {
                self.integer = Some(Ident::new(integer, meta.span()));
            }
            // `align(0x10)` and `align(16)` are one.
            (name, Meta::List(list)) => {
                let number = list.parse_args::<syn::LitInt>();
                let number =
                    number.map_or_else(|_| list.tokens.to_string(), |number| number.base10_digits().to_owned());
                self.modifiers.push(format!("{name}({number})"));
            }
            (_, other) => self.modifiers.push(crate::signature::tidy(other)),
        }
    }

    fn text(&self) -> String {
        let words = [
            self.is_c.then(|| "C".to_owned()),
            self.is_transparent.then(|| "transparent".to_owned()),
            self.integer.as_ref().map(ToString::to_string),
        ];
        let words: Vec<String> = words.into_iter().flatten().chain(self.modifiers.iter().cloned()).collect();
        words.join(",")
    }
}
