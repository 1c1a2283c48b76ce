//! The linker of the WebAssembly module: LLVM's, after the static constructors are taken out of what it is given.
//!
//! tract enters its runtimes, graph transformations and matrix kernels into registries, by constructors that run when a
//! program starts. A constructor is never dead code, so these alone keep the optimizer, every operator and every kernel
//! in the module: more than half of it. The browser asks none of the registries (its graph is final from the start and
//! made of operators of this project), so there they may be empty.
//!
//! An object file lists its constructors in one part of its `linking` section, as the WebAssembly tool conventions
//! describe under "Linking": without that part the linker sees plain functions that nobody calls, and drops them with
//! all that they alone need. The compiler starts this program as its linker; see [`replace_for`].

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::toolchain::LINKERS;

/// Set where this program is to be a linker.
const SWITCH: &str = "PRIVATE_EYE_XTASK_LINKS";

const MAGIC: &[u8; 4] = b"\0asm";
/// The number of a custom section.
const CUSTOM: u8 = 0;
const LINKING: &[u8] = b"linking";
/// The number of the part of a `linking` section that lists the constructors.
const INIT_FUNCTIONS: u8 = 6;

/// Whether the compiler started this program to link.
pub fn is_asked_for() -> bool {
    std::env::var_os(SWITCH).is_some()
}

/// Makes `command`, a `cargo rustc`, link with this program, together with the compiler flag that is returned. It is for
/// the last step of the build alone, so that no dependency is compiled again.
pub fn replace_for(command: &mut Command) -> Result<String> {
    let this = std::env::current_exe().context("this program cannot find itself, which is to be the linker")?;
    command.env(SWITCH, "1");
    Ok(format!("-Clinker={}", this.display()))
}

/// Links, as the compiler asks by this program's arguments.
pub fn run() -> Result<ExitCode> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    for file in arguments.iter().map(Path::new).filter(|file| file.extension().is_some_and(|ending| ending == "o")) {
        let object = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let object = without_constructors(&object).with_context(|| format!("{} cannot be linked", file.display()))?;
        // The compiler made the file for this one step.
        fs::write(file, object).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    // The compiler puts the folder of its own linker on the path.
    let linker = process::find_program(&LINKERS).with_context(|| format!("there is none of {}", LINKERS.join(", ")))?;
    let status = Command::new(&linker).args(&arguments).status();
    let status = status.with_context(|| format!("{} could not be started", linker.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// An object file without its list of constructors.
fn without_constructors(object: &[u8]) -> Result<Vec<u8>> {
    ensure!(object.starts_with(MAGIC) && object.len() >= 8, "it is no WebAssembly");
    let (head, sections) = object.split_at(8);
    let mut kept = head.to_vec();
    for section in parts(sections) {
        let (number, content) = section?;
        match number {
            CUSTOM => put(number, &linking_without_constructors(content)?, &mut kept),
            _ => put(number, content, &mut kept),
        }
    }
    Ok(kept)
}

/// The content of a custom section: its name, then whatever the name says.
fn linking_without_constructors(content: &[u8]) -> Result<Vec<u8>> {
    let (length, rest) = number(content)?;
    let name_and_rest = rest.split_at_checked(length);
    let (name, rest) = name_and_rest.context("the name of a section is cut short")?;
    if name != LINKING {
        return Ok(content.to_vec());
    }
    let (_version, rest) = number(rest)?;
    let mut kept = content[..content.len() - rest.len()].to_vec();
    for part in parts(rest) {
        let (number, content) = part?;
        if number != INIT_FUNCTIONS {
            put(number, content, &mut kept);
        }
    }
    Ok(kept)
}

/// Parts one after the other, each a number, a length and that many bytes.
fn parts(mut bytes: &[u8]) -> impl Iterator<Item = Result<(u8, &[u8])>> {
    let mut next = move || -> Result<Option<(u8, &[u8])>> {
        let Some((part, rest)) = bytes.split_first() else { return Ok(None) };
        let (length, rest) = number(rest)?;
        let (content, rest) = rest.split_at_checked(length).context("a section is cut short")?;
        bytes = rest;
        Ok(Some((*part, content)))
    };
    // After an error there is nothing to go on with: callers stop at the first one.
    std::iter::from_fn(move || next().transpose())
}

fn put(number: u8, content: &[u8], to: &mut Vec<u8>) {
    to.push(number);
    let mut length = content.len();
    while length >= 0x80 {
        to.push(length as u8 | 0x80);
        length >>= 7;
    }
    to.push(length as u8);
    to.extend_from_slice(content);
}

/// An unsigned number of at most 32 bits in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[place + 1..]));
        }
    }
    bail!("a number is cut short or longer than 32 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object file with a type section, a `linking` section of these parts, and another custom section.
    fn object(parts: &[(u8, &[u8])]) -> Vec<u8> {
        let mut linking = vec![7];
        linking.extend_from_slice(b"linking\x02");
        parts.iter().for_each(|(number, content)| put(*number, content, &mut linking));
        let mut object = b"\0asm\x01\0\0\0".to_vec();
        put(1, &[0], &mut object);
        put(CUSTOM, &linking, &mut object);
        put(CUSTOM, b"\x04name\x06\x01\x00", &mut object);
        object
    }

    #[test]
    fn the_constructors_go_and_everything_else_stays() {
        let symbols = [8; 300];
        let with = object(&[(8, &symbols), (INIT_FUNCTIONS, &[1, 0xff, 0xff, 3, 0]), (5, &[0])]);
        assert_eq!(without_constructors(&with).unwrap(), object(&[(8, &symbols), (5, &[0])]));
    }

    #[test]
    fn a_file_that_is_cut_short_is_refused_at_every_length() {
        let whole = object(&[(8, &[8; 300]), (INIT_FUNCTIONS, &[1, 0, 0])]);
        let ends = (0..whole.len()).filter(|&end| without_constructors(&whole[..end]).is_ok());
        // Only where a section ends.
        assert_eq!(ends.count(), 3);
    }
}
