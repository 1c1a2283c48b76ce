use std::fmt::Write;
use std::thread;

use serde_json::{Map, Value, json};

use crate::bench::page;
use crate::bench::plot::{self, Axis, Series};
use crate::bench::samples::median;

/// What the tables call the libraries of `compare.py`.
pub const LIBRARIES: [(&str, &str); 4] =
    [("ours", "Private Eye"), ("annoy", "Annoy 1.17.3"), ("hnswlib", "hnswlib"), ("usearch", "usearch, int8")];

/// Everything that was measured.
pub struct Figures {
    /// What each library's build took: `build_s` and `bytes`; of ours, and of the page's collection, `trees`.
    pub indexes: Map<String, Value>,
    /// What `compare.py` found; null where nobody was compared.
    pub compared: Value,
    /// What `index-bench crossover` found; null likewise.
    pub crossover: Value,
    /// What `index-bench trees` found; null likewise.
    pub trees: Value,
    /// What the page found.
    pub found: Value,
    pub what: String,
}

impl Figures {
    fn library(&self, name: &str) -> &Value {
        &self.compared[name]
    }

    fn built(&self, name: &str, what: &str) -> &Value {
        self.indexes.get(name).map_or(&Value::Null, |index| &index[what])
    }

    /// Recall and queries per second of each setting, ascending by recall.
    fn points(&self, name: &str) -> Vec<(f64, f64)> {
        let points = self.library(name)["points"].as_array().into_iter().flatten();
        let mut points: Vec<(f64, f64)> =
            points.filter_map(|point| Some((point["recall"].as_f64()?, point["qps"].as_f64()?))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// The most candidates that ours was searched with that are fewer than Annoy's by default, and the recall with them.
    fn beside_annoy(&self) -> Option<(f64, f64)> {
        let theirs = self.library("annoy")["default"]["candidates"].as_f64()?;
        let points = self.library("ours")["points"].as_array().into_iter().flatten();
        let points = points.filter_map(|point| Some((point["candidates"].as_f64()?, point["recall"].as_f64()?)));
        points.filter(|(candidates, _)| *candidates < theirs).max_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn page_ms(&self, what: &str) -> f64 {
        let samples: Vec<f64> = self.found[what].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        median(&samples)
    }

    pub fn json(&self) -> Value {
        let of_each = |names: &[&str], of: &dyn Fn(&str) -> Value| -> Value {
            Value::Object(names.iter().map(|name| ((*name).to_owned(), of(name))).collect())
        };
        let all = LIBRARIES.map(|(name, _)| name);
        let default = |name: &str| {
            let default = &self.library(name)["default"];
            json!({ "recall": default["recall"], "candidates": default["candidates"] })
        };
        let at = |recall: f64| of_each(&all, &|name| json!(at_recall(&self.points(name), recall)));
        json!({
            "n": self.found["n"],
            "ours_bytes": self.built("ours", "bytes"),
            "annoy_bytes": self.built("annoy", "bytes"),
            "build_s": of_each(&["ours", "annoy"], &|name| self.built(name, "build_s").clone()),
            "default": of_each(&["ours", "annoy"], &default),
            "beside_annoy": self.beside_annoy().map(|(candidates, recall)| json!({ "recall": recall, "candidates": candidates })),
            "qps_at_095": at(0.95),
            "qps_at_099": at(0.99),
            "page": {
                "open_ms": self.page_ms("open_ms"),
                "open_collection_ms": self.page_ms("bare_ms"),
                "open_model_ms": self.page_ms("first_ms"),
                "after_last_byte_ms": self.page_ms("last_byte_ms"),
                "from_device_ms": self.page_ms("device_ms"),
                "query_ms": self.page_ms("query_ms"),
                "exact_ms": self.page_ms("exact_ms"),
                "recall": self.found["recall"],
            },
        })
    }

    pub fn speed_plot(&self) -> String {
        let series = LIBRARIES.map(|(name, label)| Series { label, ours: name == "ours", points: self.points(name) });
        let recall = Axis { label: "recall@10", logarithmic: false };
        plot::curves(recall, Axis { label: "queries a second, one core", logarithmic: true }, &series)
    }

    pub fn bytes_plot(&self) -> String {
        let series = LIBRARIES.map(|(name, label)| {
            let [bytes, recall] = [self.built(name, "bytes"), &self.library(name)["default"]["recall"]]
                .map(|value| value.as_f64().unwrap_or(0.0));
            Series { label, ours: name == "ours", points: vec![(bytes / 1e6, recall)] }
        });
        let bytes = Axis { label: "MB on disk", logarithmic: true };
        plot::curves(bytes, Axis { label: "recall@10 by default", logarithmic: false }, &series)
    }

    pub fn markdown(&self) -> String {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut text = format!(
            "{} {}, {cores} cores, trees of ours: {}.\n\n",
            self.found["n"],
            self.what,
            self.built("site", "trees")
        );
        // Writing to a string cannot fail; here and below.
        if let Value::Object(compared) = &self.compared {
            let _ = writeln!(
                text,
                "![Recall against queries a second](pictures/index-speed.svg)\n\n\
                 ![Recall against bytes on disk](pictures/index-bytes.svg)\n\n\
                 {} queries, medians of {} rounds in turn.\n\n\
                 | | build, s | MB on disk | queries/s at recall .95 | at .99 | recall by default | candidates by default |\n\
                 |---|---:|---:|---:|---:|---:|---:|",
                compared["queries"], compared["rounds"]
            );
            for (name, label) in LIBRARIES {
                let library = self.library(name);
                let [at_95, at_99] = [0.95, 0.99].map(|recall| {
                    at_recall(&self.points(name), recall)
                        .map_or_else(|| "not reached".to_owned(), |qps| format!("{qps:.0}"))
                });
                let candidates = library["default"]["candidates"].as_f64();
                let candidates = candidates.map_or_else(String::new, |candidates| format!("{candidates:.0}"));
                let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
                let _ = writeln!(
                    text,
                    "| {label} | {:.1} | {:.1} | {at_95} | {at_99} | {:.3} | {candidates} |",
                    number(self.built(name, "build_s")),
                    number(self.built(name, "bytes")) / 1e6,
                    number(&library["default"]["recall"]),
                );
            }
            text += "\n";
            if let Some((candidates, recall)) = self.beside_annoy() {
                let _ = writeln!(
                    text,
                    "With {candidates:.0} candidates, fewer than Annoy by default, ours finds {recall:.3}.\n"
                );
            }
        }
        if let Value::Array(forests) = &self.trees {
            text += "| metric | trees | MB | recall | candidates | µs |\n|---|---:|---:|---:|---:|---:|\n";
            for forest in forests {
                let number = |what: &str| forest[what].as_f64().unwrap_or(f64::NAN);
                let _ = writeln!(
                    text,
                    "| {} | {} | {:.1} | {:.3} | {} | {:.0} |",
                    forest["metric"].as_str().unwrap_or_default(),
                    forest["trees"],
                    number("bytes") / 1e6,
                    number("recall"),
                    forest["candidates"],
                    number("us"),
                );
            }
            text += "\n";
        }
        if let Value::Array(sizes) = &self.crossover {
            text += "| items | µs to compare all | µs with enough effort | candidates |\n|---:|---:|---:|---:|\n";
            for size in sizes {
                let [exact, enough] = [&size["exact_us"], &size["enough_us"]].map(|us| us.as_f64().unwrap_or(f64::NAN));
                let _ = writeln!(text, "| {} | {exact:.0} | {enough:.0} | {} |", size["n"], size["candidates"]);
            }
            text += "\n";
        }
        let mib = |what: &str| self.found[what].as_f64().unwrap_or(f64::NAN) / f64::from(1 << 20);
        let _ = writeln!(
            text,
            "| In {} | |\n|---|---:|\n| opening, from the last byte of {:.0} MiB on (400 Mbit/s, stored on the device) | {:.0} ms |\n\
             | opening, from the device | {:.0} ms |\n\
             | opening, all files in memory at once | {:.0} ms |\n\
             | the same without the weights: the collection | {:.0} ms |\n\
             | the same with the first item alone: the weights | {:.0} ms |\n\
             | a query by default ({} candidates) | {:.2} ms |\n| recall@10 by default, beside the exact scan | {:.3} |\n\
             | a query that compares all | {:.2} ms |\n| linear memory | {:.0} MiB |",
            page::browser_name(&self.found),
            mib("bytes"),
            self.page_ms("last_byte_ms"),
            self.page_ms("device_ms"),
            self.page_ms("open_ms"),
            self.page_ms("bare_ms"),
            self.page_ms("first_ms"),
            self.found["looked_at"],
            self.page_ms("query_ms"),
            self.found["recall"].as_f64().unwrap_or(f64::NAN),
            self.page_ms("exact_ms"),
            mib("memory"),
        );
        text
    }
}

/// The most queries a second with at least this recall. Between two settings, the time of a query is taken to grow evenly
/// with the recall.
fn at_recall(ascending: &[(f64, f64)], recall: f64) -> Option<f64> {
    let measured = ascending.iter().filter(|(reached, _)| *reached >= recall).map(|(_, qps)| *qps);
    let between = ascending.windows(2).filter_map(|pair| {
        let [(low, low_qps), (high, high_qps)] = *pair else { return None };
        let part = (recall - low) / (high - low);
        (low < recall && recall < high).then(|| 1.0 / (1.0 / low_qps + (1.0 / high_qps - 1.0 / low_qps) * part))
    });
    measured.chain(between).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::at_recall;

    #[test]
    fn between_two_settings_the_time_of_a_query_grows_with_the_recall() {
        let curve = [(0.90, 1000.0), (1.0, 500.0)];
        assert!((at_recall(&curve, 0.95).unwrap() - 1.0 / 0.0015).abs() < 1e-6);
        assert_eq!(at_recall(&curve, 0.5), Some(1000.0));
        assert_eq!(at_recall(&curve, 1.0), Some(500.0));
        assert_eq!(at_recall(&curve[..1], 0.95), None);
    }
}
