//! Reads the records of the files named on the command line: compiled or linked, ELF, COFF or Mach-O. Fails when one
//! does not read, is not what an independent encoder writes, is relocated, or when two files have other types.

mod model;
mod section;

use dynpatch_core::manifest::{Record, records};
use dynpatch_interface::record::{FORMAT, MAGIC, crc32, kind};
use model::Definition;
use section::Section;
use std::process::ExitCode;

/// What `described` defines; generic types stand where they are used.
const TYPES: [&str; 10] =
    ["Bits", "Event", "Header", "Message", "Packed", "Plain", "Queues", "Shape", "Signed", "Unit"];

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    match check_all(&files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("objects: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check_all(files: &[String]) -> Result<(), String> {
    let mut seen: Vec<(&String, bool, Vec<Definition>)> = Vec::new();
    for file in files {
        let section = section::read(file).map_err(|error| format!("{file}: {error}"))?;
        let definitions = check(&section).map_err(|error| format!("{file}: {error}"))?;
        println!("objects: {file}: {} types in {} bytes of {}", definitions.len(), section.bytes.len(), section.format);
        for (other, is_64, expected) in &seen {
            same(expected, &definitions, *is_64 == section.is_64)
                .map_err(|error| format!("{file} and {other} describe other types:\n{error}"))?;
        }
        seen.push((file, section.is_64, definitions));
    }
    if seen.is_empty() { Err("usage: checker <file>...".to_owned()) } else { Ok(()) }
}

/// Whether both are the same definitions: to the last offset where pointers are as wide.
fn same(ours: &[Definition], theirs: &[Definition], is_exact: bool) -> Result<(), String> {
    let seen = |definition: &Definition| if is_exact { definition.clone() } else { definition.shape() };
    let mut pairs = ours.iter().map(seen).zip(theirs.iter().map(seen));
    match pairs.find(|(ours, theirs)| ours != theirs) {
        Some((ours, theirs)) => Err(format!("{ours:?}\n{theirs:?}")),
        None => Ok(()),
    }
}

/// The definitions of `described`, by name.
fn check(section: &Section) -> Result<Vec<Definition>, String> {
    if section.relocations > 0 {
        return Err(format!("{} relocations change the records", section.relocations));
    }
    let mut definitions = Vec::new();
    for record in records(&section.bytes) {
        let record = record.map_err(|error| format!("a record does not read: {error:?}"))?;
        if record.kind == kind::TYPE {
            definitions.push(reencoded(&record, &section.bytes)?);
        }
    }
    definitions.sort_by(|a, b| a.name.cmp(&b.name));
    let names: Vec<&str> = definitions.iter().map(|definition| definition.name.as_str()).collect();
    if names != TYPES {
        return Err(format!("found {names:?}, not {TYPES:?}"));
    }
    Ok(definitions)
}

/// Reads a record by serde's rules, and demands that writing it again gives the same bytes.
fn reencoded(record: &Record<'_>, bytes: &[u8]) -> Result<Definition, String> {
    let definition: Definition =
        postcard::from_bytes(record.payload).map_err(|error| format!("a definition does not read: {error}"))?;
    let payload = postcard::to_stdvec(&definition).map_err(|error| error.to_string())?;
    let mut summed = vec![FORMAT, kind::TYPE];
    summed.extend((payload.len() as u32).to_le_bytes());
    let prefix = summed.clone();
    summed.extend(&payload);
    let written = [&MAGIC[..], &prefix, &crc32(&summed).to_le_bytes(), &payload].concat();
    if bytes.get(record.range.clone()) != Some(written.as_slice()) {
        return Err(format!(
            "{} is written another way:\n{:?}\n{written:?}",
            definition.name,
            &bytes[record.range.clone()]
        ));
    }
    Ok(definition)
}
