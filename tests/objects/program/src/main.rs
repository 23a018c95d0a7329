//! Links `described` and names nothing of it.

use described as _;

fn main() {
    println!("42");
}
