//! SCIM 2.0 as data: schemas, resources, filters, paths, PATCH, projection, lists.
