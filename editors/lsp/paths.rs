//! Between the URIs of editors and the paths of programs.

use lsp_types::Uri;

/// The folder that is open in the editor, from which paths are told: what `vpcc check` would print there.
#[derive(Clone, Debug, Default)]
pub struct Root(Option<String>);

impl Root {
    /// The one open folder; with several, or none, paths are told in full.
    pub fn of(folders: &[Uri]) -> Root {
        match folders {
            [folder] => Root(absolute(folder).map(|path| path.trim_end_matches('/').to_owned())),
            _ => Root(None),
        }
    }

    /// The path of a file, as messages tell it; `None` for what is in no file system.
    pub fn path(&self, uri: &Uri) -> Option<String> {
        let path = absolute(uri)?;
        let inside = self.0.as_ref().and_then(|root| path.strip_prefix(root.as_str())?.strip_prefix('/'));
        Some(inside.map_or_else(|| path.clone(), str::to_owned))
    }

    /// The path by which the file system knows a file.
    pub fn full(&self, path: &str) -> String {
        match &self.0 {
            Some(root) if matches!(path, "" | ".") => root.clone(),
            Some(root) if !path.starts_with('/') && !drive(path) => format!("{root}/{path}"),
            _ => path.to_owned(),
        }
    }

    /// The URI of a file.
    pub fn uri(&self, path: &str) -> Uri {
        let full = self.full(path);
        let mut uri = String::from("file://");
        if drive(&full) {
            uri.push('/');
        }
        for byte in full.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(byte.into()),
                _ => uri.push_str(&format!("%{byte:02X}")),
            }
        }
        Uri(uri)
    }
}

fn absolute(uri: &Uri) -> Option<String> {
    let rest = uri.0.strip_prefix("file://")?;
    let path = rest.get(rest.find('/')?..)?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.bytes();
    while let Some(byte) = left.next() {
        match byte {
            b'%' => {
                let digits = [left.next()?, left.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    match path.strip_prefix('/') {
        Some(inner) if drive(inner) => Some(inner.to_owned()),
        _ => Some(path),
    }
}

/// Whether a path starts with the letter of a Windows drive.
fn drive(path: &str) -> bool {
    let mut chars = path.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_open_folder() {
        let root = Root::of(&[Uri("file:///home/me/my%20nets".into())]);
        let uri = Uri("file:///home/me/my%20nets/a/%C3%B1.vpc".into());
        assert_eq!(root.path(&uri).as_deref(), Some("a/ñ.vpc"));
        assert_eq!(root.uri("a/ñ.vpc"), uri);
        assert_eq!(root.path(&Uri("file:///etc/x.vpc".into())).as_deref(), Some("/etc/x.vpc"));
        assert_eq!(root.path(&Uri("untitled:Untitled-1".into())), None);
        assert_eq!(root.path(&Uri("file:///%zz".into())), None);
        assert_eq!(Root::default().path(&Uri("file:///c%3A/x.vpc".into())).as_deref(), Some("c:/x.vpc"));
    }
}
