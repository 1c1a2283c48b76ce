//! The command line, run as a user runs it, on pictures drawn by the tests.

mod support;

use private_eye::{
    image::{Limits, Look, decode},
    index::Random,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use support::{command, draw_folder, draw_to, query, run, tiny_network, tree, workplace};

/// `build pictures --out site` with the small network.
fn build(folder: &Path, more: &[&str]) -> support::Run {
    let arguments = ["build", "pictures", "--out", "site", "--model", "tiny.safetensors"];
    run(folder, arguments.iter().chain(more))
}

#[test]
fn every_picture_of_a_site_finds_itself_first() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 14);
    build(folder, &[]).done();
    for file in fs_err::read_dir(folder.join("pictures")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        for more in [&["-n", "3"][..], &["-n", "3", "--exact"], &["-n", "3", "--effort", "14"]] {
            let matches = query(folder, "site", &format!("pictures/{name}"), more);
            assert_eq!(matches.len(), 3);
            assert_eq!(matches[0]["file"], *name);
            assert!(matches[0]["score"].as_f64().unwrap() >= 0.999);
            assert_eq!(matches[0]["verdict"], "same");
        }
    }
}

#[test]
fn query_looks_only_among_the_works_that_are_asked_for() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 8);
    let mut names: Vec<String> = fs_err::read_dir(folder.join("pictures"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let rows =
        names.iter().enumerate().map(|(row, name)| format!("{name},{},{}\n", ["Ink", "Oil; Ink"][row % 2], 1900 + row));
    fs_err::write(folder.join("table.csv"), "file,Style,Date\n".to_owned() + &rows.collect::<String>()).unwrap();
    build(folder, &["--metadata", "table.csv"]).done();
    let picture = format!("pictures/{}", names[3]);
    let ids = |more: &[&str]| -> Vec<u64> {
        let mut ids: Vec<u64> =
            query(folder, "site", &picture, more).iter().map(|found| found["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&["--where", "style=oil"]), [1, 3, 5, 7]);
    assert_eq!(ids(&["--where", "Style=Ink", "--where", "Year=1903..1905", "--without", "4"]), [3, 5]);
    let said = run(folder, ["query", "site", &picture, "--where", "Date=..1800"]).done();
    assert!(said.contains("No work is left"), "{said}");
    let line = run(folder, ["query", "site", &picture, "--where", "Colour=red"]).failed();
    assert!(line.contains("Colour") && line.contains("Style"), "{line}");
    assert!(!line.contains("pictures/"), "the picture is not to blame: {line}");
    let line = run(folder, ["query", "site", &picture, "--threshold", "2"]).failed();
    assert!(line.contains("the threshold is 2") && !line.contains("pictures/"), "{line}");
    let wrong = run(folder, ["query", "site", &picture, "--where", "red"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("Style=Cubism"), "{}", wrong.err);
}

#[test]
fn query_refuses_a_picture_by_its_name_and_a_film_before_it_is_read() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 2);
    build(folder, &[]).done();
    fs_err::write(folder.join("notes.jpg"), "no picture").unwrap();
    // Nothing but a hole, so that it takes no room on the disk.
    fs_err::File::create(folder.join("film.mkv")).unwrap().file().set_len(10 << 30).unwrap();
    let expected =
        [("notes.jpg", "not a picture"), ("film.mkv", "10737418240 bytes, at most"), ("gone.jpg", "gone.jpg: ")];
    for (picture, said) in expected {
        let line = run(folder, ["query", "site", picture]).failed();
        assert!(line.contains(picture) && line.contains(said), "{line}");
    }
}

#[test]
fn query_prints_matches_in_rank_order_with_their_whole_records() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures/deep"), 6);
    build(folder, &[]).done();
    let matches = query(folder, "site/collection", "pictures/deep/picture-03.gif", &[]);
    assert_eq!(matches.len(), 6);
    for (rank, found) in (1..).zip(&matches) {
        let keys: Vec<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected = ["rank", "id", "file", "title", "score", "distance", "verdict", "work_look", "item"];
        expected.sort_unstable();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
        assert_eq!(found["rank"], rank);
        assert_eq!(found["item"]["title"], found["title"]);
        let (score, distance) = (found["score"].as_f64().unwrap(), found["distance"].as_f64().unwrap());
        assert!((distance - (2.0 - 2.0 * score).max(0.0).sqrt()).abs() < 1e-3);
    }
    assert!(matches.windows(2).all(|pair| pair[0]["score"].as_f64() >= pair[1]["score"].as_f64()));
    assert_eq!(matches[0]["file"], "deep/picture-03.gif");
    assert_eq!(matches[0]["title"], "Picture 03");
    assert_eq!(matches[0]["id"], 3);
}

#[test]
fn an_unreadable_file_is_skipped_with_its_name_and_the_reason() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 5);
    fs_err::write(folder.join("pictures/broken.jpg"), b"not a picture at all").unwrap();
    let whole = fs_err::read(folder.join("pictures/picture-01.png")).unwrap();
    fs_err::write(folder.join("pictures/cut off.png"), &whole[..whole.len() / 2]).unwrap();
    fs_err::write(folder.join("pictures/empty.gif"), b"").unwrap();
    let done = build(folder, &[]);
    for name in ["broken.jpg", "cut off.png", "empty.gif"] {
        let line = done.err.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{}", done.err));
        assert!(line.starts_with("skipped ") && line.len() > name.len() + 12, "{line}");
    }
    assert_eq!(done.err.lines().count(), 3, "{}", done.err);
    assert!(done.done().starts_with("5 of 8 went into site"));
}

