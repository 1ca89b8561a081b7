//! Finds the programs that the tests need, and installs Debian's packages for those that are missing.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The programs that were found.
pub struct Programs {
    /// The directory with `initdb` and `postgres`.
    pub postgres_bin: PathBuf,
    /// A Python 3 that has aiosmtpd.
    pub python: PathBuf,
    /// A Python 3 that makes virtual environments with pip in them.
    pub venv_python: PathBuf,
}

/// Finds the programs; installs what is missing where it may.
///
/// # Errors
/// When something is missing and cannot be installed; the message names the packages.
pub fn ensure() -> Result<Programs> {
    let missing = missing(find_postgres().is_some(), find_python().is_some(), find_venv_python().is_some());
    if !missing.is_empty() {
        install(&missing)?;
    }
    let still = |package: &str| format!("{package} is installed, but what the tests need of it is not found");
    Ok(Programs {
        postgres_bin: find_postgres().with_context(|| still("postgresql"))?,
        python: find_python().with_context(|| still("python3-aiosmtpd"))?,
        venv_python: find_venv_python().with_context(|| still("python3-venv"))?,
    })
}

fn missing(postgres: bool, python: bool, venv: bool) -> Vec<&'static str> {
    let wanted = [(postgres, "postgresql"), (python, "python3-aiosmtpd"), (venv, "python3-venv")];
    wanted.into_iter().filter(|(found, _)| !found).map(|(_, package)| package).collect()
}

fn find_postgres() -> Option<PathBuf> {
    find_postgres_with(&["initdb", "postgres"])
}

/// The directory of a PostgreSQL that has all of these programs. PATH first, then where Debian keeps it, newest version
/// first.
pub fn find_postgres_with(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = by_version(std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path()));
    let mut places = std::env::split_paths(&path).chain(debian.into_iter().map(|version| version.join("bin")));
    places.find(|bin| programs.iter().all(|program| bin.join(program).is_file()))
}

fn by_version(directories: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let version = |path: &PathBuf| path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<u32>().ok());
    let mut found: Vec<PathBuf> = directories.filter(|path| version(path).is_some()).collect();
    found.sort_by_key(|path| std::cmp::Reverse(version(path)));
    found
}

/// The `python3` of PATH may be another than Debian's, where the package puts aiosmtpd.
fn find_python() -> Option<PathBuf> {
    let has_aiosmtpd = |python: &PathBuf| succeeds(Command::new(python).args(["-c", "import aiosmtpd.main"]));
    ["python3", "/usr/bin/python3"].map(PathBuf::from).into_iter().find(has_aiosmtpd)
}

/// Debian keeps `ensurepip`, without which a virtual environment has no pip, in a package of its own.
fn find_venv_python() -> Option<PathBuf> {
    let recent = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    let makes_venvs = |python: &PathBuf| succeeds(Command::new(python).args(["-c", recent]));
    ["python3", "/usr/bin/python3"].map(PathBuf::from).into_iter().find(makes_venvs)
}

fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

fn install(packages: &[&str]) -> Result<()> {
    let advice = format!("install these packages and try again: {}", packages.join(" "));
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("this is no Debian; {advice} (Debian's names)");
    }
    let Some(prefix) = root_prefix() else { bail!("neither root nor sudo; {advice}") };
    eprintln!("xtask: installing {}", packages.join(" "));
    // An update may fail in one foreign source and still know our packages: the install decides.
    apt_get(&prefix, &["update"])?;
    let options = ["-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends"];
    if !apt_get(&prefix, &[&options, packages].concat())? {
        bail!("apt-get failed; {advice}");
    }
    Ok(())
}

fn apt_get(prefix: &[&str], args: &[&str]) -> Result<bool> {
    let line = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], args].concat();
    // Our stdout may be read by a shell (`cargo xtask servers`): what apt says goes to stderr.
    let mut command = Command::new(line[0]);
    let status = command
        .args(&line[1..])
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("cannot run {}", line[0]))?;
    Ok(status.success())
}

/// What stands before a command that needs root; `None` when there is no way.
fn root_prefix() -> Option<Vec<&'static str>> {
    if is_root() {
        return Some(vec![]);
    }
    // Without a terminal nobody can type a password.
    let sudo = if std::io::stdin().is_terminal() { vec!["sudo"] } else { vec!["sudo", "-n"] };
    succeeds(Command::new("sudo").arg("--version")).then_some(sudo)
}

/// Whether we run as root.
pub fn is_root() -> bool {
    id(&["-u"]) == Some(0)
}

/// A number from `id`: `-u` is the user's, `-g` the group's; `None` when the account does not exist.
pub fn id(args: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(args).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        assert_eq!(missing(true, true, true), Vec::<&str>::new());
        assert_eq!(missing(false, true, true), ["postgresql"]);
        assert_eq!(missing(false, false, false), ["postgresql", "python3-aiosmtpd", "python3-venv"]);
    }

    #[test]
    fn the_newest_postgresql_comes_first() {
        let found = by_version(["/p/9", "/p/15", "/p/common", "/p/18"].into_iter().map(PathBuf::from));
        assert_eq!(found, ["/p/18", "/p/15", "/p/9"].map(PathBuf::from));
    }

    #[test]
    fn an_account_has_a_number_or_does_not_exist() {
        assert_eq!(id(&["-u", "root"]), Some(0));
        assert_eq!(id(&["-u", "nobody-of-this-name"]), None);
    }
}
