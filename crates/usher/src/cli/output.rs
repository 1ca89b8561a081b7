//! How commands answer.
//!
//! An answer is one serialisable value. JSON prints it as it is; text shows the same value as aligned lines or as a
//! table, so that the two never tell different things.

use std::io::{self, ErrorKind, Write};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::failure::Failure;

/// The forms of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// Standard output of one command.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
}

/// A column of a table: the field, with dots where it lies deeper, and its heading.
pub type Column = (&'static str, &'static str);

impl Output {
    /// Answers in this form.
    pub const fn new(format: Format) -> Self {
        Self { format }
    }

    /// Answers with one value; as text, one `name: value` line for each field.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn one(self, value: &impl Serialize) -> Result<(), Failure> {
        self.value(value, lines)
    }

    /// Answers with one value that text shows in its own way.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn value(self, value: &impl Serialize, show: impl FnOnce(&Value) -> String) -> Result<(), Failure> {
        let value = serde_json::to_value(value).map_err(|error| Failure::new("internal", error))?;
        match self.format {
            Format::Text => write(&show(&value)),
            Format::Json => write(&format!("{value}\n")),
        }
    }

    /// Answers with one value in JSON only: where text has a better place, such as the log of a service.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn document(self, value: &impl Serialize) -> Result<(), Failure> {
        match self.format {
            Format::Text => Ok(()),
            Format::Json => self.one(value),
        }
    }

    /// Answers with a list: a table, or an object that holds the list under `name`.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn list(self, name: &str, items: &impl Serialize, columns: &[Column], nothing: &str) -> Result<(), Failure> {
        let items = serde_json::to_value(items).map_err(|error| Failure::new("internal", error))?;
        let show = |value: &Value| match value[name].as_array().map(Vec::as_slice) {
            None | Some([]) => format!("{nothing}\n"),
            Some(rows) => table(rows, columns),
        };
        self.value(&json!({ name: items }), show)
    }

    /// Prints a text that has one form only.
    ///
    /// # Errors
    /// When standard output cannot be written.
    #[expect(clippy::unused_self, reason = "what reaches standard output goes through here")]
    pub fn text(self, text: &str) -> Result<(), Failure> {
        write(text)
    }

    /// Says why the command was refused: text on standard error, JSON on standard output.
    pub fn refuse(self, failure: &Failure) {
        // Nobody is left to tell when this cannot be written.
        let _ = match self.format {
            Format::Text => writeln!(io::stderr().lock(), "usher: {}", failure.message()).map_err(|_| ()),
            Format::Json => {
                let error = json!({ "error": { "reason": failure.reason(), "message": failure.message() } });
                write(&format!("{error}\n")).map_err(|_| ())
            }
        };
    }
}

fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // `usher events acme | head` has read what it wanted.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(|error| Failure::new("output", format!("cannot write the answer: {error}"))),
    }
}

/// `name: value` lines, aligned; fields without a value are left out.
pub fn lines(value: &Value) -> String {
    let mut fields = Vec::new();
    flatten("", value, 0, &mut fields);
    let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default() + 1;
    fields.iter().fold(String::new(), |shown, (name, value)| {
        let name = format!("{name}:");
        shown + &format!("{name:<width$} {value}\n")
    })
}

/// Fields of nested objects get names such as `settings.domains`; deeper than that they are shown as JSON.
fn flatten(name: &str, value: &Value, depth: usize, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(object) if depth < 3 => {
            for (field, value) in object {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&name, value, depth + 1, fields);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            let shown = cell(value);
            if !shown.is_empty() {
                fields.push((name.to_owned(), shown));
            }
        }
    }
}

/// A table with a heading; columns that are empty in every row are left out.
fn table(rows: &[Value], columns: &[Column]) -> String {
    let columns: Vec<(usize, Vec<String>)> = columns
        .iter()
        .filter_map(|(field, heading)| {
            let cells: Vec<String> = rows.iter().map(|row| cell(at(row, field))).collect();
            let used = cells.iter().any(|cell| !cell.is_empty());
            used.then(|| [vec![(*heading).to_owned()], cells].concat())
        })
        .map(|cells| (cells.iter().map(|cell| cell.chars().count()).max().unwrap_or_default(), cells))
        .collect();
    (0..=rows.len()).fold(String::new(), |shown, row| {
        let line: Vec<_> = columns.iter().map(|(width, cells)| format!("{:<width$}", cells[row])).collect();
        shown + line.join("  ").trim_end() + "\n"
    })
}

fn at<'a>(row: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(row, |value, name| &value[name])
}

/// One value on one line. Control characters come from outside and could steer a terminal: they become blanks.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{lines, table};

    #[test]
    fn fields_are_aligned_and_empty_ones_left_out() {
        let shown = lines(
            &json!({"slug": "acme", "name": null, "label": "", "none": [], "settings": {"domains": ["a.example", "b.example"]}}),
        );
        assert_eq!(shown, "slug:             acme\nsettings.domains: a.example, b.example\n");
    }

    #[test]
    fn a_table_has_the_columns_that_say_something() {
        let rows =
            [json!({"slug": "acme", "status": "active"}), json!({"slug": "globex-2", "name": null, "by": {"id": 7}})];
        let columns = [("slug", "TENANT"), ("name", "NAME"), ("status", "STATUS"), ("by.id", "BY")];
        assert_eq!(table(&rows, &columns), "TENANT    STATUS  BY\nacme      active\nglobex-2          7\n");
    }

    #[test]
    fn what_comes_from_outside_does_not_steer_the_terminal() {
        let shown = lines(&json!({"label": "a\u{1b}[2Jb\nc: d\u{9b}"}));
        assert_eq!(shown, "label: a [2Jb c: d \n");
    }
}
