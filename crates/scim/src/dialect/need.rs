//! What a client needs in answers.

/// Something in an answer without which a client fails. Every one of them is given to every client, but for
/// [`JsonMediaType`](Self::JsonMediaType), which decides what a request gets that does not say what it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// A look-up that finds nobody is 200 with `totalResults` 0 and an empty `Resources`; a 404 is a failure.
    EmptyListOnMiss,
    /// `totalResults`, `startIndex` and `itemsPerPage` are numbers, in every list.
    NumbersInLists,
    /// Pages come in an order that does not change between two requests.
    StableOrder,
    /// The answer to a create has a body, with `id`.
    BodyOnCreate,
    /// The answer to a create repeats `userName`, `displayName` and `active`.
    NamesAndActiveOnCreate,
    /// A name that is taken is 409, not 400 or 500.
    ConflictOnDuplicate,
    /// `active` is a boolean in answers, whatever was sent.
    BooleanActive,
    /// Values come back as they were sent: no telephone number or name is written anew.
    ValuesAsSent,
    /// A deactivated user can be read, found and changed; 404 makes a duplicate.
    InactiveStaysVisible,
    /// The same person keeps the same `id` for ever.
    StableId,
    /// PATCH of a group is answered without a body.
    NoBodyOnGroupPatch,
    /// A group can be read without its members, by `excludedAttributes=members`.
    GroupWithoutMembers,
    /// A group's `members` is an array even when nobody is in it.
    MembersArray,
    /// One PATCH may change many members.
    ManyMembersInOnePatch,
    /// PUT of a fetched body, with `id`, `meta` and `groups` in it, succeeds.
    PutOfFetchedBody,
    /// DELETE works, for users and groups.
    DeleteWorks,
    /// `/ServiceProviderConfig` can be read and is true.
    Configuration,
    /// `bulk.maxOperations` of the configuration is the number of operations for one PATCH of a group, so it is not 0.
    BulkLimitForPatch,
    /// `/Schemas` and `/ResourceTypes` are complete and have no nulls.
    Discovery,
    /// The answer's media type is `application/scim+json`.
    ScimMediaType,
    /// The answer's media type is `application/json`, where only that is accepted.
    JsonMediaType,
    /// A request body as `application/json` is taken.
    JsonBody,
    /// `//Users` is `/Users`.
    DoubleSlash,
    /// A filter on an attribute that does not exist is refused or finds nobody, never everybody.
    UnknownAttributeFindsNobody,
}
