//! The rules of the house, read off the source tree: who may import whom, and what no file holds.
//!
//! Each rule is a function from files to findings, shown able to fail beside its code, and applied here to the tree itself.

mod layers;
mod source;
mod texts;

use std::fs;
use std::path::Path;
use std::process::Command;

use layers::House;
use source::Source;

/// Every file that is, or would be, in version control, by its path from the root.
fn paths() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .expect("git is installed");
    assert!(
        listing.status.success(),
        "git lists the repository's files: {}",
        String::from_utf8_lossy(&listing.stderr)
    );
    let listing = String::from_utf8(listing.stdout).expect("paths are UTF-8");
    let paths = listing.split_terminator('\0').map(str::to_owned);
    // what is gone was deleted and not yet committed
    paths.filter(|path| root.join(path).exists()).collect()
}

/// Every text file among them.
fn repository() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // what is not UTF-8 is a picture or a font
    let read = |path: String| Some(Source::new(&path, fs::read_to_string(root.join(&path)).ok()?));
    paths().into_iter().filter_map(read).collect()
}

/// The daemon's own Rust files.
fn daemon() -> Vec<Source> {
    let sources: Vec<Source> = repository()
        .into_iter()
        .filter(|file| file.path.starts_with("src/") && file.path.ends_with(".rs"))
        .collect();
    assert!(
        sources.iter().any(|source| source.path == "src/lib.rs"),
        "the daemon's sources were found"
    );
    sources
}

#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn a_room_imports_only_from_rooms_above_it() {
    let house = House::new(daemon());
    assert!(!house.order.is_empty(), "src/lib.rs lists the layers");
    none(&house.layers());
}

#[test]
fn features_meet_through_their_faces() {
    none(&House::new(daemon()).faces());
}

#[test]
fn the_database_is_spoken_to_in_stores_alone() {
    none(&House::new(daemon()).storage());
}

#[test]
fn the_web_framework_is_used_at_the_edge_alone() {
    none(&House::new(daemon()).web());
}

#[test]
fn the_kernel_uses_no_files_no_network_and_no_runtime() {
    none(&House::new(daemon()).kernel());
}

#[test]
fn files_are_short() {
    none(&texts::lengths(&daemon()));
}

#[test]
fn faces_say_what_they_own() {
    none(&texts::openings(&daemon()));
}

#[test]
fn nothing_strays_to_the_top_of_the_repository() {
    none(&texts::strays(&paths()));
}

#[test]
fn no_file_holds_a_forbidden_word() {
    none(&texts::words(&repository()));
}
