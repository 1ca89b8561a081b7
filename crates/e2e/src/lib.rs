//! Tests over HTTP against the whole server.
