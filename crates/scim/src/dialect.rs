//! Where this crate is more lenient than the RFC, and for whom.
//!
//! Each leniency applies to every client, because each is unambiguous: no request that the RFC allows means something else
//! by it. [`LENIENCIES`] lists them with the client that needs them and the public source that shows it.

/// One departure from the RFC that real requests force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leniency {
    /// Short name, `snake_case`.
    pub name: &'static str,
    /// Who sends it.
    pub client: &'static str,
    /// What is accepted and what it is taken for.
    pub accepted: &'static str,
    /// Where it can be read, and when it was.
    pub source: &'static str,
}

const ENTRA: &str = "Microsoft Entra ID";
const ENTRA_TUTORIAL: &str = "MicrosoftDocs/entra-docs, use-scim-to-provision-users-and-groups.md (August 2026)";
const ENTRA_FLAGS: &str =
    "MicrosoftDocs/entra-docs, application-provisioning-config-problem-scim-compatibility.md (August 2026)";
const OKTA_REFERENCE: &str = "developer.okta.com, SCIM 2.0 protocol reference (August 2026)";
const ONELOGIN: &str = "developers.onelogin.com/scim/implement-scim-api and public templates (August 2026)";

macro_rules! leniencies {
    ($($name:literal, $client:expr, $accepted:literal, $source:expr;)*) => {
        &[$(Leniency { name: $name, client: $client, accepted: $accepted, source: $source }),*]
    };
}

/// Every leniency of this crate.
pub const LENIENCIES: &[Leniency] = leniencies![
    "string_booleans", "Microsoft Entra ID, OneLogin, Keycloak plug-in of mitodl",
        "\"True\", \"true\", \"False\", \"false\" as booleans, in bodies, PATCH values and filters", ENTRA_FLAGS;
    "capitalised_verbs", ENTRA, "\"Add\", \"Replace\", \"Remove\" as PATCH verbs", ENTRA_FLAGS;
    "dotted_keys", "Microsoft Entra ID with aadOptscim062020",
        "keys such as \"name.givenName\" in a PATCH value without path", ENTRA_FLAGS;
    "urn_keys", "Microsoft Entra ID with aadOptscim062020",
        "keys such as \"urn:…:User:department\" in a PATCH value without path and at the top of a body", ENTRA_FLAGS;
    "element_from_filter", ENTRA,
        "add and replace through an equality filter that matches nothing make the element",
        "thomaspoignant/scim-patch, pull requests 106 and 176 (August 2026)";
    "filter_after_brackets", ENTRA, "emails[type eq \"work\"].value eq \"…\" as one element that fits both",
        "pond/scimitar, issue 115 (August 2026)";
    "complex_means_value", ENTRA, "manager eq \"…\" as manager.value eq \"…\"", ENTRA_TUTORIAL;
    "unqualified_extension_names", ENTRA, "department and manager without their URN", ENTRA_TUTORIAL;
    "bare_string_for_complex", ENTRA, "a string for a complex attribute that has a value, such as manager or emails",
        "Captain-P-Goldfish/SCIM-SDK, MsAzurePatchComplexValueRebuilder (August 2026)";
    "empty_reference_unassigns", ENTRA, "manager set to \"\" as its removal",
        "Microsoft SCIM Validator, remove manager (August 2026)";
    "remove_value_list", "Microsoft Entra ID, authentik, JumpCloud",
        "remove with path members and a list of values as the removal of those", ENTRA_FLAGS;
    "null_is_unassigned", "Microsoft Entra ID, OneLogin", "null anywhere, also \"$ref\": null beside a value",
        ENTRA_TUTORIAL;
    "ignored_roles", "Microsoft Entra ID, Keycloak plug-ins",
        "roles and entitlements with any path and value, ignored and counted", ENTRA_TUTORIAL;
    "unknown_schemas", "Microsoft Entra ID, OneLogin", "unknown or misspelt URNs in schemas", ONELOGIN;
    "absent_schemas", "scripts and older clients", "bodies without schemas", ONELOGIN;
    "read_only_in_body", "Okta, Microsoft Entra ID", "id, meta and groups in the body of a POST, PUT or PATCH without path",
        OKTA_REFERENCE;
    "password_dropped", "Okta", "password in any body, checked to be text and dropped", OKTA_REFERENCE;
    "single_for_list", "OneLogin templates", "one object or string where a list belongs", ONELOGIN;
    "list_for_single", ENTRA, "a list of one object for a single complex attribute such as manager",
        "Captain-P-Goldfish/SCIM-SDK, PATCH work-arounds (August 2026)";
    "names_in_any_case", "Ping, OneLogin templates", "attribute names, members of messages and parameters in any case",
        "RFC 7643 §2.1; PingOne, SCIM filter expressions (August 2026)";
    "byte_order_mark", "clients built on .NET", "a UTF-8 byte order mark before the body", "RFC 8259 §8.1";
];

/// A boolean written as text, in any ASCII case (leniency `string_booleans`).
pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

#[cfg(test)]
mod tests;
