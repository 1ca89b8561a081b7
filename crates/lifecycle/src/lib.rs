//! The rules of a user's life: state and command in, state and effects out.
