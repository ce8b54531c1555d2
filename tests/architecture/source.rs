//! Source files as text and tokens.

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One Rust file of the project.
pub struct Source {
    /// Relative to the project's folder, with forward slashes.
    pub path: String,
    pub text: String,
    pub tokens: TokenStream,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Self {
        let tokens = text.parse().unwrap_or_else(|error| panic!("{path}: not Rust: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// A violation in the one form all rules use.
    pub fn says(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path)
    }

    /// The module path of this file inside `src`: `src/http/workos/users.rs` is
    /// `http, workos, users`, a `mod.rs` is its folder, `lib.rs` is the root.
    pub fn module(&self) -> Vec<String> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) && inside != "main.rs" {
            parts.pop();
        }
        parts
    }

    /// The lines (first, last) of every `#[cfg(test)] mod … { … }`, attribute included.
    pub fn test_modules(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        collect_test_modules(&self.tokens, &mut found);
        found
    }
}

fn collect_test_modules(tokens: &TokenStream, found: &mut Vec<(usize, usize)>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        if group.delimiter() == Delimiter::Bracket && group.to_string().replace(' ', "") == "[cfg(test)]" {
            let rest = &trees[i + 1..];
            let module = rest.iter().position(|t| is_ident(t, "mod"));
            let item = rest.iter().position(|t| matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace));
            if let (Some(module), Some(body)) = (module, item)
                && body == module + 2
            {
                found.push((group.span().start().line, rest[body].span().end().line));
            }
        } else if group.delimiter() == Delimiter::Brace && !is_inside(group.span().start().line, found) {
            collect_test_modules(&group.stream(), found);
        }
    }
}

/// Whether a line lies in one of these ranges.
pub fn is_inside(line: usize, ranges: &[(usize, usize)]) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&line))
}

pub fn is_ident(tree: &TokenTree, name: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if *ident == name)
}

pub fn is_punct(tree: Option<&TokenTree>, mark: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Every Rust file under a folder of the project; none if there is no such folder.
pub fn under(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(root, &root.join(folder), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Every Rust file of the project.
pub fn everywhere() -> Vec<Source> {
    ["src", "migrations", "tests", "benches"].into_iter().flat_map(under).collect()
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                walk(root, &path, found);
            }
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            let inside =
                path.strip_prefix(root).expect("a path inside the project").to_string_lossy().replace('\\', "/");
            found.push(Source::parse(&inside, &text));
        }
    }
}
