//! `#[derive(HotConfig)]`: the validation, and which keys wait for a restart.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Field, Lit, LitStr, Meta, Path, Result, Token, parse_quote};

const UNKNOWN: &str = "unknown option: `#[hot_config]` on a type takes `validate = path`, `restart(\"key\", …)` and `crate = \
                       path`, and on a field `restart` and `key = \"…\"`";

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let options = Options::of(&item)?;
    let keys = options.keys.iter().map(|key| Ok(key.value())).chain(field_keys(&item)).collect::<Result<Vec<_>>>()?;
    let (name, module) = (&item.ident, &options.module);
    let mut generics = item.generics.clone();
    if generics.type_params().next().is_some() {
        let clause = generics.make_where_clause();
        let bound = parse_quote!(Self: #module::Deserializable + ::core::marker::Send + ::core::marker::Sync + 'static);
        clause.predicates.push(bound);
    }
    let (parameters, arguments, clause) = generics.split_for_impl();
    let validate = options.validate.as_ref().map(|path| validation(path, module));
    let restart_only = (!keys.is_empty()).then(|| restart_only(&keys));
    Ok(quote! {
        #[automatically_derived]
        impl #parameters #module::HotConfig for #name #arguments #clause {
            #validate
            #restart_only
        }
    })
}

/// What does not fit the path is reported where the path stands.
fn validation(path: &Path, module: &TokenStream) -> TokenStream {
    let call = quote_spanned!(path.span()=> #module::validation(#path(self)));
    quote! {
        fn validate(&self) -> ::core::result::Result<(), #module::Invalid> {
            #call
        }
    }
}

fn restart_only(keys: &[String]) -> TokenStream {
    quote! {
        fn restart_only() -> &'static [&'static ::core::primitive::str] {
            &[#(#keys),*]
        }
    }
}

/// What the user says of the type.
struct Options {
    validate: Option<Path>,
    /// Dotted paths.
    keys: Vec<LitStr>,
    /// The path of the module that has the names.
    module: TokenStream,
}

impl Options {
    fn of(item: &DeriveInput) -> Result<Self> {
        let mut found = Self { validate: None, keys: Vec::new(), module: quote!(::dynpatch::config) };
        for attribute in named(&item.attrs, "hot_config") {
            attribute.parse_nested_meta(|meta| found.take(&meta))?;
        }
        Ok(found)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.path.is_ident("validate") {
            self.validate = Some(path(meta)?);
        } else if meta.path.is_ident("crate") {
            let path = path(meta)?;
            self.module = quote!(#path::config);
        } else if meta.path.is_ident("restart") {
            self.keys.extend(keys(meta)?);
        } else {
            return Err(meta.error(UNKNOWN));
        }
        Ok(())
    }
}

fn path(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    let value = meta.value()?;
    if value.peek(Lit) {
        return Err(value.error("a path stands here as it is, without quotation marks"));
    }
    value.parse()
}

fn keys(meta: &ParseNestedMeta<'_>) -> Result<Punctuated<LitStr, Token![,]>> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error("on a type `restart` names its keys: `restart(\"server.port\")`"));
    }
    let inner;
    syn::parenthesized!(inner in meta.input);
    Punctuated::parse_terminated(&inner)
}

/// The keys of the fields that are marked `restart`.
fn field_keys(item: &DeriveInput) -> Vec<Result<String>> {
    let names = Names::of(item);
    let fields = |fields: &syn::Fields| fields.iter().map(|field| names.keys(field)).collect::<Vec<_>>();
    let of_fields = match &item.data {
        Data::Struct(data) => fields(&data.fields),
        Data::Enum(data) => {
            data.variants.iter().flat_map(|variant| variant.fields.iter()).map(refuse_in_enum).collect()
        }
        Data::Union(data) => vec![Err(Error::new_spanned(data.union_token, "a union cannot be read from a file"))],
    };
    of_fields
        .into_iter()
        .flat_map(|keys| keys.map_or_else(|error| vec![Err(error)], |keys| keys.into_iter().map(Ok).collect()))
        .collect()
}

fn refuse_in_enum(field: &Field) -> Result<Vec<String>> {
    named(&field.attrs, "hot_config").next().map_or(Ok(Vec::new()), |attribute| {
        Err(Error::new_spanned(
            attribute,
            "where a variant's field stands in the file is not known here: name its key at \
                                           the enum, `#[hot_config(restart(\"…\"))]`",
        ))
    })
}

/// How serde names the fields of a type.
struct Names {
    rename_all: Option<LitStr>,
    /// What makes the type stand in the file in another shape than its fields.
    other_shape: Option<String>,
}

