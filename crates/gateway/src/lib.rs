//! What speaks HTTP: SCIM at three doors, the operator API, the join page, health.
//!
//! The application is built from tables of routes ([`routes::SCIM`], [`routes::OTHERS`]): what is in none does not exist, and
//! each entry says by what authority it is reached. Handlers are thin: who asks, which use case, how to answer.

pub mod pages;
pub mod routes;

mod auth;
mod body;
mod error;
mod health;
mod join;
mod long;
mod mailbox;
mod operator;
mod operator_token;
mod reply;
mod request;
mod scim;
mod serve;
mod trace;

pub use operator_token::{OperatorTokenError, operator_token};
pub use serve::{GatewayOptions, bind, run};
