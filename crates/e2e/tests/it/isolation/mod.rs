//! Who gets in, and that nobody gets to see another tenant.

mod foreign;
mod operator;
mod routes;
mod tokens;

use usher_gateway::routes::Route;

use crate::harness::Request;

/// Whether requests of a method carry a body.
fn has_body(method: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH")
}

/// A path of the table with names in its places.
fn filled(path: &str, tenant: &str, id: &str) -> String {
    path.replace("{tenant}", tenant)
        .replace("{id}", id)
        .replace("{secret}", id)
        .replace("{connection}", "first")
        .replace("{urn}", "urn:example:none:2.0:User")
}

/// A request whose body would be refused by whoever looks at it.
fn with_broken_body(request: Request, route: &Route) -> Request {
    if has_body(route.method.as_str()) { request.bytes("application/scim+json", "{") } else { request }
}
