//! What the Python original did must go on working: embeddings raw and normalized, an index from a `.npy` file with its
//! metadata, fifty trees, `find` with id, distance and record, the threshold, and both of its tables.

mod support;

use private_eye::index::Random;
use serde_json::Value;
use std::{path::Path, process::Command};
use support::{draw_to, python, query, run, workplace};

/// Rows of an array as the command wrote it.
fn read_npy(path: &Path) -> Vec<Vec<f32>> {
    let file = npyz::NpyFile::new(fs_err::File::open(path).unwrap()).unwrap();
    assert_eq!(file.order(), npyz::Order::C);
    let [_, columns] = file.shape() else { panic!("{:?}", file.shape()) };
    let columns = *columns as usize;
    file.into_vec::<f32>().unwrap().chunks(columns).map(<[f32]>::to_vec).collect()
}

fn write_npy(path: &Path, shape: &[u64], numbers: &[f32]) {
    use npyz::WriterBuilder;
    let file = fs_err::File::create(path).unwrap();
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd().unwrap();
    writer.extend(numbers).unwrap();
    writer.finish().unwrap();
}

fn length(row: &[f32]) -> f32 {
    row.iter().map(|number| number * number).sum::<f32>().sqrt()
}

#[test]
fn an_embedding_has_512_numbers_raw_or_of_length_one() {
    let place = workplace();
    let folder = place.path();
    draw_to(&folder.join("a.png"), 1);
    draw_to(&folder.join("more/b.jpg"), 2);
    fs_err::write(folder.join("more/notes.txt"), "no picture").unwrap();
    let said = run(folder, ["embed", "a.png", "more", "--raw", "--out", "raw.npy"]);
    assert!(said.err.contains("notes.txt"), "{}", said.err);
    assert!(said.done().starts_with("2 of 3 pictures"));
    run(folder, ["embed", "a.png", "more/b.jpg", "--out", "normalized.npy"]).done();

    let (raw, normalized) = (read_npy(&folder.join("raw.npy")), read_npy(&folder.join("normalized.npy")));
    assert_eq!((raw.len(), normalized.len()), (2, 2));
    for (raw, normalized) in raw.iter().zip(&normalized) {
        assert_eq!((raw.len(), normalized.len()), (512, 512));
        assert!((length(normalized) - 1.0).abs() < 1e-5);
        let long = length(raw);
        assert!((long - 1.0).abs() > 0.1, "raw, but of length {long}");
        assert!(raw.iter().zip(normalized).all(|(raw, normalized)| (raw / long - normalized).abs() < 1e-5));
    }
    assert_ne!(normalized[0], normalized[1]);
}

#[test]
fn numpy_reads_what_embed_writes() {
    let place = workplace();
    let folder = place.path();
    draw_to(&folder.join("a.png"), 1);
    run(folder, ["embed", "a.png", "--model", "tiny.safetensors", "--out", "a.npy"]).done();
    let bytes = fs_err::read(folder.join("a.npy")).unwrap();
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    let header = String::from_utf8_lossy(&bytes[10..bytes.len() - 48 * 4]);
    for part in ["'descr': '<f4'", "'fortran_order': False", "'shape': (1, 48"] {
        assert!(header.contains(part), "{header}");
    }
    let script =
        "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, abs(numpy.linalg.norm(a) - 1) < 1e-5)";
    let output = Command::new(python("numpy")).args(["-c", script]).arg(folder.join("a.npy")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "(1, 48) float32 True");
}

#[test]
fn a_named_picture_that_cannot_be_embedded_leaves_no_file() {
    let place = workplace();
    let folder = place.path();
    draw_to(&folder.join("a.png"), 1);
    fs_err::write(folder.join("b.png"), "no picture").unwrap();
    let line = run(folder, ["embed", "a.png", "b.png", "--model", "tiny.safetensors", "--out", "x.npy"]).failed();
    assert!(line.contains("b.png"), "{line}");
    assert!(!folder.join("x.npy").exists());
}

/// A collection of random embeddings among which one belongs to a drawn picture.
fn embeddings_of_many(folder: &Path) -> usize {
    draw_to(&folder.join("work.png"), 5);
    run(folder, ["embed", "work.png", "--raw", "--out", "one.npy"]).done();
    let own = read_npy(&folder.join("one.npy")).remove(0);
    let mut random = Random::new(3);
    let mut rows: Vec<f32> = (0..300 * 512).map(|_| random.below(1000) as f32 / 500.0).collect();
    rows[123 * 512..124 * 512].copy_from_slice(&own);
    // The original saved each embedding as a row of its own.
    write_npy(&folder.join("embeddings.npy"), &[300, 1, 512], &rows);
    123
}

