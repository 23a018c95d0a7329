//! The same faults in three formats, and where they are found.

use dynpatch::config::*;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
struct Deep {
    #[serde(rename = "pools")]
    _pools: BTreeMap<String, Vec<Pool>>,
}

#[derive(Debug, Deserialize)]
struct Pool {
    #[serde(rename = "size")]
    _size: u8,
    #[serde(rename = "kind", default)]
    _kind: Option<Kind>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Fast,
    Slow(#[expect(dead_code, reason = "read from a text, which is what is tested")] u8),
}

#[track_caller]
fn found(format: Format, text: &str) -> (&'static str, String, Option<usize>, Option<usize>) {
    let error = parse_str::<Deep>(format, "file", text).unwrap_err();
    (error.code(), error.key().unwrap_or_default().to_owned(), error.line(), error.column())
}

#[test]
fn a_value_deep_in_lists_and_tables() {
    let key = "pools.a\u{20}b.1.size".to_owned();
    let toml = "[[pools.\"a b\"]]\nsize = 1\n[[pools.\"a b\"]]\nsize = \"x\"\n";
    assert_eq!(found(Format::Toml, toml), ("config-type", key.clone(), Some(4), Some(8)));
    let json = "{\"pools\": {\n\"a b\": [{\"size\": 1},\n {\"size\": \"x\"}]}}";
    assert_eq!(found(Format::Json, json), ("config-type", key.clone(), Some(3), Some(11)));
    let yaml = "pools:\n  a b:\n    - size: 1\n    - size: x\n";
    assert_eq!(found(Format::Yaml, yaml), ("config-type", key, Some(4), Some(13)));
}

#[test]
fn a_value_within_a_variant() {
    let key = "pools.a.0.kind.slow".to_owned();
    let toml = "[[pools.a]]\nsize = 1\nkind = { slow = 300 }\n";
    assert_eq!(found(Format::Toml, toml), ("config-type", key.clone(), Some(3), Some(17)));
    let json = "{\"pools\": {\"a\": [{\"size\": 1,\n\"kind\": {\"slow\": 300}}]}}";
    assert_eq!(found(Format::Json, json), ("config-type", key.clone(), Some(2), Some(18)));
    let yaml = "pools:\n  a:\n    - size: 1\n      kind:\n        slow: 300\n";
    assert_eq!(found(Format::Yaml, yaml), ("config-type", key, Some(5), Some(15)));
}

#[test]
fn an_unknown_variant() {
    let error = parse_str::<Deep>(Format::Toml, "file", "[[pools.a]]\nsize = 1\nkind = \"odd\"").unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(3), Some(8)), "{error}");
    assert!(error.to_string().contains("odd"), "{error}");
    let good = "[[pools.a]]\nsize = 1\nkind = \"fast\"\n[[pools.a]]\nsize = 2\nkind.slow = 2";
    assert!(parse_str::<Deep>(Format::Toml, "file", good).is_ok());
}

#[test]
fn keys_with_dots_and_byte_order_marks() {
    let json = "\u{feff}{\"pools\": {\"a.b\": [{\"size\": \"x\"}]}}";
    let error = parse_str::<Deep>(Format::Json, "file", json).unwrap_err();
    assert_eq!((error.key(), error.line()), (Some("pools.\"a.b\".0.size"), Some(1)), "{error}");
    assert!(error.to_string().contains("\"x\""), "{error}");
}

#[test]
fn syntax_errors() {
    assert_eq!(found(Format::Toml, "a = 1\nb = = 2").2, Some(2));
    assert_eq!(found(Format::Json, "{\"a\": 1,\n \"b\": }").2, Some(2));
    assert_eq!(found(Format::Yaml, "a: 1\nb: [1, }\n").2, Some(2));
}

#[test]
fn a_text_that_is_no_table() {
    for (format, text) in [(Format::Json, "[1]"), (Format::Json, "null"), (Format::Yaml, "- 1"), (Format::Yaml, "word")]
    {
        assert_eq!(found(format, text).0, "config-type", "{format}: {text}");
    }
    assert_eq!(found(Format::Yaml, "# nothing but a remark").0, "config-missing-field");
}

/// What a fuzzer does first: every cut, and every byte replaced.
#[test]
fn spoilt_texts_are_errors_or_values_and_never_panics() {
    let texts = [
        (Format::Toml, "[[pools.\"ä b\"]]\nsize = 1 # x\nkind = { slow = 2 }\n"),
        (Format::Json, "{\"pools\": {\"ä b\": [{\"size\": 1, \"kind\": {\"slow\": 2}}]}}"),
        (Format::Yaml, "pools:\n  ä b: &x\n    - {size: 1, kind: {slow: 2}}\n  c: *x\n"),
    ];
    for (format, text) in texts {
        assert!(parse_str::<Deep>(format, "file", text).is_ok(), "{format}");
        for (at, _) in text.char_indices() {
            check(format, &text[..at]);
            for spoilt in ["\"", "[", "{", "\n", "\0", "\u{feff}", ":", "ß", "&", "9999999999999999999999"] {
                check(format, &format!("{}{spoilt}{}", &text[..at], &text[at..]));
            }
        }
    }
}

fn check(format: Format, text: &str) {
    if let Err(error) = parse_str::<Deep>(format, "file", text) {
        assert_ne!(error.code(), "config-panicked", "{error} in {text:?}");
        assert!(format!("{error:?}").len() < 4000);
        let lines = text.split('\n').count();
        assert!(error.line().is_none_or(|line| (1..=lines).contains(&line)), "{error:?} in {text:?}");
    }
}
