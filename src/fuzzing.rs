//! What must hold for any bytes, by the name of its fuzz target in `fuzz/`. No part of the product: built for the fuzzer, and for the
//! test that replays what the fuzzer found.

use crate::{keys, oidc, platform};

/// Every target.
fn targets() -> impl Iterator<Item = platform::http::FuzzTarget> {
    let platform = platform::http::FUZZ_TARGETS.into_iter();
    platform.chain(keys::FUZZ_TARGETS).chain(oidc::FUZZ_TARGETS)
}

/// Tries one input.
///
/// # Panics
/// Where something does not hold, or there is no such target.
pub fn run(target: &str, data: &[u8]) {
    let found = targets().find(|(name, _)| *name == target);
    let (_, check) = found.unwrap_or_else(|| panic!("no target {target}"));
    check(data);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::read_dir;
    use std::path::Path;

    use super::*;

    /// What is in a folder of `fuzz/`, without the ends of names.
    fn names(folder: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
        let entries = read_dir(folder).expect("it is committed");
        let names = entries.map(|entry| entry.expect("an entry").path());
        names
            .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn every_target_has_a_fuzzer_and_a_corpus() {
        let known: BTreeSet<String> = targets().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names("fuzz_targets"), known);
        assert_eq!(names("corpus"), known);
    }

    #[test]
    fn what_the_fuzzer_found_holds() {
        for (target, _) in targets() {
            let inputs = names(&format!("corpus/{target}"));
            assert!(!inputs.is_empty(), "{target}");
            for input in inputs {
                let path = format!("{}/fuzz/corpus/{target}/{input}", env!("CARGO_MANIFEST_DIR"));
                run(target, &std::fs::read(path).expect("it is there"));
            }
        }
    }
}
