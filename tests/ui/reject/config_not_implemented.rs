use dynpatch::config::{ConfigBuilder, Deserialize};

#[derive(Deserialize)]
struct Limits {
    connections: usize,
}

fn main() {
    let watcher = ConfigBuilder::new().file("limits.toml").watch::<Limits>();
    drop(watcher);
}
