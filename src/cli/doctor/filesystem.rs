//! What the data lies on.

use std::path::Path;
use std::time::Duration;

use super::finding::Finding;
use crate::app::settings::Settings;

/// File systems over a network: SQLite's locks and its shared memory are not reliable there.
const OVER_A_NETWORK: [&str; 11] = [
    "afs",
    "ceph",
    "cifs",
    "fuse.glusterfs",
    "fuse.s3fs",
    "fuse.sshfs",
    "lustre",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

const MEBIBYTE: u64 = 1024 * 1024;
/// Below this, a write may soon fail.
const SCARCE: u64 = 100 * MEBIBYTE;
/// Below this, somebody should know.
const LOW: u64 = 1024 * MEBIBYTE;

/// Whether SQLite lies on a file system it can trust. None where there is no SQLite file, or the system does not tell.
pub(super) fn kind(settings: &Settings) -> Option<Finding> {
    const CHECK: &str = "file system";
    let database = settings.database.url.sqlite_file(&settings.data.dir)?;
    let path = database.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = kind_of(&path, &mounts)?;
    Some(if OVER_A_NETWORK.contains(&kind) {
        Finding::fail(
            CHECK,
            format!(
                "{} lies on a network file system ({kind}), where SQLite can be damaged",
                path.display()
            ),
            "set data.dir to a disk of this machine, or database.url to a PostgreSQL server",
        )
    } else {
        Finding::ok(CHECK, format!("{} lies on {kind}", path.display()))
    })
}

/// The type of the file system that holds `path`, by the lines of `mountinfo` (proc(5)): the longest mount point that is above
/// it, the last one mounted where there are several.
fn kind_of<'a>(path: &Path, mountinfo: &'a str) -> Option<&'a str> {
    mountinfo
        .lines()
        .filter_map(|line| {
            let (mount, system) = line.split_once(" - ")?;
            let point = mount.split(' ').nth(4)?.replace("\\040", " ");
            let kind = system.split(' ').next()?;
            path.starts_with(&point).then_some((point.len(), kind))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

/// How much can still be written. None where the directory is not there yet, or the system does not tell.
pub(super) async fn free_space(dir: &Path) -> Option<Finding> {
    const CHECK: &str = "free space";
    // a mount that hangs must not hang this command too
    let asked = tokio::process::Command::new("df")
        .arg("-Pk")
        .arg("--")
        .arg(dir)
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(Duration::from_secs(5), asked).await.ok()?.ok()?;
    let free = available(&String::from_utf8_lossy(&answer.stdout))?;
    let found = format!("{} MiB are free for {}", free / MEBIBYTE, dir.display());
    let advice = "make room, or move data.dir to a larger disk";
    Some(match free {
        ..SCARCE => Finding::fail(CHECK, found, advice),
        SCARCE..LOW => Finding::warn(CHECK, found, advice),
        LOW.. => Finding::ok(CHECK, found),
    })
}

/// The free bytes in the answer of `df -Pk` (POSIX), in front of the percentage.
fn available(answer: &str) -> Option<u64> {
    let words: Vec<&str> = answer.lines().nth(1)?.split_whitespace().collect();
    let percentage = words.iter().position(|word| word.ends_with('%'))?;
    let kibibytes: u64 = words.get(percentage.checked_sub(1)?)?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_point_decides() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                      30 22 0:40 / /srv rw shared:2 - xfs /dev/sdb rw\n\
                      31 30 0:41 / /srv/my\\040data rw - nfs4 nas:/x rw\n";
        for (path, kind) in [
            ("/var/lib/vestibule/vestibule.db", "ext4"),
            ("/srvice/vestibule.db", "ext4"),
            ("/srv/vestibule.db", "xfs"),
            ("/srv/my data/vestibule.db", "nfs4"),
        ] {
            assert_eq!(kind_of(Path::new(path), mounts), Some(kind), "{path}");
        }
        assert!(OVER_A_NETWORK.contains(&"nfs4"));
    }

    #[test]
    fn free_space_is_read_from_df() {
        let answer = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n\
                      /dev/my disk     263174212 27905368 221824120      12% /\n";
        assert_eq!(available(answer), Some(221_824_120 * 1024));
        assert_eq!(available("df: no such file\n"), None);
    }
}
