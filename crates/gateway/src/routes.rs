//! The table of routes: everything that exists, and by what authority it is reached.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route as ActixRoute};

use crate::{health, join, mailbox, operator, scim};

/// By what authority a route is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A tenant's bearer token.
    Token,
    /// An operator token.
    Operator,
    /// The secret in the path.
    Secret,
    /// Anybody's.
    Public,
    /// Anybody's, and only in `usher dev`.
    Development,
}

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path below its door; `{id}` stands for one segment.
    pub path: &'static str,
    /// Who gets in.
    pub authority: Authority,
    handler: fn() -> ActixRoute,
    head: fn() -> ActixRoute,
}

/// Where SCIM is served: the tenant's own door, and the one that all share (and each tenant's host name).
pub const SCIM_DOORS: [&str; 2] = ["/t/{tenant}/scim/v2", "/scim/v2"];

macro_rules! routes {
    ($($authority:ident { $($method:ident $path:literal => $handler:path;)+ })+) => {
        &[$($(Route {
            method: Method::$method,
            path: $path,
            authority: Authority::$authority,
            handler: || web::method(Method::$method).to($handler),
            head: || web::method(Method::HEAD).to($handler),
        }),+),+]
    };
}

/// The routes below each of [`SCIM_DOORS`]. They are tried in this order: what is asked most comes first.
pub const SCIM: &[Route] = routes! {
    Token {
        GET "/Users" => scim::users::list;
        POST "/Users" => scim::users::create;
        POST "/Users/.search" => scim::users::search;
        GET "/Users/{id}" => scim::users::get;
        PUT "/Users/{id}" => scim::users::replace;
        PATCH "/Users/{id}" => scim::users::patch;
        DELETE "/Users/{id}" => scim::users::delete;
        GET "/Groups" => scim::groups::list;
        POST "/Groups" => scim::groups::create;
        POST "/Groups/.search" => scim::groups::search;
        GET "/Groups/{id}" => scim::groups::get;
        PUT "/Groups/{id}" => scim::groups::replace;
        PATCH "/Groups/{id}" => scim::groups::patch;
        DELETE "/Groups/{id}" => scim::groups::delete;
        POST "/.search" => scim::search;
        GET "" => scim::list;
        POST "/Bulk" => scim::bulk::carry_out;
        GET "/ServiceProviderConfig" => scim::discovery::service_provider_config;
        GET "/ResourceTypes" => scim::discovery::resource_types;
        GET "/ResourceTypes/{id}" => scim::discovery::resource_type;
        GET "/Schemas" => scim::discovery::schemas;
        GET "/Schemas/{id}" => scim::discovery::schema;
        GET "/Me" => scim::me;
        POST "/Me" => scim::me;
        PUT "/Me" => scim::me;
        PATCH "/Me" => scim::me;
        DELETE "/Me" => scim::me;
    }
};

/// All other routes.
pub const OTHERS: &[Route] = routes! {
    Operator {
        POST "/api/v1/invitations/accept" => operator::accept;
        GET "/api/v1/tenants/{tenant}" => operator::tenant;
        PUT "/api/v1/tenants/{tenant}/settings" => operator::set_tenant;
        GET "/api/v1/tenants/{tenant}/connections" => operator::connections;
        PUT "/api/v1/tenants/{tenant}/connections/{connection}/settings" => operator::set_connection;
        GET "/api/v1/tenants/{tenant}/connections/{connection}/schemas" => operator::schemas::list;
        PUT "/api/v1/tenants/{tenant}/connections/{connection}/schemas/{urn}" => operator::schemas::put;
        DELETE "/api/v1/tenants/{tenant}/connections/{connection}/schemas/{urn}" => operator::schemas::delete;
        GET "/api/v1/tenants/{tenant}/connections/{connection}/ignored" => operator::schemas::ignored;
        POST "/api/v1/tenants/{tenant}/users" => operator::register;
        GET "/api/v1/tenants/{tenant}/users/{id}" => operator::user;
        DELETE "/api/v1/tenants/{tenant}/users/{id}" => operator::delete;
        POST "/api/v1/tenants/{tenant}/users/{id}/invitation" => operator::resend;
        DELETE "/api/v1/tenants/{tenant}/users/{id}/invitation" => operator::withdraw;
        GET "/api/v1/tenants/{tenant}/events" => operator::events;
    }

    Secret {
        GET "/join/{secret}" => join::show;
        POST "/join/{secret}" => join::accept;
    }

    Public {
        GET "/healthz" => health::alive;
        GET "/readyz" => health::ready;
    }

    Development {
        GET "/dev/mailbox" => mailbox::show;
    }
};

/// Builds the application out of the tables.
pub fn configure(config: &mut ServiceConfig, development: bool) {
    for door in SCIM_DOORS {
        let all: Vec<&Route> = SCIM.iter().collect();
        let finish = |resource: Resource| resource.default_service(web::to(scim::wrong_method));
        let scope = resources(&all, finish).into_iter().fold(web::scope(door), actix_web::Scope::service);
        config.service(scope.default_service(web::to(scim::nowhere)));
    }
    let others: Vec<&Route> =
        OTHERS.iter().filter(|route| development || route.authority != Authority::Development).collect();
    for resource in resources(&others, |resource| resource.default_service(web::to(operator::wrong_method))) {
        config.service(resource);
    }
    config.default_service(web::to(operator::nowhere));
}

/// One resource for each path, with all its methods. What answers GET answers HEAD, without the body (RFC 9110 §9.3.2).
fn resources(table: &[&Route], finish: impl Fn(Resource) -> Resource) -> Vec<Resource> {
    let mut paths: Vec<&str> = Vec::new();
    for route in table {
        if !paths.contains(&route.path) {
            paths.push(route.path);
        }
    }
    let one = |path: &str| {
        let routes = table.iter().filter(|route| route.path == path);
        finish(routes.fold(web::resource(path), |resource, route| {
            let resource = resource.route((route.handler)());
            if route.method == Method::GET { resource.route((route.head)()) } else { resource }
        }))
    };
    paths.into_iter().map(one).collect()
}

/// The methods that a path takes, for `Allow` (RFC 9110 §10.2.1). `pattern` is the whole pattern, door included.
pub(crate) fn allowed(pattern: &str) -> String {
    let below = SCIM_DOORS.iter().find_map(|door| pattern.strip_prefix(door)).unwrap_or(pattern);
    let routes = SCIM.iter().chain(OTHERS).filter(|route| route.path == below);
    let methods = routes.flat_map(|route| match route.method.as_str() {
        "GET" => vec!["GET", "HEAD"],
        other => vec![other],
    });
    methods.collect::<Vec<_>>().join(", ")
}
