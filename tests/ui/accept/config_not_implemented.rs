use dynpatch::config::{ConfigBuilder, Deserialize, HotConfig};

#[derive(Deserialize, HotConfig)]
struct Limits {
    connections: usize,
}

fn main() {
    let watcher = ConfigBuilder::new().file("limits.toml").watch::<Limits>();
    drop(watcher);
}
