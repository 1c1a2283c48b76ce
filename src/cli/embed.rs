//! `private-eye embed`: pictures become rows of numbers for NumPy.

use super::{
    Failure, embedding, npy,
    output::write_whole,
    print, progress, site, use_threads,
    works::{Skipped, folder, title},
};
use clap::Args;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Embed pictures into a .npy file: one row of f32 numbers for each.
///
/// Rows have length 1 unless --raw asks for the numbers as the network gives them. Files come in the order given, those
/// of a folder in the order of their names.
#[derive(Debug, Args)]
pub struct Embed {
    /// Picture files and folders of them. In a folder, what cannot be read is skipped.
    #[arg(required = true)]
    pictures: Vec<PathBuf>,
    /// The .npy file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The numbers as the network gives them.
    #[arg(long)]
    raw: bool,
    /// Also write a CSV that names the picture and a title for each row; `build` takes it with --metadata.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// The weights to use instead of those inside this command.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How many pictures to work on at a time [default: one for each core].
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// A picture, what it is called in the table, and whether the user named it.
struct Named {
    name: String,
    path: PathBuf,
    by_user: bool,
}

impl Embed {
    pub fn run(self) -> Result<(), Failure> {
        use_threads(self.jobs)?;
        let (files, mut skipped) = self.files()?;
        let model = site::model(self.model.as_deref())?;
        let paths: Vec<&Path> = files.iter().map(|file| file.path.as_path()).collect();

        let mut rows = Vec::with_capacity(files.len());
        let mut names = Vec::with_capacity(files.len());
        let bar = progress::bar("Embedding", paths.len());
        let results = embedding::embed_all(&model, &paths, &bar, |_| Ok(()));
        bar.finish_and_clear();
        for (file, result) in files.iter().zip(results) {
            match result {
                Ok((embedding, ())) => {
                    rows.push(embedding::numbers(embedding, self.raw));
                    names.push(file.name.as_str());
                }
                // Whoever names a file counts on its row.
                Err(reason) if file.by_user => return Err(Failure::at(file.path.display(), reason)),
                Err(reason) => skipped.push(Skipped::new(file.path.display().to_string(), reason)),
            }
        }
        progress::list_skipped(&skipped);
        if rows.is_empty() {
            return Err(Failure::new("no picture could be read; nothing was written"));
        }
        npy::write(&self.out, model.id().dim, &rows)?;
        if let Some(path) = &self.metadata {
            write_whole(path, |out| write_table(out, &names))?;
        }
        print(&format!("{} of {} pictures embedded into {}", rows.len(), files.len(), self.out.display()))
    }

    fn files(&self) -> Result<(Vec<Named>, Vec<Skipped>), Failure> {
        let (mut files, mut skipped) = (Vec::new(), Vec::new());
        for given in &self.pictures {
            if !given.is_dir() {
                let name = given.display().to_string().replace('\\', "/");
                files.push(Named { name, path: given.clone(), by_user: true });
                continue;
            }
            let walk = folder::files(given, &[]);
            files.extend(walk.files.into_iter().map(|(name, path)| Named { name, path, by_user: false }));
            skipped.extend(walk.problems.into_iter().map(|(what, reason)| Skipped::new(what, reason)));
        }
        Ok((files, skipped))
    }
}

fn write_table(out: &mut dyn Write, names: &[&str]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["file", "title"])?;
    for name in names {
        writer.write_record([*name, &title::from_file_name(name)])?;
    }
    writer.flush()
}
