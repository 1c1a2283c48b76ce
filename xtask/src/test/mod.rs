//! `cargo xtask test`: every check and test, cheapest first; a failing part does not keep the others from running.

mod packed;
mod report;

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::command_line::{self, Profile};
use crate::process::{self, say};
use crate::site::{self, Site};
use crate::workspace::Workspace;
use crate::{browser, page, python};
use report::{Count, Report};

#[derive(clap::Args)]
pub struct Options {
    /// The part to run; without it, all of them, formatting and lints included
    part: Option<Part>,
    /// Run only those of the browser tests whose names contain this, such as "firefox:"
    #[arg(requires = "part")]
    filter: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The library, the command and the tools, on this machine
    Native,
    /// The WebAssembly module in real browsers: the same bits as on this machine
    Wasm,
    /// The page in real browsers
    Browser,
    /// What trains the network and imports others; takes minutes and PyTorch, so it runs only when asked for
    Training,
}

/// Names of the tests that compare the WebAssembly module with the native library.
const PARITY: &str = "parity";

pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let wanted = |part: Part| options.part.is_none_or(|only| only == part);
    if options.filter.is_some() && options.part != Some(Part::Browser) {
        bail!("only the browser tests can be filtered; native tests are filtered by cargo test");
    }
    let mut report = Report::new();
    if options.part.is_none() {
        report.check("formatting", || formatting(workspace));
        report.check("clippy", || clippy(workspace));
        // Before the native tests, which then test the command with the page inside.
        report.check("page", || page_without_warnings(workspace));
    }
    if wanted(Part::Native) {
        report.tests("native tests", || native(workspace));
    }
    if wanted(Part::Wasm) || wanted(Part::Browser) {
        match site(workspace) {
            Ok(site) => {
                if wanted(Part::Wasm) {
                    report.tests("wasm tests", || browser_tests(workspace, &site, &[PARITY]));
                }
                if wanted(Part::Browser) {
                    let filter: Vec<&str> = ["--skip", PARITY].into_iter().chain(options.filter.as_deref()).collect();
                    report.tests("browser tests", || browser_tests(workspace, &site, &filter));
                }
            }
            Err(error) => report.check("demo site", || Err(error)),
        }
    }
    if options.part == Some(Part::Training) {
        report.check("training tests", || training(workspace));
    }
    Ok(report.finish())
}

/// The tests of the programs in models/.
fn training(workspace: &Workspace) -> Result<()> {
    let models = workspace.root().join("models");
    let python =
        python::Environment::from_file("training", &models.join("requirements.txt"))?.find_or_install(workspace)?;
    process::run(Command::new(&python).arg("test_training.py").current_dir(&models))?;
    let command = command_line::build(workspace, Profile::Release, &page::build(workspace)?.folder)?;
    process::run(Command::new(&python).arg("test_import.py").current_dir(&models).env("PRIVATE_EYE_COMMAND", command))
}

/// The demo site, built by the command that the tests compile anyway.
pub fn site(workspace: &Workspace) -> Result<Site> {
    site::build(workspace, Profile::Tests)
}

fn formatting(workspace: &Workspace) -> Result<()> {
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let denied = ["--locked", "--", "-D", "warnings"];
    process::run(workspace.cargo().args(["clippy", "--workspace", "--all-targets"]).args(denied))?;
    // No part of --all-targets, because it runs only beside a browser.
    process::run(workspace.cargo().args(["clippy", "--workspace", "--test", "browser"]).args(denied))
}

fn page_without_warnings(workspace: &Workspace) -> Result<()> {
    match page::build(workspace)?.warnings {
        0 => Ok(()),
        count => bail!("{count} compiler warnings in what the browser gets; they are shown above"),
    }
}

fn native(workspace: &Workspace) -> Result<Count> {
    let python = python::find_or_install(workspace);
    let mut library = workspace.cargo();
    library.args(["test", "--package", "private-eye", "--locked", "--no-fail-fast"]);
    if page::folder(workspace).is_dir() {
        library.env(command_line::PAGE, page::folder(workspace));
    }
    if let Ok(python) = &python {
        library.env("PRIVATE_EYE_PYTHON", python);
    }
    let mut tools = workspace.cargo();
    tools.args(["test", "--package", "xtask", "--locked", "--no-fail-fast"]);
    let count = report::count(&mut library)? + report::count(&mut tools)?;
    // Late, so that the tests that need no Python have run.
    python?;
    Ok(count)
}

/// Runs those tests in real browsers that `filter`, arguments of a test program, lets through.
pub fn browser_tests(workspace: &Workspace, site: &Site, filter: &[&str]) -> Result<Count> {
    let count = report::count(&mut browser_program(workspace, site, filter)?)?;
    if count == Count::default() {
        bail!("no browser test matches {}", filter.join(" "));
    }
    Ok(count)
}

/// The browser tests as a command, after everything that they need has been installed and built.
pub fn browser_program(workspace: &Workspace, site: &Site, arguments: &[&str]) -> Result<Command> {
    let browsers = browser::all(workspace)?;
    let packages = packed::build(workspace, site)?;
    let mut tests: Command = workspace.cargo();
    tests.args(["test", "--package", "private-eye", "--locked", "--test", "browser", "--"]).args(arguments);
    tests.env(command_line::PAGE, page::folder(workspace));
    tests.env("PRIVATE_EYE_SITE", &site.folder).env("PRIVATE_EYE_PICTURES", &site.pictures);
    tests.env("PRIVATE_EYE_SCREENSHOTS", workspace.target("screenshots"));
    tests.env("PRIVATE_EYE_AXE", packages.axe).env("PRIVATE_EYE_PACKED_SITE", packages.site);
    tests.envs(browsers);
    say("starting the tests in Chromium, Firefox and WebKit");
    Ok(tests)
}
