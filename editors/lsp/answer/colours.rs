//! Semantic tokens.

use crate::session::Session;
use lsp_types::{SemanticToken, SemanticTokens, SemanticTokensLegend, Uri};
use vpcc_core::ide::{self, Paint};

/// The types of tokens, in the order in which answers number them.
const TYPES: [&str; 13] = [
    "comment",
    "string",
    "number",
    "keyword",
    "namespace",
    "struct",
    "class",
    "type",
    "interface",
    "enum",
    "property",
    "parameter",
    "variable",
];

/// What the numbers in answers mean.
pub fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.map(str::to_owned).to_vec(),
        token_modifiers: vec!["declaration".to_owned()],
    }
}

fn of(paint: Paint) -> &'static str {
    match paint {
        Paint::Comment => "comment",
        Paint::Text => "string",
        Paint::Number => "number",
        Paint::Keyword => "keyword",
        Paint::Name(noun) => match noun {
            "a network" | "a module" => "namespace",
            "a subnet" => "struct",
            "a security group" => "class",
            "a node" => "type",
            "a gateway" => "interface",
            "a route table" => "enum",
            "a key" => "property",
            "a parameter" => "parameter",
            _ => "variable",
        },
    }
}

/// The tokens of a file, each as its distance from the one before.
pub fn tokens(session: &mut Session<'_>, uri: &Uri) -> Option<SemanticTokens> {
    let (snapshot, file) = session.file(uri)?;
    let source = snapshot.sources().file(file);
    let mut data = Vec::new();
    let (mut line, mut character) = (0, 0);
    for painted in ide::painted(&snapshot, file) {
        let start = session.encoding.position(source, painted.span.start as usize);
        let token = SemanticToken {
            delta_line: start.line - line,
            delta_start: if start.line == line { start.character - character } else { start.character },
            length: session.encoding.len(snapshot.sources().text(painted.span)),
            token_type: TYPES.iter().position(|name| *name == of(painted.paint)).unwrap_or_default() as u32,
            token_modifiers_bitset: u32::from(painted.declares),
        };
        (line, character) = (start.line, start.character);
        data.push(token);
    }
    Some(SemanticTokens { result_id: None, data })
}
