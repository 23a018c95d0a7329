use dynpatch::config::{Deserialize, HotConfig};

#[derive(Deserialize, HotConfig)]
#[hot_config(validate = Limits::is_sound)]
struct Limits {
    connections: usize,
}

impl Limits {
    fn is_sound(&self) -> bool {
        self.connections > 0
    }
}

fn main() {}
