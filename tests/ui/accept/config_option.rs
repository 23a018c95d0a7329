use dynpatch::config::{Deserialize, HotConfig};

#[derive(Deserialize, HotConfig)]
#[hot_config(validate = positive)]
struct Limits {
    #[hot_config(restart)]
    connections: usize,
}

fn positive(limits: &Limits) -> Result<(), &'static str> {
    if limits.connections > 0 { Ok(()) } else { Err("no connections") }
}

fn main() {}
