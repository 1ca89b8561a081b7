use serde_json::json;

use super::*;
use crate::error::ScimType;

fn pairs(list: &[(&str, &str)]) -> Result<Query, Error> {
    Query::from_pairs(list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn parameters_are_read_in_any_case() {
    let query = pairs(&[
        ("STARTINDEX", "3"),
        ("count", "2"),
        ("Filter", "userName pr"),
        ("sortby", "userName"),
        ("sortOrder", "Descending"),
        ("attributes", "a,b"),
        ("x", "1"),
        ("x", "2"),
    ]);
    let expected = Query {
        attributes: Some(vec!["a".into(), "b".into()]),
        excluded_attributes: None,
        filter: Some("userName pr".into()),
        sort_by: Some("userName".into()),
        descending: true,
        start_index: Some(3),
        count: Some(2),
        cursor: None,
    };
    assert_eq!(query.unwrap(), expected);
    assert_eq!(pairs(&[("filter", "")]).unwrap().filter.as_deref(), Some(""), "an empty filter is not no filter");
    assert_eq!(pairs(&[("sortBy", "")]).unwrap().sort_by, None);
}

#[test]
fn parameters_that_say_nothing_clear_are_refused() {
    let cases: [&[(&str, &str)]; 6] = [
        &[("filter", "id pr"), ("FILTER", "id pr")],
        &[("startIndex", "x")],
        &[("count", "")],
        &[("count", "1.5")],
        &[("startIndex", "99999999999999999999")],
        &[("sortOrder", "up")],
    ];
    for case in cases {
        assert_eq!(pairs(case).unwrap_err().scim_type, Some(ScimType::InvalidValue), "{case:?}");
    }
}

#[test]
fn a_cursor_makes_other_demands_of_a_count() {
    assert_eq!(pairs(&[("CURSOR", ""), ("count", "5")]).unwrap().cursor.as_deref(), Some(""));
    assert_eq!(pairs(&[("startIndex", "1"), ("cursor", "x")]).unwrap().cursor.as_deref(), Some("x"));
    for count in ["0", "-1", "x", "", "1.5", "99999999999999999999"] {
        let by_query = [pairs(&[("cursor", ""), ("count", count)]), pairs(&[("count", count), ("cursor", "")])];
        for query in by_query {
            assert_eq!(query.unwrap_err().scim_type, Some(ScimType::InvalidCount), "{count:?}");
        }
    }
    for count in [json!(0), json!(1.5), json!("5"), json!(u64::MAX)] {
        let query = Query::from_search(json!({ "count": count, "cursor": "" }));
        assert_eq!(query.unwrap_err().scim_type, Some(ScimType::InvalidCount), "{count}");
    }
    let both = pairs(&[("startIndex", "2"), ("cursor", "")]);
    assert_eq!(both.unwrap_err().scim_type, Some(ScimType::InvalidValue));
    assert_eq!(Query::from_search(json!({ "cursor": 5 })).unwrap_err().scim_type, Some(ScimType::InvalidValue));
    assert_eq!(Query::from_search(json!({ "cursor": null })).unwrap().cursor, None);
}

#[test]
fn a_page_by_cursor_says_where_to_go_on_and_not_where_it_is() {
    let page = CursorPage { total: Some(9), resources: vec![json!({})], previous: None, next: Some("n".to_owned()) };
    let expected = json!({ "schemas": [LIST_URN], "totalResults": 9, "itemsPerPage": 1, "nextCursor": "n",
                           "Resources": [{}] });
    assert_eq!(page.to_response(), expected);
    let last = CursorPage { previous: Some("p".to_owned()), ..CursorPage::default() };
    let expected = json!({ "schemas": [LIST_URN], "itemsPerPage": 0, "previousCursor": "p", "Resources": [] });
    assert_eq!(last.to_response(), expected);
}

#[test]
fn pages_have_sane_bounds() {
    let limits = Limits::default();
    let page = |start_index, count| {
        let page = Query { start_index, count, ..Query::default() }.page(&limits);
        (page.start, page.count)
    };
    assert_eq!(page(None, None), (1, 200));
    assert_eq!(page(Some(0), Some(0)), (1, 0));
    assert_eq!(page(Some(-5), Some(-1)), (1, 0));
    assert_eq!(page(Some(i64::MIN), Some(i64::MIN)), (1, 0));
    assert_eq!(page(Some(7), Some(10)), (7, 10));
    assert_eq!(page(Some(i64::MAX), Some(i64::MAX)), (i64::MAX.unsigned_abs(), 200));
}

#[test]
fn a_search_body_means_what_the_query_means() {
    let body = json!({ "schemas": [SEARCH_URN], "attributes": ["userName"], "Filter": "id pr", "startIndex": 1, "count": 5,
                       "sortBy": "userName", "sortOrder": "ascending", "excludedAttributes": null, "other": {} });
    let by_body = Query::from_search(body).unwrap();
    let by_query = pairs(&[
        ("attributes", "userName"),
        ("filter", "id pr"),
        ("startIndex", "1"),
        ("count", "5"),
        ("sortBy", "userName"),
    ]);
    assert_eq!(by_body, by_query.unwrap());
    assert_eq!(Query::from_search(json!({})).unwrap(), Query::default());
    let broken = [
        json!([]),
        json!({ "schemas": ["urn:x"] }),
        json!({ "schemas": 1 }),
        json!({ "count": "5" }),
        json!({ "count": 1.5 }),
        json!({ "filter": 7 }),
        json!({ "attributes": [1] }),
        json!({ "attributes": {} }),
    ];
    for body in broken {
        assert_eq!(Query::from_search(body.clone()).unwrap_err().status, 400, "{body}");
    }
}

#[test]
fn an_empty_answer_has_resources_and_whole_numbers() {
    let expected =
        json!({ "schemas": [LIST_URN], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [] });
    assert_eq!(list_response(0, 1, Vec::new()), expected);
    let page = list_response(9, 8, vec![json!({}), json!({})]);
    assert_eq!((&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]), (&json!(9), &json!(2), &json!(8)));
}

#[test]
fn the_projection_of_a_query_is_that_of_its_lists() {
    let query = pairs(&[("excludedAttributes", "members")]).unwrap();
    assert!(!query.projection(&Definition::group()).unwrap().wants("members"));
    assert!(
        pairs(&[("attributes", "a"), ("excludedAttributes", "b")]).unwrap().projection(&Definition::user()).is_err()
    );
}
