//! The bodies of answers with many members, made while they are sent: a client that reads slowly costs no more memory than one
//! that reads fast.

use std::convert::Infallible;

use actix_web::body::SizedStream;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt, stream};
use serde_json::Value;
use usher_provision::{LongText, ManyMembers};
use usher_scim::Map;

/// Members in one piece; some 200 bytes each.
const PIECE: usize = 100;

/// The JSON text of `resource` with the members in the place of its empty list.
pub(crate) fn body(
    resource: &Map,
    members: ManyMembers,
) -> SizedStream<impl Stream<Item = Result<Bytes, Infallible>> + use<>> {
    let (before, after) = around_members(resource);
    let bytes = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
    let length = bytes(&before) + members.bytes() + bytes(&after);
    let pieces = stream::iter((0..members.len()).step_by(PIECE)).map(move |from| members.text(from, PIECE));
    let ends = |text: String| stream::iter([text]);
    SizedStream::new(length, ends(before).chain(pieces).chain(ends(after)).map(|text| Ok(Bytes::from(text))))
}

/// The JSON text of a list, as it is read. Where the database goes away in the middle the answer is cut off, which HTTP tells
/// the client by the missing last chunk.
pub(crate) fn list(text: LongText) -> impl Stream<Item = Result<Bytes, Cut>> {
    stream::try_unfold(text, async |mut text| {
        let piece = text.next().await.map_err(|error| {
            tracing::error!(reason = error.reason(), "a list of groups was cut off");
            Cut
        })?;
        Ok(piece.map(|piece| (Bytes::from(piece), text)))
    })
}

/// The rest of an answer cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the answer cannot be read")]
pub(crate) struct Cut;

/// What stands before the first member and after the last.
fn around_members(resource: &Map) -> (String, String) {
    let (mut before, mut after, mut passed) = ("{".to_owned(), String::new(), false);
    for (index, (key, value)) in resource.iter().enumerate() {
        let text = if passed { &mut after } else { &mut before };
        if index > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        if key == "members" {
            text.push('[');
            after.push(']');
            passed = true;
        } else {
            text.push_str(&value.to_string());
        }
    }
    after.push('}');
    (before, after)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::around_members;

    #[test]
    fn the_two_halves_are_the_resource_around_its_members() {
        for (resource, members) in [
            (json!({ "id": "1", "members": [], "meta": { "version": "W/\"1\"" } }), json!([1, 2])),
            (json!({ "members": [], "id": "1" }), json!([])),
            (json!({ "id": "a\"b", "members": [] }), json!([{ "value": "x" }])),
        ] {
            let mut expected = resource.clone();
            expected["members"] = members.clone();
            let (before, after) = around_members(resource.as_object().unwrap());
            let inner = members.to_string();
            let whole = format!("{before}{}{after}", &inner[1..inner.len() - 1]);
            assert_eq!(serde_json::from_str::<Value>(&whole).unwrap(), expected);
        }
    }
}
