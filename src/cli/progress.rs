//! What is told beside the result, on stderr: progress bars on a terminal, notes, what was left out.

use super::works::Skipped;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `length`; it draws nothing unless stderr is a terminal.
pub fn bar(what: &str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg:<12} {wide_bar} {pos}/{len}  {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}

/// A line for work that cannot be counted.
pub fn spinner(what: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

/// A line for what somebody should know although nothing is wrong.
pub fn note(text: &str) {
    eprintln!("note: {text}");
}

/// Lists what was left out, a line each.
pub fn list_skipped(skipped: &[Skipped]) {
    for Skipped { what, reason } in skipped {
        eprintln!("skipped {what}: {reason}");
    }
}