#[test]
fn an_index_from_a_npy_file_finds_id_distance_and_record() {
    let place = workplace();
    let folder = place.path();
    let own = embeddings_of_many(folder);
    let mut table = "Author,Styles,Date,Id,URL,Title,OriginalTitle,image_urls,images\n".to_owned();
    for row in 0..300 {
        table += &format!(
            "Maker {row},Realism,18{:02},{row},https://x/{row},Work {row},,,\"[{{'url': 'u', 'path': 'full/{row}.jpg'}}]\"\n",
            row % 100
        );
    }
    fs_err::write(folder.join("data.csv"), table).unwrap();
    let said = run(folder, ["build", "embeddings.npy", "--metadata", "data.csv", "--out", "site", "--trees", "50"]);
    assert!(said.err.contains("taken for those of resnet18") && said.err.contains("--model"), "{}", said.err);
    let said = said.done();
    assert!(said.starts_with("300 of 300"), "{said}");

    let info: Value = serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap();
    let trees: u64 =
        info["shards"]["forest"].as_array().unwrap().iter().map(|shard| shard["count"].as_u64().unwrap()).sum();
    assert_eq!(trees, 50);
    assert_eq!(info["bytes"]["samples"], 0);

    for more in [&["--exact"][..], &["--effort", "300"]] {
        let matches = query(folder, "site", "work.png", more);
        assert_eq!(matches[0]["id"], own);
        assert!(matches[0]["score"].as_f64().unwrap() >= 0.999);
        assert!(matches[0]["distance"].as_f64().unwrap() < 0.05);
        assert_eq!(matches[0]["verdict"], "same");
        assert_eq!(matches[0]["file"], "123.jpg");
        let item = &matches[0]["item"];
        assert_eq!((&item["Author"], &item["maker"]), (&Value::from("Maker 123"), &Value::from("Maker 123")));
        assert_eq!(item["URL"], "https://x/123");
        assert!(matches[1]["distance"].as_f64() > matches[0]["distance"].as_f64());
    }
    // The name that the original gave to this command.
    let found = run(folder, ["find", "site", "work.png", "-n", "1"]).done();
    assert!(found.contains("Work 123, Maker 123"), "{found}");

    draw_to(&folder.join("stranger.png"), 6);
    let strict = run(folder, ["query", "site", "stranger.png", "--threshold", "0.9999"]).done();
    assert!(strict.starts_with("No close match."), "{strict}");
    run(folder, ["verify", "site"]).done();
}

#[test]
fn embeddings_are_joined_to_a_larger_table_by_their_file_names() {
    let place = workplace();
    let folder = place.path();
    for seed in 0..3 {
        draw_to(&folder.join(format!("art/{seed}.png")), seed);
    }
    run(folder, ["embed", "art", "--model", "tiny.safetensors", "--out", "e.npy"]).done();
    fs_err::write(folder.join("names.txt"), "0.png\n1.png\n2.png\n").unwrap();
    let list = |path: &str| format!("\"[{{'path': 'full/{path}', 'url': ''}}]\"");
    let table = format!("Author,Title,images\nA,No picture,\nB,Two,{}\nC,Zero,{}\n", list("2.png"), list("0.png"));
    fs_err::write(folder.join("data.csv"), table).unwrap();
    let arguments = ["build", "e.npy", "--metadata", "data.csv", "--names", "names.txt", "--model", "tiny.safetensors"];
    let said = run(folder, arguments.iter().chain(&["--out", "site"]));
    assert!(!said.err.contains("taken for"), "a network that was named needs no note: {}", said.err);
    said.done();
    for (picture, title) in [("art/0.png", "Zero"), ("art/1.png", "1"), ("art/2.png", "Two")] {
        assert_eq!(query(folder, "site", picture, &[])[0]["title"], title);
    }
}

#[test]
fn embeddings_of_another_length_or_kind_are_refused() {
    let place = workplace();
    let folder = place.path();
    write_npy(&folder.join("e.npy"), &[2, 5], &[1.0; 10]);
    let line = run(folder, ["build", "e.npy", "--out", "site", "--model", "tiny.safetensors"]).failed();
    assert!(line.contains("5 numbers") && line.contains("48"), "{line}");
    fs_err::write(folder.join("e.npy"), "not numpy").unwrap();
    let line = run(folder, ["build", "e.npy", "--out", "site", "--model", "tiny.safetensors"]).failed();
    assert!(line.contains("e.npy"), "{line}");
    assert!(!folder.join("site").exists());
}

