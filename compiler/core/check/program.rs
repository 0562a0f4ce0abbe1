//! What stands once at the top: the stack, the region, the account, quotas, tags, keys.

use super::{Checker, catalogue, declare::Declarations, modules::Program};
use crate::model::Key;
use crate::problem::{Diagnostic, codes, nearest};
use crate::source::{ReadError, Span};
use crate::syntax::{Item, Statement, Word};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ecow::EcoString;

/// The longest name of a stack: it becomes part of names that EC2 limits to 255 characters, behind a slash.
const MAX_STACK_NAME: usize = 128;

/// More bytes than these are no public key.
const MAX_KEY_BYTES: usize = 64 << 10;

enum Problem {
    NoStack { span: Span },
    LongStack { word: Word },
    UnknownRegion { word: Word, nearest: Option<&'static str> },
    NewRegion { word: Word },
    BadAccount { word: Word },
    KeyWithoutFile { word: Word },
    Unreadable { path: String, span: Span, why: ReadError },
    PrivateKey { path: String, span: Span },
    BadKey { path: String, span: Span, why: &'static str },
}

impl Checker<'_> {
    /// Checks what stands at the top level, but for networks.
    pub(super) fn program(&mut self, program: &Program, declared: &Declarations<'_>) {
        self.enter_module(0);
        let (mut stack, mut region, mut account) = (None, None, None);
        for item in program.trees(0).flat_map(|tree| &tree.items) {
            match &item.statement {
                Statement::Stack(word) if self.once(&mut stack, item) => self.stack(word),
                Statement::Region(word) if self.once(&mut region, item) => self.model.region = self.region(word),
                Statement::Account(word) if self.once(&mut account, item) => self.account(word),
                Statement::Quota { name, value } => self.quota(name, value),
                Statement::Tags(entries) => {
                    let tags = self.tags(entries);
                    self.model.tags.extend(tags);
                }
                _ => {}
            }
        }
        if let (None, Some(first)) = (stack, program.trees(0).next()) {
            let broken = |item: &Item| matches!(&item.statement, Statement::Broken(words) if words.first().is_some_and(|word| word.text == "stack"));
            if !program.trees(0).flat_map(|tree| &tree.items).any(broken) {
                self.report(Problem::NoStack { span: Span::new(first.file, 0, 0) });
            }
        }
        for key in &declared.keys {
            let Statement::Key { name, file } = &key.item.statement else { continue };
            self.enter_module(key.module);
            let line = self.key(name, file.as_ref()).unwrap_or_default();
            self.model.keys.push(Key { address: self.address(&key.name), origin: key.item.head, line });
        }
    }

    fn stack(&mut self, word: &Word) {
        let Some(name) = self.fill(word) else { return };
        if name.len() > MAX_STACK_NAME {
            self.report(Problem::LongStack { word: word.clone() });
        }
        self.model.stack = name;
    }

    /// The region that a word names.
    pub(super) fn region(&mut self, word: &Word) -> Option<EcoString> {
        let region = self.fill(word)?;
        if catalogue::zones(&region).is_none() {
            let family = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            let word = Word { text: region.clone(), span: word.span };
            if catalogue::regions().any(|other| family(other) == family(&region)) && family(&region) != *region {
                self.report(Problem::NewRegion { word });
            } else {
                let nearest = nearest(&region, catalogue::regions());
                self.report(Problem::UnknownRegion { word, nearest });
                return None;
            }
        }
        Some(region)
    }

    fn account(&mut self, word: &Word) {
        let Some(account) = self.fill(word) else { return };
        if account.len() != 12 {
            self.report(Problem::BadAccount { word: word.clone() });
        }
        self.model.account = Some(account);
    }

    /// Reads the public key of a `key` statement.
    fn key(&mut self, name: &Word, file: Option<&Word>) -> Option<EcoString> {
        let Some(word) = file else {
            self.report(Problem::KeyWithoutFile { word: name.clone() });
            return None;
        };
        let path = self.text(word)?;
        let bytes = self.read_beside(word.span, &path, MAX_KEY_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        let path = path.to_string();
        if text.contains("PRIVATE KEY") {
            self.report(Problem::PrivateKey { path, span: word.span });
            return None;
        }
        self.accept(public_key(&text).map_err(|why| Problem::BadKey { path, span: word.span, why }))
    }

    /// Reads a file that the program names; one that can't be read is reported.
    pub(super) fn read_beside(&mut self, span: Span, path: &str, limit: usize) -> Option<Vec<u8>> {
        self.read_up_to(span, path, limit, |_| None)
    }

    /// The same, where for a file of more bytes than the limit there may be better words.
    pub(super) fn read_up_to(
        &mut self,
        span: Span,
        path: &str,
        limit: usize,
        too_large: impl FnOnce(u64) -> Option<Diagnostic>,
    ) -> Option<Vec<u8>> {
        if !self.may_take_in(0, span) {
            return None;
        }
        let full = self.sources.beside(span.file, path);
        let why = match self.world.read(&full, limit) {
            Ok(bytes) => return self.may_take_in(bytes.len(), span).then_some(bytes),
            Err(why) => why,
        };
        let better = if let ReadError::TooLarge { bytes } = why { too_large(bytes) } else { None };
        self.report(better.unwrap_or_else(|| Problem::Unreadable { path: full, span, why }.into()));
        None
    }
}

/// The OpenSSH line of a public key that EC2 imports: RSA or ED25519 (EC2 User Guide, "Create a key pair").
fn public_key(text: &str) -> Result<EcoString, &'static str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = lines.next().ok_or("it is empty")?;
    if lines.next().is_some() {
        return Err("it holds more than one key");
    }
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    match kind {
        "ssh-rsa" | "ssh-ed25519" => {}
        "ssh-dss" => return Err("EC2 takes no DSA keys; make one with `ssh-keygen -t ed25519`"),
        _ if kind.starts_with("ecdsa-") || kind.starts_with("sk-") => {
            return Err("EC2 takes RSA and ED25519 keys only; make one with `ssh-keygen -t ed25519`");
        }
        _ => return Err("it is no OpenSSH public key: a line that starts with `ssh-ed25519` or `ssh-rsa`"),
    }
    let data = STANDARD.decode(words.next().unwrap_or_default()).map_err(|_| "its key part is not base64")?;
    let len = data.get(..4).map(|bytes| bytes.iter().fold(0usize, |len, byte| len << 8 | usize::from(*byte)));
    let inner = len.and_then(|len| data.get(4..)?.get(..len));
    if inner != Some(kind.as_bytes()) {
        return Err("its key part is damaged");
    }
    Ok(line.into())
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NoStack { span } => Diagnostic::new(codes::MISSING_STATEMENT, "the program has no `stack`")
                .primary(span, "expected somewhere at the top level")
                .help("name the deployment, so that its parts are known in the account: `stack my-cluster`")
                .fix(span, "stack my-cluster\n"),
            Problem::LongStack { word } => {
                Diagnostic::new(codes::BAD_NAME, format!("the stack's name is {} characters long", word.text.len()))
                    .primary(word.span, format!("{MAX_STACK_NAME} fit"))
            }
            Problem::UnknownRegion { word, nearest } => {
                let diagnostic = Diagnostic::new(codes::UNKNOWN_REGION, format!("there is no region `{}`", word.text))
                    .primary(word.span, "not an AWS Region");
                match nearest {
                    Some(_) => diagnostic.suggest(word.span, nearest),
                    None => diagnostic.help("a region is written like `us-west-2` or `eu-central-1`"),
                }
            }
            Problem::NewRegion { word } => {
                Diagnostic::new(codes::NEW_REGION, format!("`{}` is not among the regions that vpcc knows", word.text))
                    .primary(word.span, "its zones cannot be checked")
                    .help("if AWS has opened it lately, all is well; otherwise look at the number")
            }
            Problem::BadAccount { word } => {
                Diagnostic::new(codes::BAD_VALUE, format!("`{}` is no AWS account id", word.text))
                    .primary(word.span, "expected 12 digits")
            }
            Problem::KeyWithoutFile { word } => {
                Diagnostic::new(codes::MISSING_STATEMENT, format!("the key `{}` has no file", word.text))
                    .primary(word.span.after(), "expected the file with the public key")
                    .help(format!("write `key {} \"keys/{}.pub\"`", word.text, word.text))
            }
            Problem::Unreadable { path, span, why } => {
                Diagnostic::new(codes::UNREADABLE_FILE, format!("cannot read `{path}`: {}", why.reason()))
                    .primary(span, "named here, relative to this file")
            }
            Problem::PrivateKey { path, span } => {
                Diagnostic::new(codes::PRIVATE_KEY, format!("`{path}` is a private key"))
                    .primary(span, "expected a public key")
                    .help("name the `.pub` file beside it; a private key must never leave your machine")
            }
            Problem::BadKey { path, span, why } => {
                Diagnostic::new(codes::BAD_KEY, format!("EC2 would not import `{path}`")).primary(span, why)
            }
        }
    }
}
