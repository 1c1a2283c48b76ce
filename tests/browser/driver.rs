//! The drivers that steer real browsers, and sessions in them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::Failed;
use serde_json::{Map, Value, json};

/// A kind of browser; each test runs in each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
}

impl Engine {
    pub const ALL: [Engine; 1] = [Engine::Chromium];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
        }
    }

    fn driver(self) -> Command {
        match self {
            Engine::Chromium => {
                let mut command = Command::new(program("PRIVATE_EYE_CHROMEDRIVER", "chromedriver"));
                command.arg("--port=0");
                command
            }
        }
    }

    /// The port in a line that the driver prints once it listens.
    fn port_in(self, line: &str) -> Option<u16> {
        match self {
            Engine::Chromium => {
                line.strip_prefix("ChromeDriver was started successfully on port ")?.strip_suffix('.')?.parse().ok()
            }
        }
    }

    /// What to ask of the driver for a new browser with an empty profile, dressed down to what a page needs.
    fn capabilities(self) -> Map<String, Value> {
        let capabilities = match self {
            Engine::Chromium => json!({
                "browserName": "chrome",
                "goog:chromeOptions": {
                    "binary": program("PRIVATE_EYE_CHROMIUM", "/usr/bin/chromium"),
                    "args": [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--disable-dev-shm-usage", "--window-size=1280,900",
                    ],
                },
            }),
        };
        let mut capabilities = capabilities.as_object().cloned().unwrap_or_default();
        // Scripts of these tests wait for downloads and searches.
        capabilities.insert("timeouts".to_owned(), json!({ "script": 300_000 }));
        capabilities
    }
}

fn program(variable: &str, otherwise: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| otherwise.into()).into()
}

/// A running driver; it ends with this value, and its browsers with it.
pub struct Driver {
    pub engine: Engine,
    process: Child,
    address: String,
}

impl Driver {
    pub fn start(engine: Engine) -> Result<Driver, Failed> {
        let mut command = engine.driver();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process =
            command.spawn().map_err(|error| format!("{:?} does not start: {error}", command.get_program()))?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("the driver's output is not connected")?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| engine.port_in(&line));
        let Some(port) = port else {
            let _ = process.kill();
            return Err(format!("{:?} ended without naming its port", command.get_program()).into());
        };
        // A driver whose output nobody reads would stop when the pipe is full.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Driver { engine, process, address: format!("http://127.0.0.1:{port}") })
    }

    /// Opens a new browser with an empty profile.
    pub async fn open(&self) -> Result<Client, Failed> {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        Ok(builder.capabilities(self.engine.capabilities()).connect(&self.address).await?)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