#[test]
fn with_nothing_readable_the_build_fails_and_leaves_what_was_there() {
    let place = workplace();
    let folder = place.path();
    fs_err::create_dir(folder.join("pictures")).unwrap();
    fs_err::write(folder.join("pictures/a.jpg"), b"no").unwrap();
    assert!(build(folder, &[]).failed().contains("none of 1"));
    assert!(!folder.join("site").exists());

    draw_folder(&folder.join("pictures"), 3);
    build(folder, &[]).done();
    let before = tree(&folder.join("site"));
    fs_err::remove_dir_all(folder.join("pictures")).unwrap();
    fs_err::create_dir(folder.join("pictures")).unwrap();
    assert!(build(folder, &[]).failed().contains("none of 0"));
    assert_eq!(tree(&folder.join("site")), before);
    assert_eq!(fs_err::read_dir(folder).unwrap().count(), 3, "something was left lying about");
}

#[test]
fn a_folder_that_is_no_site_is_not_replaced() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 2);
    fs_err::create_dir(folder.join("site")).unwrap();
    fs_err::write(folder.join("site/thesis.txt"), "years of work").unwrap();
    assert!(build(folder, &[]).failed().contains("site"));
    assert_eq!(fs_err::read_to_string(folder.join("site/thesis.txt")).unwrap(), "years of work");
}

#[test]
fn a_site_with_several_looks_at_each_work_finds_a_part_of_one() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 14);
    // A PNG, so that the middle that is cut out has the very pixels that the build saw.
    let whole = image::open(folder.join("pictures/picture-07.png")).unwrap().to_rgb8();
    let picture = decode(&fs_err::read(folder.join("pictures/picture-07.png")).unwrap(), &Limits::default()).unwrap();
    assert_eq!(picture.rgb, whole.into_raw());
    let middle = Look::Centre(50).at(&picture).unwrap().into_owned();
    let cut = image::RgbImage::from_raw(middle.width, middle.height, middle.rgb).unwrap();
    cut.save(folder.join("middle.png")).unwrap();
    let info = || -> Value { serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap() };

    build(folder, &["--looks", "whole"]).done();
    let once = info();
    build(folder, &["--looks", "whole,centre-50"]).done();
    let twice = info();
    assert_eq!(once["looks"], serde_json::json!(["whole"]));
    assert_eq!(twice["looks"], serde_json::json!(["whole", "centre-50"]));
    assert_eq!((&once["count"], &twice["count"]), (&Value::from(14), &Value::from(14)));
    let vectors = |info: &Value| info["bytes"]["vectors"].as_u64().unwrap();
    assert_eq!(vectors(&twice) - vectors(&once), 14 * (48 + 4));
    let said = run(folder, ["info", "site"]).done();
    assert!(said.contains("2 at each work: whole, centre 50 %"), "{said}");

    let best = query(folder, "site", "middle.png", &["-n", "14"]);
    assert_eq!((&best[0]["file"], &best[0]["work_look"]), (&"picture-07.png".into(), &"centre 50 %".into()));
    assert!(best[0]["score"].as_f64().unwrap() >= 0.999);
    assert_eq!(best.len(), 14);
    let said = run(folder, ["query", "site", "middle.png", "-n", "1"]).done();
    assert!(said.contains("(centre 50 % of the work)"), "{said}");
    run(folder, ["verify", "site"]).done();

    // The numbers of the works, one row each, and those of the whole.
    run(folder, ["export", "site", "--npy", "numbers.npy"]).done();
    let file = npyz::NpyFile::new(fs_err::File::open(folder.join("numbers.npy")).unwrap()).unwrap();
    assert_eq!(file.shape(), [14, 48]);
    build(folder, &["--looks", "whole"]).done();
    run(folder, ["export", "site", "--npy", "whole.npy"]).done();
    assert_eq!(fs_err::read(folder.join("numbers.npy")).unwrap(), fs_err::read(folder.join("whole.npy")).unwrap());
}

