//! A compiler that can make WebAssembly: the machine's own where it has the standard library for it, else rustup's
//! target, else Debian's rustc-web, which brings the sources of a standard library that matches it.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::apt;
use crate::process::{self, say};
use crate::workspace::Workspace;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Names of LLVM's linker for WebAssembly: Rust's own copy, and Debian's.
pub const LINKERS: [&str; 3] = ["rust-lld", DebianWeb::LINKER, "wasm-ld"];

/// Every browser that the page supports has these (Chrome and Edge from 91, Firefox from 114, Safari from 16.4).
const RUSTFLAGS: &str = "-Ctarget-feature=+simd128";

/// The `rust-version` of this repository. Debian has had older compilers under the same names.
const OLDEST: (u32, u32) = (1, 91);

pub enum Toolchain {
    /// The cargo that runs this knows the target.
    Own,
    /// Debian's compiler for Chromium and Firefox, building the standard library from its sources.
    Debian,
}

struct DebianWeb;

impl Toolchain {
    pub fn find_or_install(workspace: &Workspace) -> Result<Toolchain> {
        if own_standard_library(workspace) {
            return Ok(Toolchain::Own);
        }
        if let Some(rustup) = process::find_program(&["rustup"]) {
            say(format!("the Rust target {TARGET} is not installed: asking rustup for it"));
            let mut add = Command::new(rustup);
            // A cargo that rustup started names its toolchain in RUSTUP_TOOLCHAIN, so the target goes to the right one.
            if process::succeeds(add.args(["target", "add", TARGET])) && own_standard_library(workspace) {
                return Ok(Toolchain::Own);
            }
            say(
                "rustup could not bring it; going on with Debian's rustc-web, which builds the standard library itself",
            );
        } else {
            say(format!("the Rust target {TARGET} is not installed and there is no rustup: using Debian's rustc-web"));
        }
        DebianWeb::find_or_install().map(|()| Toolchain::Debian)
    }

    /// A cargo command, `cargo <words> --target wasm32-unknown-unknown …`, with target features and folders set.
    pub fn cargo(&self, workspace: &Workspace, words: &[&str]) -> Command {
        let mut command = match self {
            Toolchain::Own => workspace.cargo(),
            Toolchain::Debian => {
                let mut command = Command::new(DebianWeb::CARGO);
                command.current_dir(workspace.root());
                command
            }
        };
        command.args(words).args(["--target", TARGET]);
        command.env("RUSTFLAGS", RUSTFLAGS).env_remove("CARGO_ENCODED_RUSTFLAGS");
        // A folder of its own: another compiler's build scripts and macros would push out the native ones.
        command.env("CARGO_TARGET_DIR", workspace.target("wasm-build"));
        if let Toolchain::Debian = self {
            DebianWeb::prepare(&mut command);
        }
        command
    }
}

/// Whether the compiler beside the running cargo has a standard library for the target.
fn own_standard_library(workspace: &Workspace) -> bool {
    let mut question = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    question.current_dir(workspace.root()).args(["--print", "target-libdir", "--target", TARGET]);
    let Ok(folder) = process::output(&mut question) else { return false };
    let Ok(entries) = std::fs::read_dir(folder.trim()) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

impl DebianWeb {
    const CARGO: &str = "/usr/bin/cargo";
    const RUSTC: &str = "/usr/bin/rustc";
    const LINKER: &str = "wasm-ld-19";
    const SOURCES: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";
    const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

    fn find_or_install() -> Result<()> {
        if DebianWeb::is_complete() {
            return Ok(());
        }
        apt::install(&DebianWeb::PACKAGES, &format!("no Rust compiler here can build for {TARGET}"))?;
        if !DebianWeb::is_complete() {
            let (packages, (major, minor)) = (DebianWeb::PACKAGES.join(", "), OLDEST);
            bail!(
                "{packages} are installed, yet a file is missing below /usr or the compiler is older than {major}.{minor}"
            );
        }
        Ok(())
    }

    /// Whether all that the packages bring is there, and young enough.
    fn is_complete() -> bool {
        let ask = |words: &[&str]| {
            let mut question = Command::new(DebianWeb::RUSTC);
            DebianWeb::forget_rustup(&mut question);
            process::output(question.args(words)).ok()
        };
        let version = ask(&["--version"]).and_then(|line| version_in(&line));
        let sources = ask(&["--print", "sysroot"]).map(|root| Path::new(root.trim()).join(DebianWeb::SOURCES));
        version.is_some_and(|version| version >= OLDEST)
            && sources.is_some_and(|sources| sources.is_file())
            && Path::new(DebianWeb::CARGO).is_file()
            && process::find_program(&[DebianWeb::LINKER]).is_some()
    }

    fn prepare(command: &mut Command) {
        DebianWeb::forget_rustup(command);
        command.args(["-Z", "build-std=std,panic_abort"]);
        command.env("RUSTC", DebianWeb::RUSTC);
        // Building the standard library is what this stable compiler counts as unstable.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DebianWeb::LINKER);
    }

    /// The running cargo's own variables would lead this compiler to the other one's libraries.
    fn forget_rustup(command: &mut Command) {
        for name in ["CARGO", "LD_LIBRARY_PATH", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
            command.env_remove(name);
        }
    }
}

/// Major and minor number in a line like `rustc 1.96.0 (ac68faa20 2026-05-25)`.
fn version_in(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.strip_prefix("rustc ")?.split(['.', '-', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_are_compared_by_number() {
        assert_eq!(version_in("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\n"), Some((1, 96)));
        assert!(version_in("rustc 1.100.0-nightly").unwrap() > OLDEST);
        assert!(version_in("rustc 1.63.0").unwrap() < OLDEST);
        assert_eq!(version_in("clang 19"), None);
    }

    #[test]
    fn the_oldest_compiler_allowed_is_the_one_that_the_package_names() {
        let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("rust-version = \"{}.{}\"", OLDEST.0, OLDEST.1)));
    }
}
