//! Counts what test programs report and says at the end how everything went.

use std::io::{BufRead, BufReader};
use std::ops::Add;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::process::{self, say};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
}

impl Add for Count {
    type Output = Count;

    fn add(self, other: Count) -> Count {
        Count { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Count {
    /// Reads a line like `test result: ok. 12 passed; 0 failed; 1 ignored; …`; any other counts nothing.
    fn in_line(line: &str) -> Count {
        let Some((_, numbers)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return Count::default();
        };
        let number = |what: &str| {
            let words = numbers.split(';').filter_map(|part| part.trim().strip_suffix(what));
            words.filter_map(|word| word.trim().parse().ok()).next().unwrap_or(0)
        };
        Count { passed: number("passed"), failed: number("failed") }
    }
}

/// Runs test programs through cargo, showing what they write.
pub fn count(command: &mut Command) -> Result<Count> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| process::could_not_start(command))?;
    let mut count = Count::default();
    for line in BufReader::new(child.stdout.take().context("the tests' output was not connected")?).lines() {
        let line = line?;
        println!("{line}");
        count = count + Count::in_line(&line);
    }
    // A test program that does not compile or breaks off reports nothing, and still is a failure.
    if !child.wait()?.success() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// How the parts went.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
    total: Count,
}

impl Report {
    pub fn new() -> Report {
        Report::default()
    }

    /// A part that holds or does not; only its failure is counted.
    pub fn check(&mut self, name: &str, part: impl FnOnce() -> Result<()>) {
        self.part(name, || part().map(|()| Count::default()));
    }

    pub fn tests(&mut self, name: &str, part: impl FnOnce() -> Result<Count>) {
        self.part(name, part);
    }

    fn part(&mut self, name: &str, part: impl FnOnce() -> Result<Count>) {
        say(format!("--- {name} ---"));
        let start = Instant::now();
        let result = part();
        let seconds = start.elapsed().as_secs();
        let (count, words) = match result {
            Ok(Count { passed: 0, failed: 0 }) => (Count::default(), "ok".to_owned()),
            Ok(count) => (count, format!("{} passed, {} failed", count.passed, count.failed)),
            Err(error) => (Count { passed: 0, failed: 1 }, format!("failed: {error:#}")),
        };
        if count.failed > 0 {
            say(format!("{name}: {words}"));
        }
        self.total = self.total + count;
        self.lines.push(format!("{name:<14} {seconds:>5} s  {words}"));
    }

    /// Prints one line for each part and one for all.
    pub fn finish(self) -> ExitCode {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_test_programs_are_added_and_other_lines_count_nothing() {
        let lines = [
            "running 3 tests",
            "test a_test ... ok",
            "test result: FAILED. 2 passed; 1 failed; 4 ignored; 0 measured; 9 filtered out; finished in 0.01s",
            "test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        let total = lines.into_iter().map(Count::in_line).fold(Count::default(), Count::add);
        assert_eq!(total, Count { passed: 42, failed: 1 });
    }

    #[test]
    fn a_test_program_that_breaks_off_counts_as_one_failure() {
        let broken = count(Command::new("sh").args(["-c", "echo 'running 3 tests'; exit 101"])).unwrap();
        assert_eq!(broken, Count { passed: 0, failed: 1 });
        let failing = "echo 'test result: FAILED. 1 passed; 2 failed; 0 ignored'; exit 101";
        assert_eq!(count(Command::new("sh").args(["-c", failing])).unwrap(), Count { passed: 1, failed: 2 });
    }

    #[test]
    fn a_part_that_fails_is_counted_and_the_next_one_still_runs() {
        let mut report = Report::new();
        report.check("breaks", || anyhow::bail!("no such thing"));
        report.tests("works", || Ok(Count { passed: 5, failed: 0 }));
        assert_eq!(report.total, Count { passed: 5, failed: 1 });
        assert_eq!(report.lines.len(), 2);
    }
}
