//! Every command of the README, run as it stands there, in its order.

mod support;

use std::{
    env, fmt,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};
use support::draw_to;

const README: &str = include_str!("../README.md");

/// The lines of the README's blocks of this language.
fn lines(language: &str) -> Vec<&'static str> {
    let blocks = README.split("\n```").skip(1).step_by(2);
    let blocks = blocks.filter_map(|block| block.split_once('\n')).filter(|(first, _)| *first == language);
    blocks.flat_map(|(_, commands)| commands.lines()).filter(|line| !line.trim().is_empty()).collect()
}

/// What the README takes for granted: pictures, a table of them, a photo, and a table of photos with right answers.
fn prepare(folder: &Path) {
    let mut table = "Image,Title\n".to_owned();
    for seed in 0..12 {
        draw_to(&folder.join(format!("pictures/work-{seed:02}.jpg")), seed);
        let row = format!("work-{seed:02}.jpg,\"Work {seed}, untitled\"\n");
        table.push_str(&row);
    }
    fs_err::write(folder.join("works.csv"), table).unwrap();
    fs_err::copy(folder.join("pictures/work-07.jpg"), folder.join("photo.jpg")).unwrap();
    fs_err::write(folder.join("labels.csv"), "image,match\nphoto.jpg,work-07.jpg\n").unwrap();
}

/// A shell in `folder` to which `private-eye` is the command under test.
fn shell(folder: &Path, line: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_private-eye")).parent().unwrap().to_owned();
    let path = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let path = env::join_paths([program].into_iter().chain(path)).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", line]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    shell
}

#[test]
fn every_command_of_the_readme_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prepare(folder);
    let commands = lines("sh");
    let mut ran = 0;
    for line in commands.iter().filter(|line| !line.starts_with("cargo xtask ")) {
        assert!(line.starts_with("private-eye "), "nothing tests this line of the README: {line}");
        if line.starts_with("private-eye serve ") {
            assert_serves(folder, line);
        } else {
            let output = shell(folder, line).output().unwrap();
            let said = Said(&output.stdout, &output.stderr);
            assert!(output.status.success(), "{line}\n{said}");
            if line.starts_with("private-eye query ") {
                assert!(said.to_string().contains("work-07.jpg"), "{line}\n{said}");
            }
        }
        ran += 1;
    }
    assert!(ran >= 9, "the README has lost commands: {commands:?}");
    for made in ["site/collection/manifest.json", "vectors.npy", "from-vectors/collection/manifest.json"] {
        assert!(folder.join(made).is_file(), "{made}");
    }
}

/// Starts a server that never ends, asks it for the collection, and ends it.
fn assert_serves(folder: &Path, line: &str) {
    struct Stopped(Child);
    impl Drop for Stopped {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
    // A free port, in case that 8080 is taken; `exec`, so that stopping the shell stops the server.
    let mut server = Stopped(shell(folder, &format!("exec {line} --port 0")).stdout(Stdio::piped()).spawn().unwrap());
    let mut address = String::new();
    let mut said = BufReader::new(server.0.stdout.take().unwrap());
    while !address.contains("127.0.0.1:") {
        address.clear();
        assert!(said.read_line(&mut address).unwrap() > 0, "{line} ended without an address");
    }
    let port = address.split("127.0.0.1:").nth(1).unwrap();
    let port: u16 = port.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = "GET /collection/manifest.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

/// What a command wrote.
struct Said<'a>(&'a [u8], &'a [u8]);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", String::from_utf8_lossy(self.0), String::from_utf8_lossy(self.1))
    }
}
