//! `#[patchable(latest, local, host, replaces = "…")]`

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Result, Token};

#[derive(Default)]
pub(super) struct Options {
    /// Take the newest code even inside a snapshot.
    pub(super) latest: Option<Ident>,
    /// Drop `Send` from the future of an `async fn`.
    pub(super) local: Option<Ident>,
    /// Leave the item to the host, whatever a patch provides.
    pub(super) host: Option<Ident>,
    /// The path of the item this one replaces.
    pub(super) replaces: Option<LitStr>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            options.one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl Options {
    fn one(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name: Ident = input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), UNKNOWN))?;
        match name.to_string().as_str() {
            "latest" => self.latest = Some(name),
            "local" => self.local = Some(name),
            "host" => self.host = Some(name),
            "replaces" => self.replaces = Some(replaced(input).map_err(|error| Error::new(error.span(), REPLACES))?),
            _ => return Err(Error::new(name.span(), UNKNOWN)),
        }
        Ok(())
    }
}

const UNKNOWN: &str = "unknown option: `#[patchable]` takes `latest`, `local`, `host` and `replaces = \"crate::path\"`";

const REPLACES: &str =
    "`replaces` takes the whole path of the item, beginning with its crate: `replaces = \"app::module::name\"`";

fn replaced(input: ParseStream<'_>) -> Result<LitStr> {
    input.parse::<Token![=]>()?;
    let literal: LitStr = input.parse()?;
    let text = literal.value();
    let whole = text.contains("::") && !text.starts_with("crate::");
    let is_part = |part: &str| !part.is_empty() && part.trim() == part;
    if whole && text.split("::").all(is_part) { Ok(literal) } else { Err(Error::new(literal.span(), REPLACES)) }
}
