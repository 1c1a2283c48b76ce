//! The search page and the default weights that this command carries inside.

use private_eye::collection::sha256;
use std::path::Path;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// What the service worker's lines look like before the page is part of a site.
const LIST: &str = "const PRECACHE = ";
const EMPTY_LIST: &str = "const PRECACHE = /* filled in by the build */ [];";
const EMPTY_VERSION: &str = "const VERSION = \"\";";
const SERVICE_WORKER: &str = "sw.js";
/// Hex digits of a file's SHA-256 in the list: enough to tell versions apart, and the list is part of every first visit.
const LISTED: usize = 8;
/// For those who build with the page's module, and for other pages that wear the element: no visitor of the page needs
/// them, and none is made to download them. Nor the drawing that a PNG icon was made from.
const FOR_AUTHORS: [&str; 9] = [
    "www/icons/maskable.svg",
    "www/examples/",
    "www/private-eye.d.ts",
    "www/package.json",
    "www/README.md",
    "www/LICENSE",
    "www/private-eye.js",
    "www/element",
    "www/shared.js",
];

/// The default weights, where this command was compiled with them.
pub fn weights() -> Option<&'static [u8]> {
    embedded::WEIGHTS
}

/// The page's files for a site of this title, by their path in the site; empty where this command was compiled
/// without the page.
pub fn files(title: &str) -> Vec<(String, Vec<u8>)> {
    assemble(embedded::PAGE, title)
}

/// Writes the title into the page, and the list of the page's files into its service worker.
fn assemble(page: &[(&str, &[u8])], title: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = page
        .iter()
        .map(|(name, bytes)| {
            let escape = match *name {
                "index.html" => escape_html,
                "manifest.webmanifest" => escape_json,
                _ => return ((*name).to_owned(), bytes.to_vec()),
            };
            let text = String::from_utf8_lossy(bytes).replace("{{title}}", &escape(title));
            ((*name).to_owned(), text.into_bytes())
        })
        .collect();

    let list: Vec<(String, String)> = files
        .iter()
        .filter(|(name, _)| name != SERVICE_WORKER && !FOR_AUTHORS.iter().any(|start| name.starts_with(start)))
        .map(|(name, bytes)| (name.clone(), sha256(bytes)[..LISTED].to_owned()))
        .collect();
    let list = serde_json::Value::from_iter(list.into_iter().map(|(name, hash)| serde_json::json!([name, hash])));
    let list = list.to_string();
    let version = &sha256(list.as_bytes())[..16];
    for (_, bytes) in files.iter_mut().filter(|(name, _)| name == SERVICE_WORKER) {
        let script = String::from_utf8_lossy(bytes)
            .replace(EMPTY_LIST, &format!("{LIST}{list};"))
            .replace(EMPTY_VERSION, &format!("const VERSION = \"{version}\";"));
        *bytes = script.into_bytes();
    }
    files
}

/// What is wrong with the page of a site: files that its service worker lists and that are missing or changed. Such a
/// page could not be kept for offline use. A site without a page has nothing to be wrong.
pub fn problems(site: &Path) -> Vec<String> {
    let Ok(script) = fs_err::read_to_string(site.join(SERVICE_WORKER)) else { return Vec::new() };
    let list = script.lines().find_map(|line| line.strip_prefix(LIST)?.strip_suffix(';'));
    let Some(Ok(list)) = list.map(serde_json::from_str::<Vec<(String, String)>>) else {
        return vec![format!("{SERVICE_WORKER} does not list the files of the page")];
    };
    let problem = |(name, hash): (String, String)| match fs_err::read(site.join(&name)) {
        Err(error) => Some(format!("{name} cannot be read: {error}")),
        Ok(bytes) if hash.len() < LISTED || !sha256(&bytes).starts_with(&hash) => {
            Some(format!("{name} is not the file that {SERVICE_WORKER} lists: its SHA-256 differs"))
        }
        Ok(_) => None,
    };
    list.into_iter().filter_map(problem).collect()
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The inside of a JSON string.
fn escape_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: [(&str, &[u8]); 5] = [
        ("www/examples/module.js", b"example()"),
        ("www/package.json", b"{}"),
        ("index.html", b"<title>{{title}}</title>"),
        ("manifest.webmanifest", b"{\"name\": \"{{title}}\"}"),
        ("sw.js", b"const PRECACHE = /* filled in by the build */ [];\nconst VERSION = \"\";\n"),
    ];

    fn file(files: &[(String, Vec<u8>)], name: &str) -> String {
        let (_, bytes) = files.iter().find(|(file, _)| file == name).unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    }

    #[test]
    fn the_title_is_escaped_where_it_goes() {
        let files = assemble(&PAGE, "\"Cats\" <& dogs>");
        assert_eq!(file(&files, "index.html"), "<title>&quot;Cats&quot; &lt;&amp; dogs&gt;</title>");
        let manifest: serde_json::Value = serde_json::from_str(&file(&files, "manifest.webmanifest")).unwrap();
        assert_eq!(manifest["name"], "\"Cats\" <& dogs>");
    }

    #[test]
    fn the_service_worker_lists_every_other_file_that_visitors_need_with_its_hash() {
        let files = assemble(&PAGE, "A");
        let script = file(&files, "sw.js");
        let line = script.lines().next().unwrap();
        let list = line.strip_prefix("const PRECACHE = ").unwrap().strip_suffix(';').unwrap();
        let list: Vec<(String, String)> = serde_json::from_str(list).unwrap();
        assert_eq!(
            list.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["index.html", "manifest.webmanifest"]
        );
        assert_eq!(list[0].1, sha256(file(&files, "index.html").as_bytes())[..LISTED]);
        assert_ne!(file(&assemble(&PAGE, "B"), "sw.js"), script, "another page must have another version");
    }

    #[test]
    fn a_changed_or_missing_file_of_the_page_is_named() {
        let site = tempfile::tempdir().unwrap();
        assert!(problems(site.path()).is_empty());
        for (name, bytes) in assemble(&PAGE, "A") {
            let path = site.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
        assert!(problems(site.path()).is_empty());
        fs_err::write(site.path().join("index.html"), "changed").unwrap();
        fs_err::remove_file(site.path().join("manifest.webmanifest")).unwrap();
        let problems = problems(site.path());
        assert!(problems.len() == 2 && problems[0].contains("index.html") && problems[1].contains("webmanifest"));
    }
}
