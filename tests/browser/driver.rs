//! The drivers that steer real browsers, and sessions in them.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::Failed;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// A kind of browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

/// How a browser begins; WebKit's driver knows only empty profiles.
#[derive(Debug, Clone)]
pub enum Profile {
    Empty,
    /// Empty, of a visitor who lets no site keep anything.
    KeepsNothing,
    /// As the last browser left it in this folder.
    In(PathBuf),
}

/// A driver that has not answered after this does not come up any more.
const PATIENCE: Duration = Duration::from_secs(60);

impl Engine {
    pub const ALL: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::WebKit];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::WebKit => "webkit",
        }
    }

    /// The capability that has a browser's own options.
    fn options(self) -> &'static str {
        match self {
            Engine::Chromium => "goog:chromeOptions",
            Engine::Firefox => "moz:firefoxOptions",
            Engine::WebKit => "webkitgtk:browserOptions",
        }
    }

    /// The driver, told to listen on `port`.
    fn driver(self, port: u16) -> Command {
        let (variable, otherwise) = match self {
            Engine::Chromium => ("PRIVATE_EYE_CHROMEDRIVER", "chromedriver"),
            Engine::Firefox => ("PRIVATE_EYE_GECKODRIVER", "geckodriver"),
            Engine::WebKit => ("PRIVATE_EYE_WEBKITDRIVER", "WebKitWebDriver"),
        };
        let mut command = Command::new(program(variable, otherwise));
        command.arg(format!("--port={port}"));
        command
    }

    /// What to ask of the driver for a new browser, dressed down to what a page needs.
    fn capabilities(self, profile: &Profile) -> Map<String, Value> {
        let mut capabilities = match self {
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
            Engine::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": program("PRIVATE_EYE_FIREFOX", "/usr/bin/firefox-esr"),
                    "args": ["-headless", "-width", "1280", "-height", "900"],
                    "prefs": quiet_firefox(),
                },
            }),
            Engine::WebKit => json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": {
                    "binary": program("PRIVATE_EYE_WEBKIT", "MiniBrowser"),
                    "args": ["--automation", "--geometry=1280x900"],
                },
            }),
        };
        let options = &mut capabilities[self.options()];
        match (self, profile) {
            (_, Profile::Empty) | (Engine::WebKit, _) => {}
            (Engine::Chromium, Profile::KeepsNothing) => {
                options["prefs"] = json!({ "profile.default_content_setting_values.cookies": 2 });
            }
            (Engine::Firefox, Profile::KeepsNothing) => options["prefs"]["network.cookie.cookieBehavior"] = json!(2),
            (Engine::Chromium, Profile::In(folder)) => {
                add_arguments(options, [json!(format!("--user-data-dir={}", folder.display()))]);
            }
            (Engine::Firefox, Profile::In(folder)) => add_arguments(options, [json!("-profile"), json!(folder)]),
        }
        let mut capabilities = capabilities.as_object().cloned().unwrap_or_default();
        // Scripts of these tests wait for downloads and searches.
        capabilities.insert("timeouts".to_owned(), json!({ "script": 300_000 }));
        capabilities
    }
}

fn add_arguments<const N: usize>(options: &mut Value, more: [Value; N]) {
    if let Some(arguments) = options["args"].as_array_mut() {
        arguments.extend(more);
    }
}

/// Preferences beside those that geckodriver sets, so that Firefox asks for nothing that the page did not ask for.
fn quiet_firefox() -> Value {
    json!({
        "app.normandy.enabled": false,
        "browser.region.update.enabled": false,
        "browser.search.suggest.enabled": false,
        "browser.urlbar.speculativeConnect.enabled": false,
        "datareporting.policy.dataSubmissionEnabled": false,
        // Nobody is here to be asked whether a site may keep its data.
        "dom.storageManager.prompt.testing": true,
        "dom.storageManager.prompt.testing.allow": false,
        "extensions.getAddons.cache.enabled": false,
        "extensions.systemAddon.update.enabled": false,
        "media.gmp-manager.updateEnabled": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "network.dns.disablePrefetch": true,
        "network.http.speculative-parallel-limit": 0,
        "network.predictor.enabled": false,
        "network.prefetch-next": false,
    })
}

fn program(variable: &str, otherwise: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| otherwise.into()).into()
}

/// A process that ends with this value.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Running, Failed> {
        let started = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Running(started.map_err(|error| format!("{:?} does not start: {error}", command.get_program()))?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running driver for one browser; geckodriver and WebKitWebDriver steer no more than one each. It ends with this
/// value, and its browser with it.
pub struct Driver {
    engine: Engine,
    address: String,
    // In this order, because a browser should be gone before its screen and its files are.
    process: Running,
    _screen: Option<Screen>,
    _files: TempDir,
}

impl Driver {
    pub fn start(engine: Engine) -> Result<Driver, Failed> {
        // Of the three only two can be asked to choose a port themselves and to say which.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = engine.driver(port);
        let screen = match engine {
            Engine::WebKit => Some(Screen::start()?),
            _ => None,
        };
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.display).env_remove("WAYLAND_DISPLAY");
            // Nobody speaks English in the C locale.
            command.env("LANG", "C.UTF-8").env("LANGUAGE", "en");
        }
        // Browsers leave profiles of dozens of megabytes behind when they end.
        let files = tempfile::tempdir()?;
        let mut process = Running::start(command.env("TMPDIR", files.path()).stdout(Stdio::null()))?;
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if process.0.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                return Err(format!("{:?} does not listen on port {port}", command.get_program()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Driver { engine, address: format!("http://127.0.0.1:{port}"), process, _screen: screen, _files: files })
    }

    /// The process that all of the browser's come from.
    pub fn process(&self) -> u32 {
        self.process.0.id()
    }

    /// Opens the browser.
    pub async fn open(&self, profile: &Profile) -> Result<Client, Failed> {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        Ok(builder.capabilities(self.engine.capabilities(profile)).connect(&self.address).await?)
    }
}

impl Drop for Driver {
    /// Kills all of the browser's processes at once, as a computer does whose battery is empty.
    fn drop(&mut self) {
        let processes = descendants(self.process()).into_iter().map(|process| process.to_string());
        let _ = Command::new("kill").arg("-KILL").args(processes).stderr(Stdio::null()).status();
    }
}

/// A process and all that it started, and they.
fn descendants(process: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(child) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
        children.push((parent, child));
    }
    let mut found = vec![process];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(children.iter().filter(|(of, _)| *of == Some(parent)).map(|(_, child)| child));
        next += 1;
    }
    found
}

/// A screen that nobody sees, for the engine that has no headless mode; with a clipboard of its own.
struct Screen {
    display: String,
    _process: Running,
}

impl Screen {
    fn start() -> Result<Screen, Failed> {
        let mut command = Command::new(program("PRIVATE_EYE_XVFB", "Xvfb"));
        command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        let mut process = Running::start(command.stdout(Stdio::piped()))?;
        let mut number = String::new();
        let output = process.0.stdout.take().ok_or("the screen's output is not connected")?;
        BufReader::new(output).read_line(&mut number)?;
        match number.trim() {
            "" => {
                Err(format!("{} ended without naming its display", Path::new(command.get_program()).display()).into())
            }
            number => Ok(Screen { display: format!(":{number}"), _process: process }),
        }
    }
}
