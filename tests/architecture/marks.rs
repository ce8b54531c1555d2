//! What a file must begin with, and what must not stand in it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::source::{Source, is_ident, is_punct};

/// A violation if the file does not begin with `//!`.
pub fn without_a_beginning(source: &Source) -> Option<String> {
    (!source.text.starts_with("//!")).then(|| source.says(1, "begin with `//!` and say what this file is for"))
}

/// Silenced lints, ignored tests, code left for later.
pub fn forbidden(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    walk(source, &source.tokens, &mut found);
    found
}

fn walk(source: &Source, tokens: &TokenStream, found: &mut Vec<String>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(name)
                if (*name == "todo" || *name == "unimplemented")
                    && is_punct(trees.get(i + 1), '!')
                    && is_call(trees.get(i + 2)) =>
            {
                found.push(source.says(name.span().start().line, &format!("`{name}!` is a gap")));
            }
            TokenTree::Group(group) => {
                let opens_attribute = is_punct(i.checked_sub(1).and_then(|before| trees.get(before)), '#')
                    || (is_punct(i.checked_sub(1).and_then(|b| trees.get(b)), '!')
                        && is_punct(i.checked_sub(2).and_then(|b| trees.get(b)), '#'));
                if group.delimiter() == Delimiter::Bracket && opens_attribute {
                    attribute(source, &group.stream(), found);
                } else {
                    walk(source, &group.stream(), found);
                }
            }
            _ => {}
        }
    }
}

fn is_call(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Group(_)))
}

/// Looks at one attribute, and through a `cfg_attr` at what it sets.
fn attribute(source: &Source, tokens: &TokenStream, found: &mut Vec<String>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let line = trees.first().map_or(1, |tree| tree.span().start().line);
    if trees.first().is_some_and(|tree| is_ident(tree, "ignore")) {
        found.push(source.says(line, "an ignored test proves nothing; mend it or delete it"));
    }
    if trees.first().is_some_and(|tree| is_ident(tree, "cfg_attr")) {
        if let Some(TokenTree::Group(inner)) = trees.get(1) {
            let inner: Vec<TokenTree> = inner.stream().into_iter().collect();
            for set in inner.split(|tree| is_punct(Some(tree), ',')).skip(1) {
                attribute(source, &set.iter().cloned().collect(), found);
            }
        }
    } else if trees.first().is_some_and(|tree| is_ident(tree, "allow")) {
        found.push(source.says(line, "`allow` silences a lint for good; use `#[expect(lint, reason = \"…\")]`"));
    }
}