#[test]
fn looks_that_cannot_be_are_refused_and_embeddings_have_one_each() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 3);
    for looks in ["centre-50", "centre-50,whole", "whole,whole"] {
        let line = build(folder, &["--looks", looks]).failed();
        assert!(line.contains(looks) && line.contains("whole,centre-50"), "{line}");
    }
    let wrong = build(folder, &["--looks", "whole,half"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("half"), "{}", wrong.err);
    run(folder, ["embed", "pictures", "--out", "e.npy", "--metadata", "e.csv", "--model", "tiny.safetensors"]).done();
    let arguments = ["build", "e.npy", "--metadata", "e.csv", "--looks", "whole,centre-50", "--out", "site"];
    run(folder, arguments.iter().chain(&["--model", "tiny.safetensors"])).done();
    let info: Value = serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap();
    assert_eq!(info["looks"], serde_json::json!(["whole"]));
}

#[test]
fn one_job_and_two_jobs_give_the_same_bytes() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 13);
    build(folder, &["--jobs", "1", "--title", "Same", "--looks", "whole,centre-50"]).done();
    let one = tree(&folder.join("site"));
    build(folder, &["--jobs", "2", "--title", "Same", "--looks", "whole,centre-50"]).done();
    assert!(one == tree(&folder.join("site")), "the sites differ");
    build(folder, &["--jobs", "2", "--title", "Same", "--looks", "whole,centre-50", "--seed", "7"]).done();
    assert!(one != tree(&folder.join("site")), "the seed changes nothing");
}

#[test]
fn a_build_killed_at_any_moment_leaves_the_old_site_or_none() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 8);
    let start = Instant::now();
    build(folder, &["--title", "Old"]).done();
    let whole = start.elapsed();
    let old = tree(&folder.join("site"));

    let mut random = Random::new(11);
    let mut interrupted = 0;
    for round in 0..24 {
        // The first half replaces a site, the second half has none to replace.
        if round == 12 {
            fs_err::remove_dir_all(folder.join("site")).unwrap();
        }
        let mut child = command()
            .current_dir(folder)
            .args(["build", "pictures", "--out", "site", "--model", "tiny.safetensors", "--title", "New"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole.mul_f64(random.below(1000) as f64 / 900.0));
        child.kill().unwrap();
        interrupted += u32::from(!child.wait().unwrap().success());

        let site = folder.join("site");
        let whole = !site.exists() || tree(&site) == old || {
            run(folder, ["verify", "site"]).done();
            run(folder, ["info", "site"]).done().starts_with("New")
        };
        assert!(whole, "a broken site after round {round}");
    }
    assert!(interrupted > 0, "no build was interrupted");
    build(folder, &["--title", "New"]).done();
    run(folder, ["verify", "site"]).done();
    let mut names: Vec<_> = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["pictures", "site", "tiny.safetensors"], "killed builds left something behind");
}

#[test]
fn a_flipped_bit_is_found_and_named() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 4);
    build(folder, &[]).done();
    assert!(run(folder, ["verify", "site"]).done().contains("whole"));

    let mut files: Vec<_> =
        fs_err::read_dir(folder.join("site/collection")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.extend(fs_err::read_dir(folder.join("site/models")).unwrap().map(|entry| entry.unwrap().path()));
    let shards: Vec<_> = files.into_iter().filter(|path| !path.ends_with("manifest.json")).collect();
    assert!(shards.len() >= 6, "{shards:?}");
    for path in shards {
        let name = path.file_name().unwrap().to_str().unwrap();
        let whole = fs_err::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs_err::write(&path, flipped).unwrap();
        let verified = run(folder, ["verify", "site"]);
        assert!(verified.err.contains(name), "{}", verified.err);
        assert!(verified.failed().contains("1 thing is wrong"));
        assert!(run(folder, ["query", "site", "pictures/picture-00.jpg"]).failed().contains(name));
        fs_err::remove_file(&path).unwrap();
        assert!(run(folder, ["verify", "site"]).err.contains(name));
        fs_err::write(&path, whole).unwrap();
    }
    run(folder, ["verify", "site"]).done();
}

