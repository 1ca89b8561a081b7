//! Operator tokens: short-lived JWTs (RFC 7519) under a key that is derived from the key ring.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use usher_core::KeyRing;

const PURPOSE: &str = "operator token";
const ISSUER: &str = "usher";
const AUDIENCE: &str = "usher-operator";

/// Why no operator token was made.
#[derive(Debug, Error)]
pub enum OperatorTokenError {
    /// The lifetime is not between one second and 366 days.
    #[error("an operator token is valid for one second to 366 days")]
    Lifetime,
    /// The signature failed.
    #[error("the token could not be signed")]
    Signature(#[source] jsonwebtoken::errors::Error),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
}

/// Makes an operator token that is valid for `lifetime` from `now` on.
///
/// # Errors
/// [`OperatorTokenError`].
pub fn operator_token(keys: &KeyRing, now: DateTime<Utc>, lifetime: TimeDelta) -> Result<String, OperatorTokenError> {
    if lifetime < TimeDelta::seconds(1) || lifetime > TimeDelta::days(366) {
        return Err(OperatorTokenError::Lifetime);
    }
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        iat: now.timestamp(),
        exp: (now + lifetime).timestamp(),
    };
    let key = EncodingKey::from_secret(&keys.mac(PURPOSE, &[]));
    encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(OperatorTokenError::Signature)
}

/// Whether a text is an operator token that is valid now. The algorithm is pinned, and the time is the caller's.
pub(crate) fn is_operator(keys: &KeyRing, token: &str, now: DateTime<Utc>) -> bool {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    // Checked below against the clock that was handed in.
    validation.validate_exp = false;
    keys.macs(PURPOSE, &[]).any(|key| {
        let decoded = decode::<Claims>(token, &DecodingKey::from_secret(&key), &validation);
        decoded.is_ok_and(|token| token.claims.exp > now.timestamp() && token.claims.iat <= now.timestamp() + 60)
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::json;
    use usher_core::KeyRing;

    use super::{PURPOSE, is_operator, operator_token};

    fn keys() -> KeyRing {
        KeyRing::new(["0123456789abcdef0123456789abcdef"]).unwrap()
    }

    #[test]
    fn a_token_is_valid_until_it_expires() {
        let (keys, now) = (keys(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let token = operator_token(&keys, now, TimeDelta::hours(1)).unwrap();
        assert!(is_operator(&keys, &token, now) && is_operator(&keys, &token, now + TimeDelta::minutes(59)));
        assert!(!is_operator(&keys, &token, now + TimeDelta::hours(1)));
        let other = KeyRing::new(["another-key-another-key-another-key"]).unwrap();
        assert!(!is_operator(&other, &token, now));
        assert!(operator_token(&keys, now, TimeDelta::zero()).is_err());
    }

    #[test]
    fn other_algorithms_claims_and_types_are_refused() {
        let (keys, now) = (keys(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let exp = now.timestamp() + 100;
        let good = json!({ "iss": "usher", "aud": "usher-operator", "iat": now.timestamp(), "exp": exp });
        let signed = |claims: &serde_json::Value, algorithm| {
            encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(&keys.mac(PURPOSE, &[]))).unwrap()
        };
        assert!(is_operator(&keys, &signed(&good, Algorithm::HS256), now));
        assert!(!is_operator(&keys, &signed(&good, Algorithm::HS512), now), "another algorithm");
        for (claim, value) in [
            ("iss", json!("someone")),
            ("aud", json!("console")),
            ("exp", json!(exp.to_string())),
            ("exp", json!(null)),
            ("iat", json!(now.timestamp() + 3600)),
        ] {
            let mut claims = good.clone();
            claims[claim] = value;
            assert!(!is_operator(&keys, &signed(&claims, Algorithm::HS256), now), "{claim}");
        }
        // {"alg":"none"}, no signature
        let none =
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ1c2hlciIsImF1ZCI6InVzaGVyLW9wZXJhdG9yIiwiaWF0IjowLCJleHAiOjk5OTk5OTk5OTl9.";
        assert!(!is_operator(&keys, none, now));
    }
}
