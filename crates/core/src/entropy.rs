//! Chance comes in as an argument.

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer with random bytes fit for keys.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for randomness")]
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // Guessable tokens are worse than no service; no Linux since 3.17 gets here.
            std::process::abort();
        }
    }
}
