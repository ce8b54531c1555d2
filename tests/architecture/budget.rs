//! The size budget of files and functions, without inline test modules.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::source::{Source, is_ident, is_inside};

/// Where something is, and how many lines it has.
pub type Size = (String, usize);

/// A distribution that sizes must stay within, in lines.
pub struct Budget {
    what: &'static str,
    median: usize,
    ninety_percent: usize,
}

pub const FILES: Budget = Budget { what: "file", median: 120, ninety_percent: 300 };
pub const FUNCTIONS: Budget = Budget { what: "function", median: 12, ninety_percent: 40 };

const FILE_STOP: usize = 500;
const FUNCTION_STOP: usize = 80;

impl Budget {
    /// One line for each bound that is passed, with the largest offenders.
    pub fn check(&self, sizes: &[Size]) -> Vec<String> {
        let mut sorted: Vec<&Size> = sizes.iter().collect();
        sorted.sort_by_key(|size| std::cmp::Reverse(size.1));
        [("median", self.median, 2), ("90th percentile", self.ninety_percent, 10)]
            .into_iter()
            .filter_map(|(name, bound, divisor)| {
                let (_, lines) = sorted.get(sorted.len() / divisor)?;
                (*lines > bound).then(|| {
                    let largest: Vec<String> = sorted
                        .iter()
                        .take(sorted.len() / divisor + 1)
                        .take(15)
                        .map(|s| format!("  {} {}", s.1, s.0))
                        .collect();
                    format!("{} {name} is {lines} lines, {bound} allowed; largest:\n{}", self.what, largest.join("\n"))
                })
            })
            .collect()
    }
}

/// The lines of a file, without its inline test modules.
pub fn file_size(source: &Source) -> Size {
    let tests: usize = source.test_modules().iter().map(|(first, last)| last - first + 1).sum();
    (source.path.clone(), source.text.lines().count() - tests)
}

/// The lines of each function outside test modules, from `fn` to its closing brace.
pub fn function_sizes(source: &Source) -> Vec<Size> {
    let mut found = Vec::new();
    collect(source, &source.tokens, &source.test_modules(), &mut found);
    found
}

fn collect(source: &Source, tokens: &TokenStream, tests: &[(usize, usize)], found: &mut Vec<Size>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, tree) in trees.iter().enumerate() {
        if is_ident(tree, "fn")
            && let Some(TokenTree::Ident(name)) = trees.get(i + 1)
            && let Some(end) = end_of_body(&trees[i + 1..])
        {
            let first = tree.span().start().line;
            if !is_inside(first, tests) {
                found.push((format!("{}:{first}: {name}", source.path), end - first + 1));
            }
        }
        if let TokenTree::Group(group) = tree {
            collect(source, &group.stream(), tests, found);
        }
    }
}

/// The last line of the braces that follow a signature; none for a signature that ends in `;`.
fn end_of_body(trees: &[TokenTree]) -> Option<usize> {
    trees
        .iter()
        .find_map(|tree| match tree {
            TokenTree::Punct(punct) if punct.as_char() == ';' => Some(None),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Some(Some(group.span_close().end().line))
            }
            _ => None,
        })
        .flatten()
}

/// Files over 500 lines and functions over 80.
pub fn past_the_hard_stop(source: &Source) -> Vec<String> {
    let (_, lines) = file_size(source);
    let file = (lines > FILE_STOP).then(|| source.says(1, &format!("{lines} lines; no file may pass {FILE_STOP}")));
    let functions = function_sizes(source)
        .into_iter()
        .filter(|(_, lines)| *lines > FUNCTION_STOP)
        .map(|(place, lines)| format!("{place} has {lines} lines; no function may pass {FUNCTION_STOP}"));
    file.into_iter().chain(functions).collect()
}
