//! Writes `src/` from `grammar.js`; with `--check`, only says whether it is what `grammar.js` gives. Needs Node.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The oldest that editors in use still ask for; newer ones take it too.
const ABI: usize = 14;
const WRITTEN: [&str; 3] = ["grammar.json", "node-types.json", "parser.c"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    if env::args().nth(1).as_deref() != Some("--check") {
        return generate(&root, &root.join("src"));
    }
    let fresh = env::temp_dir().join(format!("tree-sitter-vpc-{}", std::process::id()));
    generate(&root, &fresh)?;
    let stale: Vec<&str> = WRITTEN.into_iter().filter(|name| differ(&root.join("src"), &fresh, name)).collect();
    fs::remove_dir_all(&fresh)?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("not what grammar.js gives: src/{}; run the generator without --check", stale.join(", src/")).into())
}

fn differ(one: &Path, other: &Path, name: &str) -> bool {
    fs::read(one.join(name)).ok() != fs::read(other.join(name)).ok()
}

fn generate(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut remarks = Vec::new();
    generate_parser_in_directory(
        root,
        Some(out),
        None::<PathBuf>,
        ABI,
        None,
        Some("node"),
        true,
        OptLevel::default(),
        &mut remarks,
    )?;
    for remark in remarks {
        eprintln!("{remark}");
    }
    Ok(())
}
