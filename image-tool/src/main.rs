//! `dynpatch-image`: see `dynpatch-image --help`.

use clap::Parser;
use dynpatch_image::{LINKER_SCRIPT, Made, image};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes an image for RAM, which firmware loads as a patch, of a position-independent ELF file.
///
/// Exit codes: 0 the image was written; 1 the file is refused; 2 the arguments make no sense; 3 a file cannot be read or
/// written.
#[derive(Parser)]
#[command(name = "dynpatch-image", version, after_help = EXAMPLE)]
struct Arguments {
    /// Print the linker script that images are linked with, and do nothing else
    #[arg(long)]
    linker_script: bool,
    /// The program, as cargo built it for the chip
    #[arg(required_unless_present = "linker_script")]
    input: Option<PathBuf>,
    /// The image to write
    #[arg(required_unless_present = "linker_script")]
    output: Option<PathBuf>,
}

const EXAMPLE: &str = "\
Example:
  dynpatch-image --linker-script > image.ld
  RUSTFLAGS='-C relocation-model=pic -C link-arg=-pie -C link-arg=--no-dynamic-linker \\
             -C link-arg=--no-undefined -C link-arg=-znorelro -C link-arg=-Timage.ld' \\
    cargo build --release --target thumbv7em-none-eabihf
  dynpatch-image target/thumbv7em-none-eabihf/release/fix fix.img

The release profile needs `lto = \"fat\"` and `panic = \"abort\"`.";

const REFUSED: u8 = 1;
const INPUT_OUTPUT: u8 = 3;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (Some(input), Some(output)) = (arguments.input.filter(|_| !arguments.linker_script), arguments.output) else {
        print!("{LINKER_SCRIPT}");
        return ExitCode::SUCCESS;
    };
    let bytes = match std::fs::read(&input) {
        Ok(bytes) => bytes,
        Err(error) => return fail(INPUT_OUTPUT, &format!("error: {} cannot be read: {error}", input.display())),
    };
    let made = match image(&bytes) {
        Ok(made) => made,
        Err(error) => {
            let help = error.help().map_or_else(String::new, |help| format!("\nhelp: {help}"));
            return fail(REFUSED, &format!("{error}\nin: {}{help}", input.display()));
        }
    };
    match std::fs::write(&output, &made.bytes) {
        Ok(()) => {
            tell(&made, &output);
            ExitCode::SUCCESS
        }
        Err(error) => fail(INPUT_OUTPUT, &format!("error: {} cannot be written: {error}", output.display())),
    }
}

fn fail(code: u8, text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(code)
}

fn tell(made: &Made, output: &Path) {
    let Made { bytes, header, patch, items } = made;
    println!(
        "{}: {patch}: file {} bytes, RAM {} (code and data {}), relocations {}, manifest {}; brings {}",
        output.display(),
        bytes.len(),
        header.memory,
        header.contents,
        header.relocations,
        header.manifest,
        items.join(", ")
    );
}
