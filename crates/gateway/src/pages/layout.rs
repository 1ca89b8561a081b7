//! The frame of every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::style::STYLE;

/// How wide the content is.
#[derive(Clone, Copy)]
pub(super) enum Width {
    /// One card in the middle.
    Card,
    /// A column to read in.
    Column,
}

/// The whole document around `content`.
pub(super) fn document(title: &str, width: Width, content: &Markup) -> Markup {
    let class = match width {
        Width::Card => "card-page",
        Width::Column => "column-page",
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow";
                meta name="format-detection" content="telephone=no";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body class=(class) { (content) }
        }
    }
}

/// The signs on the pages' medallions, each drawn in a box of 24.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// A tick.
    Done,
    /// A clock.
    Late,
    /// A crossed circle.
    Closed,
    /// A letter.
    Mail,
    /// A broken chain.
    Broken,
    /// An exclamation mark.
    Trouble,
}

impl Sign {
    fn path(self) -> &'static str {
        match self {
            Self::Done => "M5 12.5l4.6 4.6L19 7.5",
            Self::Late => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 7.5v5l3.2 2",
            Self::Closed => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M6 6l12 12",
            Self::Mail => {
                "M5 5.5h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM3.6 7.2L12 13l8.4-5.8"
            }
            Self::Broken => {
                "M9.5 14.5l-2 2a3 3 0 0 1-4.2-4.2l2.6-2.6a3 3 0 0 1 3-.7M14.5 9.5l2-2a3 3 0 0 1 4.2 4.2l-2.6 2.6a3 3 0 0 \
                 1-3 .7M9 4.5v-2M5.5 6L4 4.5M15 19.5v2M18.5 18l1.5 1.5"
            }
            Self::Trouble => "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17v.1",
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Done => "good",
            Self::Mail => "calm",
            Self::Late | Self::Closed | Self::Broken | Self::Trouble => "care",
        }
    }
}

/// A sign in its medallion. It only decorates: the heading says the same.
pub(super) fn medallion(sign: Sign) -> Markup {
    html! {
        div class={ "medallion " (sign.tone()) } aria-hidden="true" {
            svg viewBox="0 0 24 24" width="28" height="28" focusable="false" { path d=(sign.path()) pathLength="1" {} }
        }
    }
}
