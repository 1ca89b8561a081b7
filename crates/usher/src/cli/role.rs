//! What a process of `usher serve` does.

use clap::ValueEnum;

/// The work that a process of `usher serve` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Both.
    #[default]
    All,
    /// Answer requests.
    Gateway,
    /// Deliver mail, and what time brings.
    Worker,
}

impl Role {
    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Gateway => "gateway",
            Self::Worker => "worker",
        }
    }

    /// Whether it answers requests.
    pub const fn answers(self) -> bool {
        matches!(self, Self::All | Self::Gateway)
    }

    /// Whether it delivers.
    pub const fn delivers(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }
}
