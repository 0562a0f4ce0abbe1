//! What is wrong with saved answers of EC2.

use super::listings::{Item, LISTS, offset, plain};
use super::values::Read;
use crate::net::Block;
use crate::problem::{Diagnostic, codes};
use crate::source::Span;

/// What is wrong with saved answers of EC2.
#[derive(Clone, Debug)]
pub(super) enum Problem {
    /// A file ends in the middle of a value.
    Truncated { span: Span },
    /// A file is no JSON.
    NotJson { span: Span, why: String },
    /// A file holds JSON, but not the object that an answer is.
    NotAnAnswer { span: Span },
    /// What should be a list of items isn't.
    NotAList { span: Span, list: &'static str },
    /// A list is spelt as another tool, or an older one, spells it.
    OtherTool { span: Span, found: String, expected: &'static str },
    /// An item lacks something, or has something of another form.
    Malformed { span: Span, noun: &'static str, why: String },
    /// An item has members as the XML of the API spells them.
    LowerCase { span: Span, noun: &'static str, member: String },
    /// Something refers to what no file lists.
    Absent { span: Span, noun: &'static str, id: String, which: Absence },
    /// Two files tell of one thing, and not the same.
    Differs { span: Span, other: Span, noun: &'static str, id: String },
    /// An interface says that it is in another VPC than its subnet.
    OtherVpc { span: Span, interface: String, vpc: String, subnet: String },
    /// An object has a member twice.
    Twice { span: Span, other: Span, name: String },
    /// Something has an address or a block outside of what it is in.
    Outside { span: Span, noun: &'static str, id: String, block: Block, within: String },
    /// There is no list of a sort that the others can't be understood without.
    NoList { span: Span, list: &'static str, because: String },
    /// A VPC has not what every VPC has.
    Incomplete { span: Span, vpc: String, what: &'static str, list: &'static str },
    /// A file holds the first page of an answer only.
    Partial { span: Span },
    /// No file is an answer of EC2.
    NoAnswers,
}

/// What is missing.
#[derive(Clone, Debug)]
pub(super) struct Absence {
    /// What it is to the item: `is in`.
    pub relation: &'static str,
    /// Its id.
    pub id: String,
    /// The list where it should be.
    pub list: &'static str,
}

impl Problem {
    /// What is wrong with an item that could not be read.
    pub fn of_item(noun: &'static str, item: &Item, error: &serde_json::Error) -> Problem {
        let why = plain(error);
        let missing = why.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        if let Some(member) = missing {
            let other = lower_case(member);
            return match quoted(item, &other) {
                Some(span) => Problem::LowerCase { span, noun, member: member.to_owned() },
                None => Problem::Malformed { span: head(item), noun, why: format!("it has no `{member}`") },
            };
        }
        let start = item.span.start as usize + offset(item.text, error);
        Problem::Malformed { span: Span::new(item.span.file, start, start), noun, why }
    }

    /// That an item refers to what no file lists.
    pub fn absent<T>(read: &Read<T>, noun: &'static str, id: &str, which: Absence) -> Problem {
        let span = quoted(&read.item, &which.id).unwrap_or_else(|| head(&read.item));
        Problem::Absent { span, noun, id: id.to_owned(), which }
    }
}

fn lower_case(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// Where a text stands in an item, within its quotes.
pub(super) fn quoted(item: &Item, text: &str) -> Option<Span> {
    let at = item.text.find(&format!("\"{text}\""))? + 1;
    let start = item.span.start as usize + at;
    Some(Span::new(item.span.file, start, start + text.len()))
}

/// The first character of an item.
pub(super) fn head(item: &Item) -> Span {
    Span { end: item.span.start + 1, ..item.span }
}

fn command(list: &str) -> &'static str {
    LISTS.iter().find(|(name, _)| *name == list).map_or("", |(_, command)| command)
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        let wrong = |message: String| Diagnostic::new(codes::BAD_LISTING, message);
        match problem {
            Problem::Truncated { span } => wrong("the file ends in the middle of an answer".to_owned())
                .primary(span, "more should follow here")
                .help("save it again; the command that wrote it may have been interrupted"),
            Problem::NotJson { span, why } => {
                wrong(format!("this is not JSON: {why}")).primary(span, "").help("save it with `--output json`")
            }
            Problem::NotAnAnswer { span } => wrong("this is not an answer of EC2".to_owned())
                .primary(span, "an answer is an object with a list, such as `{\"Vpcs\": [...]}`")
                .help("save the whole answer, without `--query`"),
            Problem::NotAList { span, list } => wrong(format!("`{list}` is not a list"))
                .primary(span, "a list of objects should stand here")
                .help("save the whole answer, without `--query`"),
            Problem::OtherTool { span, found, expected } => {
                wrong(format!("the AWS CLI spells `{expected}` where this file has `{found}`"))
                    .primary(span, "this is not what the AWS CLI prints")
                    .help(format!("save it with `aws ec2 {} --output json`", command(expected)))
            }
            Problem::Malformed { span, noun, why } => {
                wrong(format!("this {noun} is not as EC2 tells it: {why}")).primary(span, "")
            }
            Problem::LowerCase { span, noun, member } => {
                wrong(format!("this {noun} has its members in another spelling: `{member}` is missing"))
                    .primary(span, format!("the AWS CLI spells it `{member}`"))
                    .help("save the answers with the AWS CLI, version 1.0 or later, and `--output json`")
            }
            Problem::Absent { span, noun, id, which } => absent(span, noun, &id, &which),
            Problem::Differs { span, other, noun, id } => {
                wrong(format!("{noun} `{id}` is listed twice, and not alike"))
                    .primary(span, "here")
                    .secondary(other, "and otherwise here")
                    .help("keep the answers of one moment in a folder, and no others")
            }
            Problem::OtherVpc { span, interface, vpc, subnet } => wrong(format!(
                "network interface `{interface}` is in VPC `{vpc}`, and its subnet `{subnet}` in another one"
            ))
            .primary(span, "one of the two is wrong")
            .help("keep the answers of one moment in a folder, and no others"),
            Problem::Twice { span, other, name } => wrong(format!("`{name}` stands twice in one answer"))
                .primary(span, "here")
                .secondary(other, "and here already")
                .help("save each answer in a file of its own, as the AWS CLI prints it"),
            Problem::Outside { span, noun, id, block, within } => {
                let what = if block.span() == 0 { block.first().to_string() } else { block.to_string() };
                wrong(format!("{noun} `{id}` has {what}, which is not in `{within}`"))
                    .primary(span, "one of the two is wrong")
                    .help("keep the answers of one moment in a folder, and no others")
            }
            Problem::NoList { span, list, because } => wrong(format!("no file has `{list}`"))
                .primary(span, because)
                .help(format!("save `aws ec2 {}` in the same folder", command(list))),
            Problem::Incomplete { span, vpc, what, list } => wrong(format!("no file has the {what} of VPC `{vpc}`"))
                .primary(span, format!("every VPC has one among its `{list}`"))
                .help(format!("save all that `aws ec2 {}` prints, without filters", command(list))),
            Problem::Partial { span } => Diagnostic::new(codes::PARTIAL_LISTING, "this answer has more pages")
                .primary(span, "what asks for the next one")
                .help("save it without `--max-items`, `--starting-token` and `--no-paginate`"),
            Problem::NoAnswers => wrong("no file here is an answer of EC2".to_owned()).help(
                "save what `aws ec2 describe-vpcs`, `describe-subnets` and so on print, each in a file of its own",
            ),
        }
    }
}

fn absent(span: Span, noun: &str, id: &str, Absence { relation, id: other, list }: &Absence) -> Diagnostic {
    Diagnostic::new(codes::BAD_LISTING, format!("{noun} `{id}` {relation} `{other}`, which no file lists"))
        .primary(span, format!("not among the `{list}`"))
        .help(format!("save `aws ec2 {}` of the same region and moment in the same folder", command(list)))
}
