//! Whatever is wrong with a token, the answer is the same, and comes before the body is looked at.

use chrono::TimeDelta;
use usher_core::{ConnectionKind, OsEntropy, PlainToken, TenantId};
use usher_gateway::routes::{SCIM, SCIM_DOORS};
use usher_provision::NewToken;

use super::{filled, with_broken_body};
use crate::harness::{Answer, App, Request, Setup, Tenant};

on_both_backends!(
    r24_r25_what_is_no_valid_token_here_gets_the_same_401_on_every_route_of_every_door,
    r23_every_spelling_of_a_path_is_unknown_or_asks_for_the_token,
    r25_a_tenant_without_tokens_lets_nobody_in,
    r28_a_suspended_tenant_is_shut_until_it_is_resumed,
    a_token_ends_when_it_is_revoked_or_expires_and_a_rotated_one_after_its_sunset,
    the_scheme_ignores_case_and_a_door_knows_slug_and_id,
);

/// Values of one `Authorization` line that open nothing, with what they are.
async fn bad_lines(app: &App, acme: &Tenant) -> Vec<(&'static str, Vec<String>)> {
    let operator = app.operator();
    let unknown = |tenant: &str| {
        let tenant = TenantId::parse(tenant).expect("an id");
        format!("Bearer {}", PlainToken::generate(tenant, &OsEntropy).expose())
    };
    let suspended = app.tenant("suspended").await;
    operator.suspend_tenant("suspended").await.expect("it is there");
    let new = |expires| NewToken { expires, ..NewToken::of("first", ConnectionKind::Okta) };
    let revoked = operator.create_token("acme", new(None)).await.expect("a token");
    operator.revoke_token("acme", &revoked.id).await.expect("it is there");
    let expired = operator.create_token("acme", new(Some(TimeDelta::seconds(1)))).await.expect("a token");
    app.clock.advance(TimeDelta::seconds(2));
    let good = format!("Bearer {}", acme.token);
    let last = if good.ends_with('0') { '1' } else { '0' };
    let lines = [
        ("empty", String::new()),
        ("no token", "Bearer".to_owned()),
        ("blank", "Bearer    ".to_owned()),
        ("null", "Bearer null".to_owned()),
        ("undefined", "Bearer undefined".to_owned()),
        ("no scheme", acme.token.clone()),
        ("another scheme", good.replace("Bearer", "Basic")),
        ("a wrong checksum", format!("{}{last}", &good[..good.len() - 1])),
        ("too short", good[..good.len() - 1].to_owned()),
        ("too long", format!("{good}0")),
        ("twice in one line", format!("{good}, {good}")),
        ("another case", format!("Bearer {}", acme.token.to_uppercase())),
        ("of nobody in this tenant", unknown(&acme.id)),
        ("of no tenant", unknown("0192d5a0-7d1e-7c3a-9f00-3b2b6f0c1a2e")),
        ("over-long", format!("Bearer ush_{}", "a".repeat(50_000))),
        ("of a suspended tenant", format!("Bearer {}", suspended.token)),
        ("revoked", format!("Bearer {}", revoked.token.expose())),
        ("expired", format!("Bearer {}", expired.token.expose())),
        ("an operator's", format!("Bearer {}", app.operator_token())),
    ];
    let mut all: Vec<_> = lines.into_iter().map(|(what, line)| (what, vec![line])).collect();
    all.push(("missing", Vec::new()));
    all.push(("two lines", vec![good.clone(), good]));
    all
}

async fn r24_r25_what_is_no_valid_token_here_gets_the_same_401_on_every_route_of_every_door(app: &App) {
    let acme = app.tenant("acme").await;
    let globex = app.tenant("globex").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    let named = app.replica(Setup { base_domain: Some("scim.example.com".to_owned()), ..Setup::default() }).await;
    let bad = bad_lines(app, &acme).await;
    let foreign = ("another tenant's", vec![format!("Bearer {}", globex.token)]);
    let doors = [
        (app.address, SCIM_DOORS[0], None),
        (app.address, SCIM_DOORS[1], None),
        (named.address, SCIM_DOORS[1], Some("acme.scim.example.com")),
    ];
    let mut expected = None;
    for (address, door, host) in doors {
        let own = door.contains("{tenant}") || host.is_some();
        for route in SCIM {
            let path = filled(&format!("{door}{}", route.path), "acme", &user);
            for (what, lines) in bad.iter().chain(own.then_some(&foreign)) {
                let mut request = with_broken_body(Request::new(address, route.method.as_str(), &path), route);
                for line in lines {
                    request = request.header("Authorization", line);
                }
                if let Some(host) = host {
                    request = request.header("Host", host);
                }
                let answer = request.send().await;
                let expected = expected.get_or_insert_with(|| answer.essence());
                assert_eq!(answer.essence(), *expected, "{} {path} with a token that is {what}", route.method);
            }
        }
    }
    let (status, headers, body) = expected.expect("there are routes");
    assert_eq!(status, 401);
    let answer = Answer { status, headers, body: body.into_bytes() }.assert_scim_error(401, None);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"usher\"");
    acme.scim().get(&format!("/Users/{user}")).await.assert_status(200);
    named.stop().await;
}

