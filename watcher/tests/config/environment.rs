//! Variables over files. What a process is started with is tested in a process that is started with it.

use crate::support::Folder;
use dynpatch::config::*;
use std::process::Command;

#[derive(Debug, Deserialize)]
struct Settings {
    server: Server,
    #[serde(default)]
    password: String,
    #[serde(default)]
    list: Vec<u8>,
}

#[derive(Debug, Deserialize)]
struct Server {
    port: u16,
}

impl HotConfig for Settings {}

const FILE: &str = "CONFIG_TEST_FILE";

/// What the other tests start.
#[test]
fn child() {
    let Ok(path) = std::env::var(FILE) else { return };
    match ConfigBuilder::new().file(path).environment("APPLICATION_").load::<Settings>() {
        Ok(settings) => println!("<{} {} {:?}>", settings.server.port, settings.password, settings.list),
        Err(error) => println!("<{} {error}>", error.code()),
    }
}

fn started_with(variables: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let path = folder.put("a.toml", "password = \"file\"\nserver.port = 1");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "environment::child", "--nocapture"]).env(FILE, path).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let inner = text.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>')).map(|(inner, _)| inner.to_owned());
    inner.unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn variables_lie_over_files() {
    assert_eq!(started_with(&[]), "1 file []");
    assert_eq!(started_with(&[("APPLICATION_SERVER__PORT", "80"), ("APPLICATION_LIST", "[1,2]")]), "80 file [1, 2]");
}

#[test]
fn text_that_looks_like_a_number_is_text_where_text_is_wanted() {
    assert_eq!(started_with(&[("APPLICATION_PASSWORD", "0123.50")]), "1 0123.50 []");
}

#[test]
fn a_wrong_variable_is_named() {
    let said = started_with(&[("APPLICATION_SERVER__PORT", "many")]);
    assert!(said.starts_with("config-type environment variable APPLICATION_SERVER__PORT: "), "{said}");
    assert!(said.contains("`server.port`"), "{said}");
}