#[test]
fn another_model_is_refused_by_name_and_hash() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 3);
    build(folder, &[]).done();
    let other = tiny_network(2);
    fs_err::write(folder.join("other.safetensors"), &other).unwrap();
    let line = run(folder, ["query", "site", "pictures/picture-00.jpg", "--model", "other.safetensors"]).failed();
    let hash = &private_eye::collection::sha256(&other)[..16];
    assert!(line.contains("tiny") && line.contains(hash), "{line}");
}

#[test]
fn a_table_brings_titles_and_every_column_along() {
    let place = workplace();
    let folder = place.path();
    draw_to(&folder.join("pictures/scans/a.png"), 1);
    draw_to(&folder.join("pictures/b.jpg"), 2);
    let table = "\u{feff}scan,label,note\r\na.png,\"Nacht, \"\"still\"\"\",\"line one\nline two\"\r\nmissing.png,Gone,\r\nb,ليلة 睡莲,\r\n";
    fs_err::write(folder.join("works.csv"), table).unwrap();
    let arguments = ["build", "works.csv", "--out", "site", "--model", "tiny.safetensors", "--image-column", "scan"];
    let done = run(folder, arguments.iter().chain(&["--title-column", "label"]));
    assert!(done.err.contains("works.csv, line 4: no picture `missing.png`"), "{}", done.err);
    assert!(done.done().starts_with("2 of 3"));

    let matches = query(folder, "site", "pictures/scans/a.png", &[]);
    assert_eq!(matches[0]["title"], "Nacht, \"still\"");
    assert_eq!(matches[0]["item"]["note"], "line one\nline two");
    assert_eq!(matches[1]["title"], "ليلة 睡莲");
    assert_eq!(matches[1]["file"], "pictures/b.jpg");

    let unknown = run(folder, ["build", "works.csv", "--out", "other", "--model", "tiny.safetensors"]).failed();
    assert!(unknown.contains("--image-column") && unknown.contains("`scan`"), "{unknown}");
}

#[test]
fn a_threshold_above_every_score_says_no_close_match() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 4);
    build(folder, &[]).done();
    draw_to(&folder.join("stranger.png"), 99);
    let strict = ["query", "site", "stranger.png", "--threshold", "1"];
    assert!(run(folder, strict).done().starts_with("No close match."));
    assert!(query(folder, "site", "stranger.png", &strict[3..]).iter().all(|found| found["verdict"] == "none"));
    let open = query(folder, "site", "stranger.png", &["--threshold", "-1"]);
    assert!(open.iter().all(|found| found["verdict"] != "none"));
}

#[test]
fn info_tells_what_a_site_holds() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 4);
    build(folder, &["--title", "Four \"works\""]).done();
    let info: Value = serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap();
    assert_eq!(info["title"], "Four \"works\"");
    assert_eq!(info["count"], 4);
    assert_eq!(info["model"]["name"], "tiny");
    assert_eq!(info["model"]["dim"], 48);
    assert!(info["quality"]["thresholds"]["same"].is_number());
    let shards = fs_err::read_dir(folder.join("site/collection")).unwrap().map(|entry| entry.unwrap());
    let bytes: u64 =
        shards.filter(|entry| entry.file_name() != "manifest.json").map(|entry| entry.metadata().unwrap().len()).sum();
    assert_eq!(info["bytes"]["total"].as_u64().unwrap(), bytes + info["bytes"]["model"].as_u64().unwrap());
    let words = run(folder, ["info", "site"]).done();
    assert!(words.contains("4 works") && words.contains("tiny"), "{words}");
}

#[test]
fn model_info_names_a_weights_file_and_import_refuses_what_is_no_network() {
    let place = workplace();
    let folder = place.path();
    let info: Value =
        serde_json::from_str(&run(folder, ["model", "info", "tiny.safetensors", "--json"]).done()).unwrap();
    assert_eq!((&info["name"], &info["dim"]), (&Value::from("tiny"), &Value::from(48)));
    assert_eq!(info["sha256"], private_eye::collection::sha256(&tiny_network(1)));
    assert!(run(folder, ["model", "info"]).done().contains("512 numbers"));

    draw_folder(&folder.join("pictures"), 9);
    fs_err::write(folder.join("net.onnx"), "no network").unwrap();
    let arguments = ["model", "import", "net.onnx", "--calibrate", "pictures", "--out", "net.safetensors"];
    let line = run(folder, arguments).failed();
    assert!(line.contains("net.onnx"), "{line}");
    assert!(!folder.join("net.safetensors").exists());
}

