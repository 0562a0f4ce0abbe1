//! Files of other tools, told by how they begin, so that they give one message and not one a line.

use crate::problem::{Diagnostic, codes};
use crate::source::{FileId, Span};

/// What starts a block of Terraform, with its type in quotes behind it or the brace right away.
const TERRAFORM: [&str; 7] = ["resource", "provider", "variable", "data", "module", "terraform", "locals"];

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// What is wrong with a text that is another tool's.
pub(super) fn of_another_tool(file: FileId, text: &str) -> Option<Diagnostic> {
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let text = text.get(mark..)?;
    let mut lines = text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len();
        Some((at, line.trim_end()))
    });
    let skipped = |line: &str| line.trim().is_empty() || line.trim_start().starts_with(['#', '/']);
    let (at, first) = lines.find(|(_, line)| !skipped(line))?;
    let rest = || std::iter::once(first).chain(text.get(at..).unwrap_or_default().lines().skip(1));
    let what = match first.trim_start() {
        word if word == "{" || word == "[" || word.starts_with("{\"") => "JSON",
        word if is_terraform(word) => "Terraform",
        word if is_yaml(word)
            && !rest().any(|line| line.contains('{'))
            && rest().filter(|line| is_yaml(line)).count() > 2 =>
        {
            "YAML"
        }
        _ => return None,
    };
    let start = at + first.len() - first.trim_start().len() + mark;
    let len = first.trim_start().split([' ', '\t']).next().map_or(0, str::len);
    Some(
        Diagnostic::new(codes::SYNTAX, format!("this is {what}, and no .vpc program"))
            .primary(Span::new(file, start, start + len), "a program starts with `stack NAME`")
            .help("`vpcc new` writes a small program to start from"),
    )
}

fn is_terraform(line: &str) -> bool {
    let (keyword, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    TERRAFORM.contains(&keyword) && rest.ends_with(['{', '}']) && (rest.starts_with('"') || rest.starts_with('{'))
}

fn is_yaml(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    let key = line.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with(' '));
    let word =
        |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    line == "---" || key.is_some_and(|(key, _)| word(key))
}
