//! A disk that can be full.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::postgres::is_root;

/// A small file system in memory.
pub struct Disk {
    pub path: PathBuf,
}

impl Disk {
    /// Mounts one of `megabytes` at `path`; none where we may not.
    pub fn mount(path: PathBuf, megabytes: u32) -> Option<Self> {
        if !is_root() {
            return None;
        }
        std::fs::create_dir(&path).expect("a directory");
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "none"])
            .arg(&path)
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self { path })
    }

    /// Leaves no space.
    pub fn fill(&self) {
        let mut ballast = File::create(self.path.join("ballast")).expect("a file");
        let block = [0; 4096];
        while ballast.write_all(&block).is_ok() {}
    }

    /// Gives the space back.
    pub fn make_room(&self) {
        std::fs::remove_file(self.path.join("ballast")).expect("it was there");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // lazily: the server may have it open still
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.path).status();
        unmounted.expect("umount runs");
    }
}