async fn r23_every_spelling_of_a_path_is_unknown_or_asks_for_the_token(app: &App) {
    let acme = app.tenant("acme").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    let spellings = [
        "/scim/v2/%55sers",
        "/scim/v2/User%73",
        "/%73cim/v2/Users",
        "/scim%2fv2/Users",
        "/scim/v2%2fUsers",
        "/scim/v2/Users%2f{id}",
        "/scim/v2//Users",
        "//scim/v2/Users",
        "/scim/v2/Users/",
        "/scim/v2/Users//",
        "/scim/v2/./Users",
        "/scim/v2/x/../Users",
        "/scim/v2/%2e%2e/v2/Users",
        "/scim/v2/..%2fv2/Users",
        "/scim/v2/Users;a=b",
        "/scim/v2/Users;/{id}",
        "/scim/v2/Users%3b",
        "/scim/v2/%2555sers",
        "/scim/v2/users",
        "/SCIM/V2/USERS",
        "/scim/v2/Users%00",
        "/scim/v2/Users%20",
        "/scim/v2/Users/%30{id}",
        "/scim/v2/Users/{id}%00",
        "/scim/v2/Users?access_token={token}",
        "/scim/v2/Users#",
        "/healthz/../scim/v2/Users",
        "/healthz%2f..%2fscim/v2/Users",
        "/t/acme/scim/v2/%55sers",
        "/t/%61cme/scim/v2/Users",
        "/t/acme%2fscim/v2/Users",
        "/t/../scim/v2/Users",
        "/t//scim/v2/Users",
        "/t/acme/../globex/scim/v2/Users",
        "/t/ACME/scim/v2/Users",
        "\\scim\\v2\\Users",
        "http://usher.example.com/scim/v2/Users",
    ];
    for spelling in spellings {
        let path = spelling.replace("{id}", &user).replace("{token}", &acme.token);
        for method in ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"] {
            let answer = Request::new(app.address, method, &path).send().await;
            let refused = matches!(answer.status, 400 | 401 | 404 | 405);
            assert!(refused, "{method} {path} without a token: {}", answer.status);
            assert!(!String::from_utf8_lossy(&answer.body).contains("ada@"), "{method} {path}");
        }
    }
    // What is tolerated means the same, and comes with the token only.
    for path in ["//Users", "/Users/", "/%55sers", "/User%73"] {
        assert_eq!(acme.shared().get(path).await.assert_status(200).json()["totalResults"], 1, "{path}");
    }
}

async fn r25_a_tenant_without_tokens_lets_nobody_in(app: &App) {
    let acme = app.tenant("acme").await;
    app.operator().revoke_token("acme", &acme.token_id).await.expect("it is there");
    for line in ["Bearer", "Bearer ", "Bearer null", &format!("Bearer {}", acme.token)] {
        let request = Request::new(app.address, "GET", "/t/acme/scim/v2/Users").header("Authorization", line);
        request.send().await.assert_scim_error(401, None);
    }
    // HTTP itself forbids a NUL in a header (RFC 9110 §5.5).
    let request = Request::new(app.address, "GET", "/t/acme/scim/v2/Users").header("Authorization", "Bearer \0");
    assert_eq!(request.send().await.status, 400);
}

async fn r28_a_suspended_tenant_is_shut_until_it_is_resumed(app: &App) {
    let acme = app.tenant("acme").await;
    let user = acme.scim().create_user("ada@acme.example").await;
    let before = acme.scim().get(&format!("/Users/{user}")).await.text();
    app.operator().suspend_tenant("acme").await.expect("it is there");
    acme.scim().get("/Users").await.assert_scim_error(401, None);
    acme.shared().get("/ServiceProviderConfig").await.assert_scim_error(401, None);
    app.operator().resume_tenant("acme").await.expect("it is there");
    assert_eq!(acme.scim().get(&format!("/Users/{user}")).await.assert_status(200).text(), before);
}

async fn a_token_ends_when_it_is_revoked_or_expires_and_a_rotated_one_after_its_sunset(app: &App) {
    let acme = app.tenant("acme").await;
    let new = app.operator().rotate_token("acme", &acme.token_id).await.expect("it is in use");
    app.clock.advance(TimeDelta::days(30));
    acme.scim().get("/Users").await.assert_status(200);
    let mut rotated = acme.scim();
    new.token.expose().clone_into(&mut rotated.token);
    rotated.get("/Users").await.assert_status(200);
    // The old one was remembered before the sunset began; a replica has not seen it yet.
    let replica = app.replica(Setup::default()).await;
    acme.through(replica.address).get("/Users").await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(11));
    acme.through(replica.address).get("/Users").await.assert_scim_error(401, None);
    rotated.get("/Users").await.assert_status(200);
    app.operator().revoke_token("acme", &new.id).await.expect("it is there");
    rotated.get("/Users").await.assert_scim_error(401, None);
    replica.stop().await;
}

async fn the_scheme_ignores_case_and_a_door_knows_slug_and_id(app: &App) {
    let acme = app.tenant("acme").await;
    for scheme in ["bearer", "BEARER", "Bearer"] {
        for door in [format!("/t/{}/scim/v2", acme.id), "/t/acme/scim/v2".to_owned(), "/scim/v2".to_owned()] {
            let request = Request::new(app.address, "GET", &format!("{door}/Users"));
            request.header("Authorization", &format!("{scheme} {}", acme.token)).send().await.assert_status(200);
        }
    }
}
