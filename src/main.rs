//! The `private-eye` command: see `private-eye --help`.

#[cfg(not(target_family = "wasm"))]
mod cli;

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    cli::run()
}

/// In a browser only the library is used.
#[cfg(target_family = "wasm")]
fn main() {}
