//! The keys that `usher dev` makes for itself, in a file beside its database.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use usher_core::{Entropy, KeyRing};

use super::failure::Failure;
use crate::config::{ConfigError, Database, Secrets};

/// Where they are: `data/keys` beside `data/usher.db`.
pub fn path(database: &Database) -> PathBuf {
    database.url.directory().unwrap_or_else(|| PathBuf::from("data")).join("keys")
}

/// The keys, when there are some.
///
/// # Errors
/// When the file cannot be read or holds no good key.
pub fn read(database: &Database) -> Result<Option<KeyRing>, Failure> {
    let path = path(database);
    if !path.exists() {
        return Ok(None);
    }
    Ok(Secrets { keys: Vec::new(), keys_file: Some(path) }.ring()?)
}

/// The keys; makes one the first time, in a file that only its owner can read.
///
/// # Errors
/// When the file cannot be made, be read, or holds no good key.
pub fn read_or_make(database: &Database, entropy: &dyn Entropy) -> Result<KeyRing, Failure> {
    let path = path(database);
    match make(&path, entropy) {
        Ok(()) => {}
        // An earlier start made it.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Failure::new("data", format!("cannot write {}: {error}", path.display()))),
    }
    read(database)?.ok_or_else(|| ConfigError::new(format!("{} is gone", path.display())).into())
}

/// The whole file appears at once, so that a start that was cut off leaves no empty one.
fn make(path: &Path, entropy: &dyn Entropy) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut key = [0; 32];
    entropy.fill(&mut key);
    let text: String = key.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let draft = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let placed = file
        .write_all(format!("{text}\n").as_bytes())
        .and_then(|()| file.sync_all())
        // Unlike a rename, a link does not replace what another start made in the meantime.
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    placed
}

#[cfg(test)]
mod tests {
    use super::{Database, read, read_or_make};
    use crate::config::Config;
    use usher_core::OsEntropy;

    /// A database in a directory of its own.
    fn database(name: &str) -> (std::path::PathBuf, Database) {
        let directory = std::env::temp_dir().join(format!("usher-keys-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let variable = ("USHER__DATABASE__URL".into(), format!("sqlite://{}/usher.db", directory.display()).into());
        (directory, Config::load(None, [variable]).unwrap().database)
    }

    #[test]
    fn keys_are_made_once_and_only_the_owner_reads_them() {
        let (directory, database) = database("once");
        assert!(read(&database).unwrap().is_none());
        let first = read_or_make(&database, &OsEntropy).unwrap();
        let second = read_or_make(&database, &OsEntropy).unwrap();
        assert_eq!(first.mac("test", &[]), second.mac("test", &[]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(directory.join("keys")).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "no draft is left");
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn r25_an_empty_key_file_is_refused() {
        let (directory, database) = database("empty");
        std::fs::write(directory.join("keys"), "").unwrap();
        let refusal = read_or_make(&database, &OsEntropy).unwrap_err();
        assert!(refusal.message().contains("at least one key"), "{}", refusal.message());
        std::fs::remove_dir_all(directory).unwrap();
    }
}
