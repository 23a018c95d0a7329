use dynpatch::config::{Deserialize, HotConfig};

#[derive(Deserialize, HotConfig)]
#[hot_config(validate = Limits::is_sound)]
struct Limits {
    connections: usize,
}

impl Limits {
    fn is_sound(&self) -> Result<(), String> {
        if self.connections > 0 { Ok(()) } else { Err("no connections".to_owned()) }
    }
}

fn main() {}
