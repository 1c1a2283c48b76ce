//! Pages that measure themselves in headless Chromium.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::browser;
use crate::process::{self, say};
use crate::workspace::Workspace;

const SERVER: &str = "benches/web/serve.py";

/// Ends a program when it is no longer needed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Opens a page in an empty browser and waits for what it finds. `folders` are served by their names, all else from
/// `benches/web`; `address` is that of the page on this server, without the first slash.
pub fn measure(workspace: &Workspace, python: &Path, folders: &[(&str, PathBuf)], address: &str) -> Result<Value> {
    let mut server = Command::new(python);
    server.arg(workspace.root().join(SERVER)).stdin(Stdio::null()).stdout(Stdio::piped());
    server.args(folders.iter().map(|(name, folder)| format!("{name}={}", folder.display())));
    let mut server = Running(server.spawn().with_context(|| process::could_not_start(&server))?);
    let output = server.0.stdout.take().context("the server's output is not connected")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let port: u16 = lines.recv().context("the server of the page ended without a word")?.parse()?;

    let profile = workspace.target("bench/profile");
    if profile.is_dir() {
        fs::remove_dir_all(&profile)?;
    }
    say("measuring in Chromium; leave this machine alone meanwhile");
    let mut chromium = Command::new(browser::chromium()?.browser);
    chromium.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ]);
    chromium.arg(format!("--user-data-dir={}", profile.display()));
    chromium.arg(format!("http://127.0.0.1:{port}/{address}"));
    chromium.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut chromium = Running(chromium.spawn().with_context(|| process::could_not_start(&chromium))?);
    let found = loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => break serde_json::from_str::<Value>(&line)?,
            Err(RecvTimeoutError::Disconnected) => bail!("the server of the page ended before the page was done"),
            Err(RecvTimeoutError::Timeout) if chromium.0.try_wait()?.is_some() => {
                bail!("Chromium ended before the page was done")
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    };
    match found["error"].as_str() {
        Some(error) => bail!("the page could not measure: {error}"),
        None => Ok(found),
    }
}

/// The browser that a page told of under `browser`.
pub fn browser_name(found: &Value) -> String {
    let version = found["browser"].as_str().and_then(|agent| agent.split("Chrome/").nth(1));
    let number = version.and_then(|version| version.split(['.', ' ']).next());
    number.map_or_else(|| "Chromium".to_owned(), |number| format!("Chromium {number}"))
}
