//! Where this crate is more lenient than the RFC, and for whom; and what is known of each identity provider's client.
//!
//! [`LENIENCIES`] lists them with the client that needs them and the public source that shows it; the few that no client is
//! known to need say so. Most apply to every client, because they are unambiguous: no request that the RFC allows means
//! something else by them. The others apply only to clients whose dialect names them ([`Reach`]).
//!
//! [`Dialect`] describes a client as data: what it sends, what it needs in answers, how it pages and retries, and where that
//! can be read. The kind of a connection picks it; a [`Definition`](crate::Definition) knows it, and so does everything that
//! reads by one.

mod catalogue;
mod model;
mod need;

use crate::schema::declare::is_urn;

pub use model::{
    Answers, Dialect, Evidence, Leaver, Method, Paging, PatchAnswer, Retries, RetryAfter, Sends, Source, Updates,
};
pub use need::Need;

/// One departure from the RFC that real requests force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leniency {
    /// Short name, `snake_case`.
    pub name: &'static str,
    /// Who sends it, as far as is known.
    pub client: &'static str,
    /// Who is read this way.
    pub reach: Reach,
    /// What is accepted and what it is taken for.
    pub accepted: &'static str,
    /// Where it can be read, with the date that the source itself bears.
    pub source: &'static str,
}

/// Who is read with a leniency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Every client: it is unambiguous, and to refuse it would only cost somebody their connection.
    Everybody,
    /// Clients whose dialect names it: from any other the same request means something else.
    Named,
}

/// Leniency: an empty text is no value.
pub(crate) const EMPTY_TEXT: &str = "empty_text_unassigns";
/// Leniency: the manager's id under its name in SCIM 1.1.
pub(crate) const MANAGER_ID: &str = "manager_id";

const ENTRA: &str = "Microsoft Entra ID";
const ENTRA_TUTORIAL: &str = "MicrosoftDocs/entra-docs, use-scim-to-provision-users-and-groups.md (2025-03-04)";
const ENTRA_FLAGS: &str =
    "MicrosoftDocs/entra-docs, application-provisioning-config-problem-scim-compatibility.md (2025-04-15)";
const ENTRA_ATTRIBUTES: &str = "MicrosoftDocs/entra-docs, customize-application-attributes.md (2025-03-04)";
const OKTA_REFERENCE: &str = "okta/okta-developer-docs, docs/reference/scim/scim-20/index.md (undated)";
const ONELOGIN: &str = "developers.onelogin.com/scim/implement-scim-api and public templates for it (undated)";
const ONELOGIN_TEMPLATE: &str = "doc.keepnetlabs.com, Onelogin SCIM Integration (undated)";
const NOBODY: &str = "no client is known to need it";
const OWN_CHOICE: &str = "a choice of usher: there is no other meaning it could have";

macro_rules! leniencies {
    ($($reach:ident $name:literal, $client:expr, $accepted:literal, $source:expr;)*) => {
        &[$(Leniency { name: $name, client: $client, reach: Reach::$reach, accepted: $accepted, source: $source }),*]
    };
}

