//! The compliance checks of an independent project, `scim2-tester`, against a connection of kind `generic`.

use std::process::Output;

use tokio::process::Command;
use usher_core::ConnectionKind;

use crate::harness::App;

on_both_backends!(scim2_tester_finds_nothing_wrong);

/// The checks that are made depend on what `/Schemas` declares; fewer than these would mean that the program skipped.
const AT_LEAST: usize = 120;

async fn scim2_tester_finds_nothing_wrong(app: &App) {
    let tenant = app.tenant_of("acme", ConnectionKind::Generic).await;
    let output = scim2(app, "/t/acme/scim/v2", &tenant.token).await;
    let said = String::from_utf8_lossy(&output.stdout);
    let failed: Vec<&str> = said.lines().filter(|line| is_result(line) && !line.starts_with("SUCCESS ")).collect();
    assert!(failed.is_empty(), "{failed:#?}\n{said}");
    let passed = said.lines().filter(|line| line.starts_with("SUCCESS ")).count();
    assert!(passed >= AT_LEAST, "only {passed} checks\n{said}");
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// A line that begins with the state of a check: a word in capitals and the check's name.
fn is_result(line: &str) -> bool {
    let mut words = line.split(' ');
    let capitals = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    words.next().is_some_and(capitals) && words.next().is_some_and(|name| name.contains('_'))
}

async fn scim2(app: &App, base: &str, token: &str) -> Output {
    let program = std::env::var("USHER_TEST_SCIM2")
        .expect("USHER_TEST_SCIM2 names the program scim2 of scim2-cli: run `cargo xtask test`");
    let mut command = Command::new(program);
    command.args(["--url", &format!("http://{}{base}", app.address), "test"]);
    command.env("SCIM_CLI_HEADERS", format!("Authorization: Bearer {token}")).env("NO_COLOR", "1");
    command.output().await.expect("scim2 can be run")
}
