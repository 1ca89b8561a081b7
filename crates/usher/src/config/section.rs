//! One description for each section: struct, default, check and reference come from the same lines.

use std::ops::RangeInclusive;

use super::{ConfigError, layers::Layers, values::Setting};

/// One key of the configuration, as the reference and `usher check-config` show it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Section and field, with a dot between them.
    pub name: String,
    /// What kind of value it takes.
    pub kind: &'static str,
    /// Smallest and largest number, when it takes numbers.
    pub range: Option<RangeInclusive<u64>>,
    /// The value as TOML; `None` when unset. Holds secrets when somebody set one.
    pub literal: Option<String>,
    /// The value as it may be shown; `None` when unset.
    pub shown: Option<String>,
    /// What it is for.
    pub text: String,
}

impl Key {
    /// The variable that sets the key.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{}{}", super::layers::PREFIX, self.name.to_uppercase().replace('.', "__"))
    }
}

/// A section of the configuration.
pub trait Section: Sized {
    /// Its name in files and variables.
    const NAME: &'static str;

    /// What it is for.
    fn about() -> String;

    /// Takes the section's keys from the layers, and the default for what they do not have.
    ///
    /// # Errors
    /// [`ConfigError`] names the key.
    fn read(layers: &Layers) -> Result<Self, ConfigError>;

    /// The section's keys with their present values.
    fn keys(&self) -> Vec<Key>;
}

/// Describes one field.
pub fn key(section: &str, field: &str, value: &impl Setting, range: Option<RangeInclusive<u64>>, doc: &[&str]) -> Key {
    Key {
        name: format!("{section}.{field}"),
        kind: kind_of(value),
        range,
        literal: value.literal(),
        shown: value.shown(),
        text: paragraph(doc),
    }
}

fn kind_of<S: Setting>(_: &S) -> &'static str {
    S::KIND
}

/// Joins the lines of a doc comment.
pub fn paragraph(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Writes a section: `/// text` `field: Type = default, in range;` for each key.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident = $section:literal {
            $( $(#[doc = $text:literal])+ $field:ident: $type:ty = $default:expr $(, in $range:expr)?; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        pub struct $name {
            $( $(#[doc = $text])+ pub $field: $type, )+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $crate::config::section::Section for $name {
            const NAME: &'static str = $section;

            fn about() -> String {
                $crate::config::section::paragraph(&[$( $about ),+])
            }

            fn read(layers: &$crate::config::layers::Layers) -> Result<Self, $crate::config::ConfigError> {
                let default = Self::default();
                Ok(Self {
                    $( $field: layers.take(
                        concat!($section, ".", stringify!($field)),
                        default.$field,
                        section!(@range $($range)?),
                    )?, )+
                })
            }

            fn keys(&self) -> Vec<$crate::config::Key> {
                vec![$(
                    $crate::config::section::key(
                        $section,
                        stringify!($field),
                        &self.$field,
                        section!(@range $($range)?),
                        &[$( $text ),+],
                    ),
                )+]
            }
        }
    };
    (@range) => { None };
    (@range $range:expr) => { Some($range) };
}
pub(super) use section;