impl Names {
    fn of(item: &DeriveInput) -> Self {
        let metas = serde(&item.attrs);
        let other = metas
            .iter()
            .find(|meta| ["from", "try_from", "transparent", "remote"].iter().any(|name| meta.path().is_ident(name)));
        Self {
            rename_all: metas.iter().filter_map(|meta| for_reading(meta, "rename_all")).next_back(),
            other_shape: other.map(|meta| meta.path().to_token_stream().to_string()),
        }
    }

    /// No keys if the field is not marked, and all its names if it is: aliases are names too.
    fn keys(&self, field: &Field) -> Result<Vec<String>> {
        let Some(mark) = Mark::of(field)? else { return Ok(Vec::new()) };
        if let Some(key) = mark.key {
            return Ok(vec![key.value()]);
        }
        let metas = serde(&field.attrs);
        let ask = |why: &str| {
            Error::new_spanned(&mark.place, format!("{why}: name the key, `#[hot_config(restart, key = \"…\")]`"))
        };
        if let Some(shape) = &self.other_shape {
            return Err(ask(&format!("`#[serde({shape})]` gives the type another shape in the file")));
        }
        if metas.iter().any(|meta| meta.path().is_ident("flatten")) {
            return Err(ask("a flattened field has no key of its own"));
        }
        if metas.iter().any(|meta| meta.path().is_ident("skip") || meta.path().is_ident("skip_deserializing")) {
            return Err(Error::new_spanned(&mark.place, "this field is not read from the file"));
        }
        let Some(name) = &field.ident else { return Err(ask("a field without a name has no key")) };
        let renamed = metas.iter().filter_map(|meta| for_reading(meta, "rename")).next_back();
        let first = match (renamed, &self.rename_all) {
            (Some(renamed), _) => renamed.value(),
            (None, Some(rule)) => by_rule(&rule.value(), &name.unraw().to_string())
                .ok_or_else(|| ask(&format!("`rename_all = \"{}\"` is not known here", rule.value())))?,
            (None, None) => name.unraw().to_string(),
        };
        let aliases =
            metas.iter().filter(|meta| meta.path().is_ident("alias")).filter_map(text).map(|alias| alias.value());
        Ok([first].into_iter().chain(aliases).map(|key| quoted(&key)).collect())
    }
}

/// `#[hot_config(restart)]` on a field.
struct Mark {
    place: Path,
    key: Option<LitStr>,
}

impl Mark {
    fn of(field: &Field) -> Result<Option<Self>> {
        let (mut place, mut key) = (None, None);
        for attribute in named(&field.attrs, "hot_config") {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("restart") {
                    place = Some(meta.path.clone());
                } else if meta.path.is_ident("key") {
                    key = Some(meta.value()?.parse::<LitStr>()?);
                } else {
                    return Err(meta.error(UNKNOWN));
                }
                Ok(())
            })?;
        }
        match (place, key) {
            (Some(place), key) => Ok(Some(Self { place, key })),
            (None, Some(key)) => {
                Err(Error::new_spanned(key, "`key` says where a field stands that is marked `restart`"))
            }
            (None, None) => Ok(None),
        }
    }
}

/// As in a dotted path: a key that holds a dot stands in quotation marks.
fn quoted(key: &str) -> String {
    if key.is_empty() || key.contains(['.', '"']) { format!("{key:?}") } else { key.to_owned() }
}

/// What serde's rule makes of a field's name.
fn by_rule(rule: &str, name: &str) -> Option<String> {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let pascal = || name.split('_').map(capital).collect::<String>();
    Some(match rule {
        "lowercase" | "snake_case" => name.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_ascii_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            pascal.get(..1).map(str::to_ascii_lowercase)? + &pascal[1..]
        }
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

fn named<'a>(attributes: &'a [Attribute], name: &'a str) -> impl Iterator<Item = &'a Attribute> {
    attributes.iter().filter(move |attribute| attribute.path().is_ident(name))
}

/// What serde is told. What it cannot read it reports itself.
fn serde(attributes: &[Attribute]) -> Vec<Meta> {
    let each = named(attributes, "serde");
    each.filter_map(|it| it.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()).flatten().collect()
}

/// `name = "…"`, or `name(deserialize = "…")`.
fn for_reading(meta: &Meta, name: &str) -> Option<LitStr> {
    if !meta.path().is_ident(name) {
        return None;
    }
    let Meta::List(list) = meta else { return text(meta) };
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    inner.iter().find(|meta| meta.path().is_ident("deserialize")).and_then(text)
}

fn text(meta: &Meta) -> Option<LitStr> {
    let Meta::NameValue(pair) = meta else { return None };
    let Expr::Lit(literal) = &pair.value else { return None };
    let Lit::Str(text) = &literal.lit else { return None };
    Some(text.clone())
}

#[cfg(test)]
mod tests;
