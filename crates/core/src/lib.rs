//! Words that all of usher shares: ids, addresses, tokens, clock, settings.
