//! `cargo xtask model NAME`: a network that others publish, as a weights file of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command_line::{self, Profile};
use crate::process::{self, say};
use crate::python::Environment;
use crate::workspace::Workspace;
use crate::{page, site};

#[derive(clap::Args)]
pub struct Options {
    /// The network to bring
    name: Name,
    /// Pictures to measure its activations on, a few hundred varied ones [default: those of the demo]
    #[arg(long, value_name = "PICTURES")]
    calibrate: Option<PathBuf>,
    /// The weights file to write [default: models/NAME.safetensors]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Another place to fetch the published file from
    #[arg(long)]
    url: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Name {
    /// torchvision's ResNet-18, trained on ImageNet to tell a thousand kinds of things
    TorchvisionResnet18,
}

/// A file that somebody else publishes.
struct Published {
    name: &'static str,
    url: &'static str,
    /// What its SHA-256 begins with, as its publisher states it in the file's name.
    sha256: &'static str,
}

impl Name {
    fn published(self) -> Published {
        match self {
            Name::TorchvisionResnet18 => Published {
                name: "torchvision-resnet18",
                url: "https://download.pytorch.org/models/resnet18-f37072fd.pth",
                sha256: "f37072fd",
            },
        }
    }
}

/// Fetches, checks, converts and quantizes.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let published = options.name.published();
    let models = workspace.root().join("models");
    let folder = workspace.target("published");
    fs::create_dir_all(&folder)?;
    let file = folder.join(published.name).with_extension("pth");
    let url = options.url.as_deref().unwrap_or(published.url);
    say(format!("fetching {url}"));
    fetch(Path::new("python3"), &models, url, published.sha256, &file)?;

    let python = Environment::from_file("training", &models.join("requirements.txt"))?.find_or_install(workspace)?;
    let floats = file.with_extension("safetensors");
    process::run(Command::new(python).arg(models.join("published.py")).arg(&file).arg("--convert").arg(&floats))?;

    let pictures = match &options.calibrate {
        Some(pictures) => pictures.clone(),
        None => site::build(workspace, Profile::Release)?.pictures,
    };
    let out = options.out.clone().unwrap_or_else(|| models.join(published.name).with_extension("safetensors"));
    let program = command_line::build(workspace, Profile::Release, &page::build(workspace)?.folder)?;
    let mut import = Command::new(program);
    import.args(["model", "import"]).arg(&floats).args(["--name", published.name]);
    process::run(import.arg("--calibrate").arg(pictures).arg("--out").arg(&out))?;
    say(format!("`private-eye build PICTURES --model {}` builds a site with it", out.display()));
    Ok(())
}

fn fetch(python: &Path, models: &Path, url: &str, sha256: &str, to: &Path) -> Result<()> {
    let mut fetch = Command::new(python);
    process::run(fetch.arg(models.join("published.py")).arg(to).args(["--url", url, "--sha256", sha256]))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use sha2::{Digest, Sha256};

    use super::*;

    const BODY: &[u8] = b"not really a network";

    /// A server for one request: it promises `length` bytes, sends BODY and hangs up. The address to ask.
    fn server(length: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/resnet18.pth", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").unwrap();
            stream.write_all(BODY).unwrap();
        });
        url
    }

    /// What is in the folder after fetching from there.
    fn fetched(url: &str, sha256: &str) -> (Result<()>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let models = Workspace::find().unwrap().root().join("models");
        let result = fetch(Path::new("python3"), &models, url, sha256, &folder.path().join("resnet18.pth"));
        let names = fs::read_dir(folder.path()).unwrap();
        (result, names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
    }

    fn digest() -> String {
        Sha256::digest(BODY).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn published_weights_with_the_published_hash_are_kept() {
        let (result, files) = fetched(&server(BODY.len()), &digest()[..8]);
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(files, ["resnet18.pth"]);
    }

    #[test]
    fn weights_with_another_hash_are_refused_and_not_kept() {
        let (result, files) = fetched(&server(BODY.len()), "f37072fd");
        assert!(result.is_err());
        assert!(files.is_empty(), "{files:?}");
    }

    #[test]
    fn a_connection_that_breaks_leaves_nothing_behind() {
        let (result, files) = fetched(&server(BODY.len() + 1000), &digest()[..8]);
        assert!(result.is_err());
        assert!(files.is_empty(), "{files:?}");
    }

    #[test]
    fn a_server_that_is_not_there_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/resnet18.pth", listener.local_addr().unwrap());
        drop(listener);
        assert!(fetched(&url, &digest()[..8]).0.is_err());
    }
}
