//! `usher tenant …`

use clap::{Args, Subcommand};
use usher_core::{Domain, TenantSlug};
use usher_provision::NewTenant;

use super::failure::Failure;
use super::open;
use super::output::{Column, Output};
use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  usher tenant create acme --name 'Acme Inc.' --domain acme.example
  usher tenant list
  usher tenant show acme
  usher tenant suspend acme";

const COLUMNS: [Column; 5] =
    [("slug", "TENANT"), ("name", "NAME"), ("state", "STATE"), ("id", "ID"), ("created_at", "CREATED")];

/// Create, show and suspend tenants: the customer accounts of your product
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Tenant {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Create),
    /// List every tenant
    List,
    /// Show one tenant
    Show(Named),
    /// Refuse every request of a tenant until it is resumed; nothing is deleted
    Suspend(Named),
    /// Let a suspended tenant work again
    Resume(Named),
}

/// Create a tenant
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  usher tenant create acme --name 'Acme Inc.' --domain acme.example --domain acme.test")]
struct Create {
    /// Short name in URLs: 1 to 63 characters a-z, 0-9 and '-'
    #[arg(value_parser = TenantSlug::parse)]
    slug: TenantSlug,
    /// Name that people read
    #[arg(long)]
    name: Option<String>,
    /// E-mail domain whose people may be provisioned; may be given again. Without it: every domain
    #[arg(long = "domain", value_name = "DOMAIN", value_parser = Domain::parse)]
    domains: Vec<Domain>,
}

#[derive(Debug, Args)]
struct Named {
    /// The tenant's short name or id
    tenant: String,
}

impl Tenant {
    /// Does it and answers with the tenant as it is now.
    ///
    /// # Errors
    /// When the database cannot be used, or the use case refuses.
    pub async fn run(self, config: &Config, output: Output) -> Result<(), Failure> {
        let operator = open::operator(config).await?;
        match self.verb {
            Verb::Create(Create { slug, name, domains }) => {
                output.one(&operator.create_tenant(NewTenant { slug, name, domains }).await?)
            }
            Verb::List => {
                let nothing = "There is no tenant yet: usher tenant create SLUG makes one.";
                output.list("tenants", &operator.tenants().await?, &COLUMNS, nothing)
            }
            Verb::Show(Named { tenant }) => output.one(&operator.tenant(&tenant).await?),
            Verb::Suspend(Named { tenant }) => output.one(&operator.suspend_tenant(&tenant).await?),
            Verb::Resume(Named { tenant }) => output.one(&operator.resume_tenant(&tenant).await?),
        }
    }
}
