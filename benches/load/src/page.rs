//! The page of documentation that shows the table.

use std::fs;
use std::path::Path;

use crate::Failure;

const BEGIN: &str = "<!-- figures: written by `scripts/bench.sh --write` -->\n";
const END: &str = "<!-- end of figures -->";

/// Puts `table` between the marks of the page at `path`, in place of what stands there.
pub fn put(path: &Path, table: &str) -> Result<(), Failure> {
    let page = fs::read_to_string(path)?;
    let written = replaced(&page, table)
        .ok_or_else(|| Failure::new(format!("{} has no marks between which figures stand", path.display())))?;
    Ok(fs::write(path, written)?)
}

fn replaced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_figures_change() {
        let page = format!("before\n{BEGIN}old{END}\nafter\n");
        let once = replaced(&page, "new").expect("marks");
        assert_eq!(once, format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert_eq!(replaced(&once, "new").as_ref(), Some(&once));
        assert_eq!(replaced("no marks", "new"), None);
    }
}
