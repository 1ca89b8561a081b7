//! `usher dev`

use std::fs::DirBuilder;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use usher_core::{ConnectionKind, KeyRing, OsEntropy, TenantSlug};
use usher_provision::{DevMailbox, NewTenant, NewToken, OperatorScope};

use super::failure::Failure;
use super::output::Output;
use super::service::{self, Service, Signals};
use super::{dev_keys, open};
use crate::config::{Config, MailUrl};

/// The tenant of a first look.
const DEMO: &str = "acme";

/// Run usher on this machine with all that a first look needs (this is also what `usher` alone does)
///
/// Makes ./data with an SQLite database and keys, a demo tenant with a connection as for Okta, and a bearer token, and
/// prints them. Mail is kept and can be read in the browser. Not for production: that is `usher serve`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Example:
  USHER__SERVER__LISTEN=127.0.0.1:9090 usher dev")]
pub struct Dev {}

/// What a first look needs.
#[derive(Debug, Serialize)]
struct Welcome {
    tenant: &'static str,
    scim_url: String,
    shared_scim_url: String,
    /// Only on the first start.
    token: Option<String>,
    mail: String,
    data: String,
}

impl Dev {
    /// Runs until told to stop.
    ///
    /// # Errors
    /// When the port is taken, the directory cannot be written, or the database is of a newer release.
    pub async fn run(self, config: Config, output: Output) -> Result<(), Failure> {
        let listener = service::bind(&config)?;
        let data = config.database.url.directory();
        if let Some(directory) = &data {
            usable(directory)?;
        }
        let keys = keys(&config)?;
        usher_migrations::migrate(config.database.url.expose())
            .await
            .map_err(|error| open::migration(&config.database, &error))?;
        let store = open::migrated_store(&config).await?;
        let provisioner = open::provisioner(&config, store, keys);
        let mailbox = match &config.mail.url {
            None | Some(MailUrl::Mailbox) => Some(Arc::new(DevMailbox::new())),
            Some(MailUrl::Smtp(_)) => None,
        };
        let url = config.public_url();
        let welcome = Welcome {
            tenant: DEMO,
            scim_url: format!("{url}/t/{DEMO}/scim/v2"),
            shared_scim_url: format!("{url}/scim/v2"),
            token: demo(&provisioner.operator()).await?,
            mail: match (&mailbox, &config.mail.url) {
                (None, Some(server)) => server.to_string(),
                (Some(_), _) | (None, None) => format!("{url}/dev/mailbox"),
            },
            data: config.database.url.to_string(),
        };
        let signals = Signals::hear()?;
        output.value(&welcome, |_| banner(&welcome))?;
        Service { provisioner, config, listener: Some(listener), mailbox, delivers: true, signals }.run().await
    }
}

/// The configured keys, or those that the first start made.
fn keys(config: &Config) -> Result<KeyRing, Failure> {
    match config.secrets.ring()? {
        Some(keys) => Ok(keys),
        None => dev_keys::read_or_make(&config.database, &OsEntropy),
    }
}

/// Makes the directory of the data, for its owner alone.
fn usable(directory: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        Failure::new("data", format!("cannot use {} as the directory of the data: {error}", directory.display()))
    })
}

/// Makes the demo tenant the first time, with a token.
async fn demo(operator: &OperatorScope) -> Result<Option<String>, Failure> {
    let tenants = serde_json::to_value(operator.tenants().await?).map_err(|error| Failure::new("internal", error))?;
    if tenants.as_array().is_some_and(|tenants| tenants.iter().any(|tenant| tenant["slug"] == DEMO)) {
        return Ok(None);
    }
    let slug = TenantSlug::parse(DEMO).map_err(|error| Failure::new("internal", error))?;
    operator.create_tenant(NewTenant { slug, name: Some("Acme (demo)".to_owned()), domains: Vec::new() }).await?;
    let new = NewToken {
        connection: Some("okta".to_owned()),
        kind: Some(ConnectionKind::Okta),
        label: Some("first look".to_owned()),
        expires: None,
    };
    Ok(Some(operator.create_token(DEMO, new).await?.token.expose().to_owned()))
}

/// What the first look sees.
fn banner(welcome: &Welcome) -> String {
    let Welcome { tenant, scim_url, shared_scim_url, token, mail, data } = welcome;
    let (shown, bearer) = match token {
        Some(token) => (format!("{token}\n                (shown this once)"), token.as_str()),
        None => (format!("the one you have; another: usher token create {tenant}"), "TOKEN"),
    };
    format!(
        "\
usher is ready. Stop it with Ctrl-C.

  SCIM URL      {scim_url}
           or   {shared_scim_url}  (the token names the tenant)
  Bearer token  {shown}
  Mail          {mail}
  Data          {data}

Create a user:

  curl {scim_url}/Users \\
    -H 'Authorization: Bearer {bearer}' \\
    -H 'Content-Type: application/scim+json' \\
    -d '{USER}'

"
    )
}

/// A user as Okta creates one.
const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@acme.example","name":{"givenName":"Ada","familyName":"Lovelace"},"emails":[{"value":"ada@acme.example","type":"work","primary":true}],"displayName":"Ada Lovelace","active":true}"#;

#[cfg(test)]
mod tests {
    use super::{USER, Welcome, banner};

    fn welcome(token: Option<&str>) -> Welcome {
        Welcome {
            tenant: "acme",
            scim_url: "http://127.0.0.1:8080/t/acme/scim/v2".to_owned(),
            shared_scim_url: "http://127.0.0.1:8080/scim/v2".to_owned(),
            token: token.map(str::to_owned),
            mail: "http://127.0.0.1:8080/dev/mailbox".to_owned(),
            data: "sqlite://data/usher.db".to_owned(),
        }
    }

    #[test]
    fn the_first_start_shows_the_token_and_uses_it() {
        let banner = banner(&welcome(Some("ush_secret")));
        assert_eq!(banner.matches("ush_secret").count(), 2);
        assert!(banner.contains("/t/acme/scim/v2\n") && banner.contains("/dev/mailbox\n"));
    }

    #[test]
    fn a_later_start_says_how_to_make_another_token() {
        let banner = banner(&welcome(None));
        assert!(banner.contains("usher token create acme") && banner.contains("Bearer TOKEN'"));
    }

    #[test]
    fn the_user_of_the_example_is_json_that_a_shell_can_quote() {
        assert!(serde_json::from_str::<serde_json::Value>(USER).is_ok() && !USER.contains('\''));
    }
}