/// Every leniency of this crate.
pub const LENIENCIES: &[Leniency] = leniencies![
    Everybody "string_booleans", "Microsoft Entra ID, OneLogin, Keycloak plug-in of mitodl",
        "\"True\", \"true\", \"False\", \"false\" as booleans, in bodies, PATCH values and filters", ENTRA_FLAGS;
    Everybody "capitalised_verbs", ENTRA, "\"Add\", \"Replace\", \"Remove\" as PATCH verbs", ENTRA_FLAGS;
    Everybody "dotted_keys", "Microsoft Entra ID with aadOptscim062020",
        "keys such as \"name.givenName\" in a PATCH value without path", ENTRA_FLAGS;
    Everybody "urn_keys", "Microsoft Entra ID with aadOptscim062020",
        "keys such as \"urn:…:User:department\" in a PATCH value without path, and likewise at the top of a body", ENTRA_FLAGS;
    Everybody "element_from_filter", ENTRA, "add and replace through an equality filter that matches nothing make the element",
        "thomaspoignant/scim-patch, pull request 177 (2022-01-20); better-auth/better-auth, pull request 10682 (2026-08-04)";
    Everybody "filter_after_brackets", ENTRA, "emails[type eq \"work\"].value eq \"…\" as one element that fits both",
        "pond/scimitar, issue 115 (2024-04-04)";
    Everybody "complex_means_value", "Microsoft Entra ID, PingFederate", "manager eq \"…\" as manager.value eq \"…\"", ENTRA_TUTORIAL;
    Everybody "unqualified_extension_names", ENTRA, "department and manager without their URN", ENTRA_TUTORIAL;
    Everybody "bare_string_for_complex", ENTRA, "a string for a complex attribute that has a value: manager, and likewise emails",
        "Captain-P-Goldfish/SCIM-SDK, issue 686 (2024-07-09)";
    Everybody "empty_reference_unassigns", "Microsoft SCIM Validator", "manager set to \"\" as its removal",
        "Microsoft SCIM Validator, its test that removes a manager (undated)";
    Everybody "remove_value_list", "Microsoft Entra ID, authentik, JumpCloud",
        "remove with path members and a list of values as the removal of those",
        "MicrosoftDocs/entra-docs, application-provisioning-config-problem-scim-compatibility.md (2025-04-15); \
         MicrosoftDocs/azure-docs, issue 30826 (2019-05-08)";
    Everybody "null_is_unassigned", "Microsoft Entra ID, OneLogin", "null anywhere, also \"$ref\": null beside a value",
        ENTRA_TUTORIAL;
    Everybody "ignored_roles", "Microsoft Entra ID, Keycloak plug-ins",
        "roles and entitlements with any path and value, ignored and counted",
        "Captain-P-Goldfish/SCIM-SDK, issue 516 (2023-08-25)";
    Everybody "unknown_schemas", "Microsoft Entra ID, OneLogin", "unknown or misspelt URNs in schemas", ONELOGIN;
    Everybody "undeclared_schema_paths", ENTRA,
        "the path of a PATCH operation into an extension that is not declared, such as \"urn:…:CustomExtensionName:2.0:User:tag\": \
         the operation is ignored and counted, as the same attribute in a body is", ENTRA_ATTRIBUTES;
    Everybody "absent_schemas", NOBODY, "bodies without schemas", OWN_CHOICE;
    Everybody "read_only_in_body", "Okta, Microsoft Entra ID, authentik", "id, meta and groups in the body of a POST, PUT or PATCH without path",
        OKTA_REFERENCE;
    Everybody "password_dropped", "Okta", "password in any body, checked to be text and dropped", OKTA_REFERENCE;
    Everybody "single_for_list", NOBODY, "one object or string where a list belongs", OWN_CHOICE;
    Everybody "list_for_single", "scripts for Microsoft's former NuGet library, which took single values in this form",
        "a list of one object for a single complex attribute such as manager",
        "MicrosoftDocs/azure-docs, issue 42220 (2019-11-06)";
    Everybody "names_in_any_case", "PingOne", "attribute names, members of messages, operators and parameters in any case",
        "RFC 7643 §2.1 for attribute names; PingOne, SCIM filter expressions (undated)";
    Everybody "byte_order_mark", NOBODY, "a UTF-8 byte order mark before the body, which RFC 8259 §8.1 lets a reader skip", OWN_CHOICE;
    Named "empty_text_unassigns", "OneLogin",
        "\"\" as no value: a macro of the template that has nothing to put in (inferred: macros stand between quotes)",
        ONELOGIN_TEMPLATE;
    Named "manager_id", "OneLogin", "manager.managerId, its name in SCIM 1.1, as manager.value", ONELOGIN_TEMPLATE;
];

/// A leniency by its name.
#[must_use]
pub fn leniency(name: &str) -> Option<&'static Leniency> {
    LENIENCIES.iter().find(|leniency| leniency.name == name)
}

/// A boolean written as text, in any ASCII case (leniency `string_booleans`).
pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// Whether a path that begins with no URN of the definition names an attribute of some other schema (leniency
/// `undeclared_schema_paths`). Entra updates a custom attribute by such a path; refused, it would fail in every cycle.
pub(crate) fn is_of_an_undeclared_schema(path: &str) -> bool {
    is_urn(path.split('[').next().unwrap_or_default())
}

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod tests;
