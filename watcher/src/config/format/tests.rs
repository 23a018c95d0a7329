//! The three formats say the same, and know where it stands.

use super::{Format, Problem};
use figment::value::{Num, Value};

const TOML: &str = "name = \"x\"\n[server]\nport = 80\nlist = [1, 2,\n  \"three\"]\n";
const JSON: &str = "{\n \"name\": \"x\",\n \"server\": {\"port\": 80,\n  \"list\": [1, 2, \"three\"]}\n}\n";
const YAML: &str = "name: x\nserver:\n  port: 80\n  list:\n    - 1\n    - 2\n    - three\n";

fn at(format: Format, text: &str, path: &[&str]) -> (usize, usize) {
    let path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
    let offset = format.locate(text, &path).expect("a place");
    let line = text[..offset].matches('\n').count() + 1;
    (line, offset - text[..offset].rfind('\n').map_or(0, |newline| newline + 1) + 1)
}

fn refused(format: Format, text: &str) -> (String, Option<usize>) {
    match format.parse(text) {
        Err(Problem::Syntax(message, offset)) => (message, offset),
        Err(Problem::NoFeature) => panic!("no feature"),
        Ok(value) => panic!("parsed: {value:?}"),
    }
}

fn parsed(format: Format, text: &str) -> Value {
    match format.parse(text) {
        Ok(value) => value,
        Err(Problem::Syntax(message, _)) => panic!("{message}"),
        Err(Problem::NoFeature) => panic!("no feature"),
    }
}

#[test]
fn all_formats_read_the_same_tree() {
    let expected = super::super::tree::changed_keys;
    let trees = [(Format::Toml, TOML), (Format::Json, JSON), (Format::Yaml, YAML)].map(|(format, text)| {
        let value = parsed(format, text);
        assert_eq!(value.find_ref("server.port").and_then(Value::to_i128), Some(80), "{format}");
        value.into_dict().unwrap()
    });
    assert_eq!(expected(&trees[0], &figment::value::Dict::new()), ["name", "server.list", "server.port"]);
}

#[test]
fn values_are_found_in_the_text() {
    for (format, text, name, port, third) in [
        (Format::Toml, TOML, (1, 8), (3, 8), (5, 3)),
        (Format::Json, JSON, (2, 10), (3, 21), (4, 18)),
        (Format::Yaml, YAML, (1, 7), (3, 9), (7, 7)),
    ] {
        assert_eq!(at(format, text, &["name"]), name, "{format}");
        assert_eq!(at(format, text, &["server", "port"]), port, "{format}");
        assert_eq!(at(format, text, &["server", "list", "2"]), third, "{format}");
        assert_eq!(format.locate(text, &["server".to_owned(), "absent".to_owned()]), None, "{format}");
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_where_it_stands() {
    let (message, offset) = refused(Format::Json, "{\"a\": 1,\n \"a\": 2}");
    assert_eq!(message, "the key `a` stands here twice");
    assert!(offset.is_some_and(|it| it >= 8), "{offset:?}");
    assert!(refused(Format::Toml, "a = 1\na = 2").1.is_some_and(|it| it >= 6));
    assert!(refused(Format::Yaml, "a: 1\na: 2").1.is_some_and(|it| it >= 5));
}

#[test]
fn messages_do_not_repeat_the_place() {
    for (format, text) in [(Format::Toml, "a = = 1"), (Format::Json, "{\"a\": }"), (Format::Yaml, "a: [1\nb: }")] {
        let (message, offset) = refused(format, text);
        assert!(!message.contains("line"), "{format}: {message}");
        assert!(offset.is_some(), "{format}: {message}");
    }
}

#[test]
fn nothing_is_lost_on_the_way() {
    let value =
        parsed(Format::Toml, "big = 9223372036854775807\nnot = nan\ndate = 1979-05-27T07:32:00Z\nin = [[1], [2, 3]]");
    assert_eq!(value.find_ref("big").and_then(Value::to_i128), Some(i128::from(i64::MAX)));
    assert!(matches!(value.find_ref("not"), Some(Value::Num(_, Num::F64(it))) if it.is_nan()));
    assert!(matches!(value.find_ref("date"), Some(Value::Dict(_, date)) if date.len() == 1));
    let value = parsed(Format::Json, "{\"big\": 18446744073709551615, \"nothing\": null}");
    assert_eq!(value.find_ref("big").and_then(Value::to_u128), Some(u128::from(u64::MAX)));
    assert!(matches!(value.find_ref("nothing"), Some(Value::Empty(..))));
    let value = parsed(Format::Yaml, "big: 18446744073709551615\nnothing: ~\nnot: .nan\nlocale: no");
    assert_eq!(value.find_ref("locale").and_then(Value::as_str), Some("no"));
    assert_eq!(value.find_ref("big").and_then(Value::to_u128), Some(u128::from(u64::MAX)));
    assert!(matches!(value.find_ref("nothing"), Some(Value::Empty(..))));
    assert!(matches!(value.find_ref("not"), Some(Value::Num(_, Num::F64(it))) if it.is_nan()));
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for (format, open) in [(Format::Toml, "a = "), (Format::Json, "{\"a\": "), (Format::Yaml, "a: ")] {
        let text = format!("{open}{}", "[".repeat(100_000));
        let _ = refused(format, &text);
    }
    let dotted = vec!["a"; 79].join(".");
    let _ = refused(Format::Toml, &format!("{dotted} = {{").repeat(79));
}

#[test]
fn an_extension_names_a_format() {
    assert_eq!(Format::of("a.TOML".as_ref()), Some(Format::Toml));
    assert_eq!(Format::of("a.b.yml".as_ref()), Some(Format::Yaml));
    assert_eq!(Format::of("toml".as_ref()), None);
}