#[test]
fn the_wikiart_table_finds_pictures_by_link_by_title_and_by_artist() {
    let place = workplace();
    let folder = place.path();
    let names = ["images/claude-monet/impression-sunrise.jpg", "images/Die Nacht.PNG", "images/li-cheng-读碑图.jpg"];
    for (seed, name) in (0..).zip(names) {
        draw_to(&folder.join(name), seed);
    }
    let table = "Style,Artwork,Artist,Date,Link\n\
        Impressionism,\"Impression,\nSunrise\",Claude Monet,1872,https://uploads1.wikiart.org/00129/images/claude-monet/impression-sunrise.jpg!Large.jpg\n\
        Symbolism,\"Die \"\"Nacht\"\"\",Ferdinand Hodler,1890,https://uploads.wikiart.org/images/1.jpg\n\
        山水画,读碑图,Li Cheng,960,\n\
        Realism,لا شيء,No One,,https://uploads.wikiart.org/images/nothing-here.jpg\n";
    fs_err::write(folder.join("wikiart_scraped.csv"), table).unwrap();
    let said = run(folder, ["build", "wikiart_scraped.csv", "--out", "site", "--model", "tiny.safetensors"]);
    assert!(said.err.contains("line 6: no picture `images/nothing-here.jpg`"), "{}", said.err);
    assert!(said.done().starts_with("3 of 4"));
    let expected = [
        ("Impression,\nSunrise", "Claude Monet", "1872", "Impressionism"),
        ("Die \"Nacht\"", "Ferdinand Hodler", "1890", "Symbolism"),
        ("读碑图", "Li Cheng", "960", "山水画"),
    ];
    for (name, (title, maker, year, style)) in names.iter().zip(expected) {
        let found = query(folder, "site", name, &["-n", "1"]).remove(0);
        assert_eq!(found["file"], *name);
        let item = &found["item"];
        assert_eq!((&item["title"], &item["maker"]), (&Value::from(title.trim()), &Value::from(maker)));
        assert_eq!((&item["year"], &item["style"]), (&Value::from(year), &Value::from(style)));
        assert_eq!(item["Artwork"], title);
    }
}

#[test]
fn the_larger_table_finds_pictures_by_the_first_path_of_their_python_list() {
    let place = workplace();
    let folder = place.path();
    draw_to(&folder.join("pictures/full/0a5f.jpg"), 1);
    draw_to(&folder.join("pictures/full/7b.jpg"), 2);
    let columns = "Author,Styles,Date,Id,URL,Title,OriginalTitle,Series,Genre,Media,Location,Dimensions,WikiDescription,Tags,image_urls,images";
    let row = |author: &str, title: &str, description: &str, images: &str| {
        let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let cells = [
            author,
            "Baroque",
            "1642",
            "57726d",
            "https://x/y",
            title,
            "",
            "",
            "portrait",
            "oil, canvas",
            "",
            "",
            description,
            "night",
            "['https://x/z.jpg']",
            images,
        ];
        cells.map(quote).join(",")
    };
    let table = [
        columns.to_owned(),
        row(
            "Rembrandt",
            "الحرس الليلي",
            "It's \"large\",\n\nand dark",
            r#"[{'url': 'https://x/z.jpg', 'path': 'full/0a5f.jpg', 'checksum': 'ab', 'status': "downloaded"}, {'path': 'full/7b.jpg'}]"#,
        ),
        row("Nobody", "Nothing", "", "[]"),
        row("夏圭", "溪山清远", "长卷", "[{'path': 'full/7b.jpg'}]"),
    ];
    fs_err::write(folder.join("data.csv"), table.join("\r\n")).unwrap();
    let arguments = ["build", "data.csv", "--pictures", "pictures", "--out", "site", "--model", "tiny.safetensors"];
    let said = run(folder, arguments);
    assert!(said.err.contains("data.csv, line 5: it names no picture"), "{}", said.err);
    assert!(said.done().starts_with("2 of 3"));
    let found = query(folder, "site", "pictures/full/0a5f.jpg", &[]);
    assert_eq!(found[0]["title"], "الحرس الليلي");
    assert_eq!(found[0]["item"]["maker"], "Rembrandt");
    assert_eq!(found[0]["item"]["WikiDescription"], "It's \"large\",\n\nand dark");
    assert_eq!(found[1]["title"], "溪山清远");
    let info: Value = serde_json::from_str(&run(folder, ["info", "site", "--json"]).done()).unwrap();
    let named: Vec<&str> = info["columns"].as_array().unwrap().iter().map(|column| column.as_str().unwrap()).collect();
    assert_eq!(named.join(","), columns);
}
