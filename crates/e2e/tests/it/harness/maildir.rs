//! The real SMTP server and the mails it has taken.

/// The address of the real SMTP server.
pub fn smtp_url() -> String {
    format!("smtp://{}", variable("USHER_TEST_SMTP"))
}

/// The mails to an address as they came over the wire, with folded lines of quoted-printable joined.
pub fn mails_in_maildir(address: &str) -> Vec<String> {
    let folder = std::path::Path::new(&variable("USHER_TEST_MAILDIR")).join("new");
    let files = std::fs::read_dir(folder).expect("the server has taken mails");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        // Other tests run at the same time, but nobody removes a mail.
        String::from_utf8_lossy(&std::fs::read(file.expect("a file").path()).expect("a mail")).into_owned()
    };
    let mut mails: Vec<String> = files.map(read).collect();
    mails.retain(|mail| mail.contains(&format!("\nX-RcptTo: {address}")) || mail.contains(&format!("<{address}>")));
    mails.iter().map(|mail| mail.replace("\r\n", "\n").replace("=\n", "")).collect()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} names the SMTP server for tests: run `cargo xtask test`"))
}
