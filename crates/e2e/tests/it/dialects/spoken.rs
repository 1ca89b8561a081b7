//! Whether a replay has really sent what the data says that its client sends: each leniency leaves its mark on a request.

use serde_json::Value;

use super::client::{Call, ENTERPRISE, GROUP, USER};

/// Whether a request needs the leniency of this name.
pub fn needs(leniency: &str, call: &Call) -> bool {
    let body = &call.body;
    let operations = body["Operations"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |value: &Value, test: fn(&str) -> bool| value.as_str().is_some_and(test);
    let on_manager = |test: fn(&str) -> bool| {
        operations.iter().any(|one| text(&one["path"], |path| path.ends_with(":manager")) && text(&one["value"], test))
    };
    match leniency {
        "string_booleans" => any(body, &|value| {
            text(value, |text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
        }),
        "capitalised_verbs" => operations.iter().any(|one| text(&one["op"], |op| op.starts_with(char::is_uppercase))),
        "dotted_keys" => keys(operations).any(|key| key.contains('.') && !key.starts_with("urn:")),
        "urn_keys" => keys(operations).any(|key| key.starts_with("urn:")),
        "element_from_filter" => operations.iter().any(|one| {
            let path = one["path"].as_str().unwrap_or_default();
            !one["value"].is_null() && path.contains('[') && !path.starts_with("members")
        }),
        "filter_after_brackets" => call.path.contains("%5D.value"),
        "complex_means_value" => call.path.contains("manager%20eq") || call.path.contains("emails%20eq"),
        "unqualified_extension_names" => body.get("department").is_some() || call.path.contains("%20manager%20eq"),
        "bare_string_for_complex" => on_manager(|text| !text.is_empty()),
        "empty_reference_unassigns" => on_manager(str::is_empty),
        "remove_value_list" => operations.iter().any(|one| {
            text(&one["op"], |op| op.eq_ignore_ascii_case("remove"))
                && one["path"] == "members"
                && one["value"].is_array()
        }),
        "null_is_unassigned" => any(body, &Value::is_null),
        "ignored_roles" => body.get("roles").is_some(),
        "unknown_schemas" => body["schemas"].as_array().is_some_and(|all| all.iter().any(is_unknown)),
        "undeclared_schema_paths" => operations.iter().any(|one| {
            text(&one["path"], |path| {
                path.starts_with("urn:") && !path.starts_with(ENTERPRISE) && !path.starts_with(USER)
            })
        }),
        "read_only_in_body" => {
            let read_only = ["id", "meta", "groups"];
            read_only.iter().any(|name| body.get(name).is_some())
                || keys(operations).any(|key| read_only.contains(&key))
        }
        "password_dropped" => body.get("password").is_some(),
        "names_in_any_case" => call.path.contains("username%20Eq"),
        "empty_text_unassigns" => any(body, &|value| text(value, str::is_empty)),
        "manager_id" => body.to_string().contains("\"managerId\":"),
        unknown => panic!("no mark of {unknown} is known"),
    }
}

/// The keys of values without path.
fn keys(operations: &[Value]) -> impl Iterator<Item = &str> {
    let values = operations.iter().filter(|one| one.get("path").is_none()).filter_map(|one| one["value"].as_object());
    values.flat_map(|value| value.keys().map(String::as_str))
}

fn any(body: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    match body {
        Value::Array(items) => items.iter().any(|item| test(item) || any(item, test)),
        Value::Object(parts) => parts.values().any(|part| test(part) || any(part, test)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_unknown(urn: &Value) -> bool {
    ![USER, GROUP, ENTERPRISE, "urn:ietf:params:scim:api:messages:2.0:PatchOp"].into_iter().any(|known| urn == known)
}
