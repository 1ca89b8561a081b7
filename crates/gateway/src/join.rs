//! `/join/{secret}`: looking changes nothing, the button accepts.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, RETRY_AFTER};
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use usher_core::Reason;
use usher_provision::{Error, InvitationView, JoinState, Refusal};

use crate::pages::{JoinPage, content_security_policy, join_page};
use crate::request::RequestId;
use crate::serve::Shared;

/// What the form asks for besides accepting.
#[derive(Deserialize)]
pub(crate) struct Asked {
    ask: Option<String>,
}

/// `GET /join/{secret}`.
pub(crate) async fn show(shared: web::Data<Shared>, secret: Path<String>) -> HttpResponse {
    match shared.provisioner.invitation(&secret).await {
        Ok(Some(view)) => of_view(&shared, &view),
        Ok(None) => page(StatusCode::NOT_FOUND, &JoinPage::Unknown),
        Err(error) => trouble(&error),
    }
}

/// `POST /join/{secret}`: accepts; with `?ask=new` asks for a new invitation instead.
pub(crate) async fn accept(
    shared: web::Data<Shared>,
    request: HttpRequest,
    secret: Path<String>,
    asked: Option<web::Query<Asked>>,
) -> HttpResponse {
    // Neither of the two forms: nobody meant to accept by it.
    let Some(asked) = asked else { return page(StatusCode::NOT_FOUND, &JoinPage::Unknown) };
    let request_id = RequestId::of(&request).0;
    if asked.ask.as_deref() == Some("new") {
        return match shared.provisioner.ask_for_invitation(&secret, &request_id).await {
            Ok(view) => page(StatusCode::OK, &JoinPage::Asked { tenant: &view.tenant }),
            Err(error) => refused(&shared, &secret, &error).await,
        };
    }
    match shared.provisioner.accept(&secret, &request_id).await {
        Ok(accepted) => page(
            StatusCode::OK,
            &JoinPage::Welcome {
                tenant: &accepted.tenant_name,
                person: accepted.display_name.as_deref(),
                product: &shared.options.product,
                start_url: shared.options.start_url.as_deref(),
            },
        ),
        Err(error) => refused(&shared, &secret, &error).await,
    }
}

/// The page of what the invitation is now: the person may have been overtaken since they saw the button.
async fn refused(shared: &Shared, secret: &str, error: &Error) -> HttpResponse {
    let known = matches!(
        error,
        Error::Rule(
            Refusal::InvitationExpired
                | Refusal::InvitationWithdrawn
                | Refusal::InvitationReplaced
                | Refusal::InvitationUsed
                | Refusal::WrongState { .. }
        ) | Error::Policy(Reason::NoAddress, _)
    );
    if matches!(error, Error::Request(..)) {
        return page(StatusCode::NOT_FOUND, &JoinPage::Unknown);
    }
    if !known {
        return trouble(error);
    }
    match shared.provisioner.invitation(secret).await {
        Ok(Some(view)) => of_view(shared, &view),
        Ok(None) => page(StatusCode::NOT_FOUND, &JoinPage::Unknown),
        Err(error) => trouble(&error),
    }
}

fn of_view(shared: &Shared, view: &InvitationView) -> HttpResponse {
    let (tenant, product, start_url) =
        (view.tenant.as_str(), shared.options.product.as_str(), shared.options.start_url.as_deref());
    let (status, shown) = match view.state {
        JoinState::Open { expires_at } => (
            StatusCode::OK,
            JoinPage::Open { tenant, person: view.person.as_deref(), email: &view.email, expires_at, product },
        ),
        JoinState::Used => (StatusCode::GONE, JoinPage::AlreadyUsed { tenant, product, start_url }),
        JoinState::Expired => (StatusCode::GONE, JoinPage::Expired { tenant, can_ask: view.can_ask }),
        JoinState::Withdrawn => (StatusCode::GONE, JoinPage::Withdrawn { tenant }),
        JoinState::Replaced => (StatusCode::GONE, JoinPage::Replaced { tenant, can_ask: view.can_ask }),
    };
    page(status, &shown)
}

fn trouble(error: &Error) -> HttpResponse {
    tracing::error!(reason = error.reason(), "an invitation could not be read or accepted");
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, &JoinPage::Trouble);
    response.headers_mut().insert(RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("5"));
    response
}

/// The secret is in the address: the page sends no referrer, loads nothing, is in no frame and in no cache.
fn page(status: StatusCode, page: &JoinPage<'_>) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_SECURITY_POLICY, content_security_policy()))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .content_type("text/html; charset=utf-8")
        .body(join_page(page).into_string())
}
