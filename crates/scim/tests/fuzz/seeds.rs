//! Well-formed requests of many kinds, to start from.

pub const FILTERS: &[&str] = &[
    r#"userName eq "ada@example.com""#,
    r#"USERNAME Eq "x" AND NOT (active eq true or title pr)"#,
    r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value sw "f"]"#,
    r#"emails[type eq "work"].value eq "ada@example.com""#,
    r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "1" and meta.lastModified ge "2026-01-02T03:04:05.6Z""#,
    r#"not (name.familyName ew "\u00e9\\\"") and externalId ne null"#,
    r#"((((userName gt "a"))) and (userName lt "b")) or id le "c""#,
    r#"manager eq "x" and groups.value eq "y" and active ne "True""#,
];

pub const PATHS: &[&str] = &[
    "userName",
    "name.givenName",
    r#"emails[type eq "work"].value"#,
    r#"addresses[type eq "work" and not (primary eq true)]"#,
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
    "urn:ietf:params:scim:schemas:core:2.0:User:emails.value",
];

pub const PATCHES: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"emails[type eq \"work\"].value","value":"a@b.example"}]}"#,
    r#"{"Operations":[{"op":"replace","value":{"active":"False","name.givenName":"Ada","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"IT"}}]}"#,
    r#"{"Operations":[{"op":"remove","path":"emails","value":[{"value":"w@x.example"}]},{"op":"remove","path":"title"},{"op":"replace","path":"phoneNumbers","value":[]}]}"#,
    r#"{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","value":{"manager":"7","costCenter":"9"}}]}"#,
    r#"{"Operations":[{"op":"replace","path":"emails[primary eq true]","value":{"value":"n@x.example","type":"home","primary":true}}]}"#,
    r#"{"Operations":[{"op":"replace","path":"urn:example:fuzz:2.0:User:notes[kind eq \"a\"].text","value":"b"},{"op":"add","path":"urn:example:fuzz:2.0:User:badge","value":7}]}"#,
];

pub const GROUP_PATCHES: &[&str] = &[
    r#"{"Operations":[{"op":"add","path":"members","value":[{"value":"1","$ref":null,"display":"x"},{"value":"2"}]}]}"#,
    r#"{"Operations":[{"op":"remove","path":"members[value eq \"1\" or value eq \"2\"]"},{"op":"Replace","path":"displayName","value":"Ops"}]}"#,
    r#"{"Operations":[{"op":"replace","value":{"id":"1","displayName":"Ops","members":[{"value":"3"}]}},{"op":"Remove","path":"members","value":[{"value":"3"}]}]}"#,
];

pub const BODIES: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"ada","name":{"givenName":"Ada"},"emails":[{"value":"a@b.example","type":"work","primary":true}],"active":"True","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"7"},"employeeNumber":"1"}}"#,
    r#"{"userName":"u\u00e9","emails":"a@b.example","addresses":[{"type":"work","locality":"Bonn"},null],"x509Certificates":[{"value":"MIIB"}],"meta":{"created":"2026-01-02T03:04:05Z"},"roles":[{"value":"{}"}],"manager":"","password":"p"}"#,
    r#"{"userName":"n","externalId":null,"groups":[],"urn:example:fuzz:2.0:User":{"badge":12,"rate":1.5,"since":"2026-01-02T03:04:05Z","notes":[{"kind":"a","text":"b"}],"flag":"false"},"urn:unknown:x":{"y":[1,2,{}]}}"#,
];

pub const QUERIES: &[&str] = &[
    r"filter=userName+eq+%22ada%22&startIndex=1&count=100",
    r"attributes=userName,emails.value,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager&sortBy=emails&sortOrder=descending",
    r"excludedAttributes=members&count=-1&startIndex=-9223372036854775808",
    r"sortBy=urn:example:fuzz:2.0:User:badge&attributes=urn:example:fuzz:2.0:User:notes.text",
];

pub const SCHEMAS: &[&str] = &[
    r#"{"id":"urn:example:fuzz:2.0:User","name":"Fuzz","attributes":[{"name":"badge","type":"integer","required":false},{"name":"rate","type":"decimal"},{"name":"since","type":"dateTime"},{"name":"flag","type":"boolean"},{"name":"notes","type":"complex","multiValued":true,"subAttributes":[{"name":"kind","type":"string","canonicalValues":["a"]},{"name":"text","type":"string","caseExact":true}]}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:example:other:1.0","attributes":[{"name":"ref","type":"reference","referenceTypes":["User","external"],"mutability":"immutable","returned":"request","uniqueness":"none"},{"name":"key","type":"binary","multiValued":true,"returned":"never","mutability":"writeOnly"}],"meta":{"resourceType":"Schema"}}"#,
];

pub const BULKS: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"G","members":[{"value":"bulkId:u"},"bulkId:g2"]}},{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"u"}},{"method":"post","path":"Groups/","bulkId":"g2","data":{"displayName":"H"}}]}"#,
    r#"{"Schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"operations":[{"method":"PATCH","path":"/Groups/bulkId:g","version":"W/\"1\"","data":{"Operations":[{"op":"remove","path":"members[value eq \"bulkId:u\" or value eq \"\\u0062ulkId:u\"]"},{"op":"add","value":{"members":[{"value":"bulkId:u"}]}}]}},{"method":"PUT","path":"/Groups/1","bulkId":"g","data":{"displayName":"G"}},{"method":"DELETE","path":"/Users/2","bulkId":"u","data":null}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:b"}}}},{"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"b","manager":"bulkId:a"}},{"method":"GET","path":"/Users"},7]}"#,
];
