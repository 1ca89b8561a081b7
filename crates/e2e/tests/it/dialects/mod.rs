//! Every client's complete life at a connection of its kind, request for request as it is documented or was seen: test of
//! the connection, first synchronisation, matching, create, update, new address, groups and their members one by one and in bulk,
//! leavers, their return, renames and deletes. What is inferred is said at the head of a client's file.

mod authentik;
mod client;
mod cycle;
mod entra;
mod generic;
mod google;
mod idp;
mod jumpcloud;
mod keycloak;
mod miniorange;
mod needs;
mod okta;
mod onelogin;
mod ping;
mod rippling;
mod sailpoint;
mod spoken;

use authentik::authentik;
use entra::{entra_by_default, entra_with_aad_optscim_062020};
use generic::generic;
use google::google;
use jumpcloud::jumpcloud;
use keycloak::{keycloak_by_patch, keycloak_by_put};
use miniorange::{miniorange, workday_through_miniorange};
use okta::{okta_catalogue_application, okta_wizard_application};
use onelogin::onelogin;
use ping::{pingfederate, pingone};
use rippling::rippling;
use sailpoint::sailpoint;
use usher_scim::dialect::Dialect;

/// The replays of each dialect.
macro_rules! replays {
    ($($dialect:literal => $($replay:ident),+;)+) => {
        on_both_backends!($($($replay),+),+);

        const REPLAYED: &[&str] = &[$($dialect),+];
    };
}

replays! {
    "okta" => okta_wizard_application, okta_catalogue_application;
    "entra" => entra_with_aad_optscim_062020;
    "entra-patch-2017" => entra_by_default;
    "google" => google;
    "jumpcloud" => jumpcloud;
    "onelogin" => onelogin;
    "pingone" => pingone;
    "pingfederate" => pingfederate;
    "rippling" => rippling;
    "miniorange" => miniorange;
    "workday-through-miniorange" => workday_through_miniorange;
    "keycloak" => keycloak_by_put, keycloak_by_patch;
    "authentik" => authentik;
    "sailpoint" => sailpoint;
    "generic" => generic;
}

#[test]
fn every_dialect_is_replayed() {
    let names: Vec<&str> = Dialect::all().iter().map(|dialect| dialect.name).collect();
    assert_eq!(REPLAYED, names);
}
