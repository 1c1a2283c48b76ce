//! Debian packages, where this machine has them and lets us install them.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{self, say};

/// Installs packages, or says which command a person would have to type.
pub fn install(packages: &[&str], why: &str) -> Result<()> {
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if process::find_program(&["apt-get"]).is_none() {
        bail!(
            "{why}, and there is no apt-get here; install by other means what these Debian packages hold: {}",
            packages.join(" ")
        );
    }
    let Some(mut prefix) = privilege() else {
        bail!("{why}, and installing needs root; type this, then try again: sudo {by_hand}");
    };
    say(format!("{why}: installing {} by apt", packages.join(", ")));
    prefix.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]);
    // Fails where one of several package sources is out of reach; whether that matters, the installation shows.
    if process::run(apt(&prefix).arg("update")).is_err() {
        say("the lists of packages could not all be renewed; trying with those that are here");
    }
    let mut install = apt(&prefix);
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    // Package scripts are chatty: their output is shown only when they fail.
    process::output(&mut install).map(drop).with_context(|| format!("{why}; this did not help: {by_hand}"))
}

fn apt(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

/// What to put before a command that needs root; `None` where root is out of reach without a password.
fn privilege() -> Option<Vec<&'static str>> {
    let id = process::output(Command::new("id").arg("-u")).ok()?;
    if id.trim() == "0" {
        return Some(Vec::new());
    }
    process::succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo", "-n"])
}