#[test]
fn wrong_usage_is_told_from_failure_by_the_exit_code() {
    let place = workplace();
    let folder = place.path();
    for usage in [&["build"][..], &["frobnicate"], &["query", "site"], &["build", "x", "--out", "y", "--trees", "0"]] {
        assert_eq!(run(folder, usage).code, Some(2), "{usage:?}");
    }
    assert_eq!(run(folder, ["query", "site", "x.jpg", "--threshold", "nan"]).code, Some(2));
    for help in [&["--help"][..], &["build", "--help"], &["--version"]] {
        run(folder, help).done();
    }
    assert!(run(folder, ["info", "nowhere"]).failed().contains("nowhere"));
    assert!(run(folder, ["verify", "."]).failed().contains("manifest.json"));
    let nothing = run(folder, ["build", "nowhere", "--out", "site", "--model", "tiny.safetensors"]).failed();
    assert!(nothing.contains("nowhere") && nothing.contains("folder"), "{nothing}");
    draw_folder(&folder.join("pictures"), 2);
    build(folder, &[]).done();
    fs_err::write(folder.join("text.jpg"), "words").unwrap();
    assert!(run(folder, ["query", "site", "text.jpg"]).failed().contains("text.jpg"));
}

#[test]
fn the_site_has_the_page_that_the_command_was_compiled_with() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 2);
    let said = build(folder, &["--title", "Cats & <dogs>"]).done();
    if option_env!("PRIVATE_EYE_PAGE").is_none_or(str::is_empty) {
        assert!(said.contains("without the search page"), "{said}");
        return;
    }
    let page = fs_err::read_to_string(folder.join("site/index.html")).unwrap();
    assert!(page.contains("Cats &amp; &lt;dogs&gt;") && !page.contains("{{title}}"));
    let script = fs_err::read_to_string(folder.join("site/sw.js")).unwrap();
    let hash = private_eye::collection::sha256(page.as_bytes());
    assert!(script.contains(&format!("[\"index.html\",\"{}\"]", &hash[..8])), "{script}");
    assert!(!script.contains("const VERSION = \"\""));
}

/// The status line and headers in lower case, and the body, of one request.
fn get(address: &str, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
}

#[test]
fn serve_hands_out_the_site_and_nothing_above_it() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 2);
    build(folder, &[]).done();
    fs_err::write(folder.join("secret.txt"), "secret").unwrap();
    fs_err::write(folder.join("site/engine.wasm"), b"\0asm").unwrap();

    let mut server =
        command().current_dir(folder).args(["serve", "site", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{line}");

    let (head, body) = get(&address, "/collection/manifest.json");
    assert!(head.starts_with("http/1.1 200") && head.contains("cache-control: no-cache"), "{head}");
    assert_eq!(body, fs_err::read(folder.join("site/collection/manifest.json")).unwrap());
    let manifest: Value = serde_json::from_slice(&body).unwrap();
    let shard = manifest["shards"]["vectors"][0]["file"].as_str().unwrap();
    assert!(get(&address, &format!("/collection/{shard}")).0.contains("immutable"));
    assert!(get(&address, "/engine.wasm").0.contains("content-type: application/wasm"));
    for outside in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/secret.txt"] {
        assert!(!get(&address, outside).0.starts_with("http/1.1 200"), "{outside}");
    }

    let interrupted = std::process::Command::new("kill").args(["-INT", &server.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn more_works_than_a_collection_can_hold_are_refused_before_any_is_looked_at() {
    let place = workplace();
    let folder = place.path();
    fs_err::create_dir_all(folder.join("pictures")).unwrap();
    fs_err::write(folder.join("pictures/same.png"), "whatever this is, nobody looks at it").unwrap();
    fs_err::write(folder.join("works.csv"), "file\n".to_owned() + &"pictures/same.png\n".repeat(227_329)).unwrap();
    let looks = "whole,centre-90,centre-80,centre-70,centre-60,centre-50,centre-40,mirrored";
    let arguments = ["build", "works.csv", "--out", "site", "--looks", looks, "--model", "tiny.safetensors"];
    let refused = run(folder, arguments);
    assert!(!refused.err.contains("same.png"), "{}", &refused.err[..refused.err.len().min(2_000)]);
    let line = refused.failed();
    for words in ["works.csv: 227329 works", "8 ways", "227328", "split the collection"] {
        assert!(line.contains(words), "{line}");
    }
    assert!(!folder.join("site").exists());
}

#[test]
fn a_port_in_use_is_named() {
    let place = workplace();
    let folder = place.path();
    draw_folder(&folder.join("pictures"), 2);
    build(folder, &[]).done();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let line = run(folder, ["serve", "site", "--port", &port]).failed();
    assert!(line.contains(&port) && line.contains("--port"), "{line}");
}
