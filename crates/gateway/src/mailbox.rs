//! `/dev/mailbox`: the mail of a first look.

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};
use usher_provision::StoredMail;

use crate::pages::{MailRow, content_security_policy, mailbox_page};
use crate::serve::Shared;

/// A page for browsers, a JSON array for everybody else; newest first.
pub(crate) async fn show(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let mails = shared.options.dev_mailbox.as_ref().map(|mailbox| mailbox.list()).unwrap_or_default();
    let html = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store"));
    if !html {
        return response.json(mails);
    }
    let rows: Vec<MailRow<'_>> = mails.iter().map(row).collect();
    response.insert_header((CONTENT_SECURITY_POLICY, content_security_policy()));
    response.content_type("text/html; charset=utf-8").body(mailbox_page(&rows).into_string())
}

fn row(mail: &StoredMail) -> MailRow<'_> {
    MailRow { id: &mail.id, to: &mail.to, subject: &mail.subject, at: mail.at, text: &mail.text }
}
