//! Which room may name which: the stairs, the frameworks, the doors.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::source::{Source, is_punct};

/// Each room and the rooms it may use beside itself. `*` is the whole house.
const STAIRS: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("config", &["domain"]),
    // Counting and logging is a side room that every floor above the domain may use.
    ("telemetry", &["domain", "config"]),
    ("store", &["domain"]),
    ("credentials", &["domain", "telemetry"]),
    // The texts of mails and pages; only mail and http speak to people.
    ("locales", &["domain"]),
    ("mail", &["domain", "locales"]),
    ("webhooks", &["domain"]),
    ("workflows", &["domain", "telemetry", "store", "credentials", "mail", "webhooks"]),
    ("jobs", &["domain", "telemetry", "store", "credentials", "mail", "webhooks", "workflows"]),
    ("http", &["domain", "locales", "telemetry", "store", "credentials", "mail", "webhooks", "workflows"]),
    (
        "app",
        &[
            "domain",
            "config",
            "locales",
            "telemetry",
            "store",
            "credentials",
            "mail",
            "webhooks",
            "workflows",
            "jobs",
            "http",
        ],
    ),
    ("cli", &["*"]),
];

/// A framework and the rooms that may name it.
const FRAMEWORKS: [(&str, &[&str]); 4] =
    [("sea_orm", &["store"]), ("sqlx", &["store"]), ("actix", &["http", "app"]), ("lettre", &["mail"])];

/// The doors under `src/http`. What else lies there is shared by all of them.
const DOORS: [&str; 7] = ["workflow", "workos", "management", "oauth", "pages", "console", "ops"];

/// Names of our own rooms used where the stairs would lead up or sideways.
pub fn against_the_stairs(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(room) = module.first() else { return Vec::new() };
    if room == "main" {
        return Vec::new();
    }
    let Some((_, below)) = STAIRS.iter().find(|(name, _)| name == room) else {
        return vec![
            source.says(1, &format!("the room `{room}` has no place on the stairs (tests/architecture/stairs.rs)")),
        ];
    };
    paths(source)
        .into_iter()
        .filter_map(|(path, line)| {
            let named = path.first()?;
            let is_room = STAIRS.iter().any(|(name, _)| name == named);
            let allowed = named == room || below.contains(&"*") || below.contains(&named.as_str());
            (is_room && !allowed)
                .then(|| source.says(line, &format!("`{room}` names `{}`; stairs lead down only", path.join("::"))))
        })
        .collect()
}

/// Framework names outside the rooms that own them.
pub fn framework_outside_its_room(source: &Source) -> Vec<String> {
    let room = source.module().into_iter().next().unwrap_or_default();
    let mut found = Vec::new();
    each_ident(&source.tokens, &mut |name, line| {
        for (framework, rooms) in FRAMEWORKS {
            let is_it = name == framework || name.strip_prefix(framework).is_some_and(|rest| rest.starts_with('_'));
            if is_it && !rooms.contains(&room.as_str()) {
                found.push(source.says(line, &format!("`{name}` belongs to {} alone", rooms.join(" and "))));
            }
        }
    });
    found
}

/// Names of another door inside a door.
pub fn door_into_door(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = module.get(1).filter(|name| DOORS.contains(&name.as_str())) else { return Vec::new() };
    paths(source)
        .into_iter()
        .filter(|(path, _)| path.first().is_some_and(|room| room == "http"))
        .filter_map(|(path, line)| {
            let door = path.get(1).filter(|name| DOORS.contains(&name.as_str()) && *name != own)?;
            Some(
                source
                    .says(line, &format!("the door `{own}` names the door `{door}`; share through workflows or http")),
            )
        })
        .collect()
}

/// Migrations are history: they spell out tables as they were, so an entity of today has no place there.
pub fn migration_names_an_entity(source: &Source) -> Vec<String> {
    const TODAY: [&str; 6] = ["rekey", "entity", "entities", "EntityTrait", "ActiveModelTrait", "DeriveEntityModel"];
    let mut found = Vec::new();
    each_ident(&source.tokens, &mut |name, line| {
        if TODAY.contains(&name) {
            found.push(source.says(line, &format!("a migration names `{name}`; migrations never import entities")));
        }
    });
    found
}

fn each_ident(tokens: &TokenStream, visit: &mut impl FnMut(&str, usize)) {
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(ident) => visit(&ident.to_string(), ident.span().start().line),
            TokenTree::Group(group) => each_ident(&group.stream(), visit),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Every path of a file that begins with `crate`, `self` or `super`, resolved from the root of
/// the crate to at most two parts, with its line. Works on tokens, so that paths inside macros
/// and function bodies count like those in `use`.
fn paths(source: &Source) -> Vec<(Vec<String>, usize)> {
    let mut found = Vec::new();
    walk(&source.tokens, &source.module(), &mut found);
    found
}

fn walk(tokens: &TokenStream, module: &[String], found: &mut Vec<(Vec<String>, usize)>) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut i = 0;
    while i < trees.len() {
        match &trees[i] {
            TokenTree::Ident(ident) => {
                let start = match ident.to_string().as_str() {
                    "crate" => Some(Vec::new()),
                    "self" => Some(module.to_vec()),
                    "super" => Some(parent(module)),
                    _ => None,
                };
                let continues_a_path = i > 0 && is_punct(trees.get(i - 1), ':');
                if let Some(start) = start.filter(|_| !continues_a_path && is_punct(trees.get(i + 1), ':')) {
                    follow(&trees[i + 1..], start, found);
                }
            }
            TokenTree::Group(group) => {
                let mut inner = module.to_vec();
                let is_module = i >= 2 && matches!(&trees[i - 2], TokenTree::Ident(word) if *word == "mod");
                if let (true, TokenTree::Ident(name)) = (is_module, &trees[i.saturating_sub(1)]) {
                    inner.push(name.to_string());
                }
                // A group after `::` is the list of a `use`; `follow` has read it.
                if !is_punct(i.checked_sub(1).and_then(|before| trees.get(before)), ':') {
                    walk(&group.stream(), &inner, found);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        i += 1;
    }
}

/// Reads `::a::b` or `::{a, b::c}` onto `path` and records where it leads.
fn follow(trees: &[TokenTree], mut path: Vec<String>, found: &mut Vec<(Vec<String>, usize)>) {
    let mut rest = trees;
    let mut line = None;
    while is_punct(rest.first(), ':') && is_punct(rest.get(1), ':') {
        match rest.get(2) {
            Some(TokenTree::Ident(ident)) => {
                line = Some(ident.span().start().line);
                match ident.to_string().as_str() {
                    "super" => path = parent(&path),
                    "self" => {}
                    name => path.push(name.to_owned()),
                }
                rest = &rest[3..];
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                for item in list(&group.stream()) {
                    follow(&item, path.clone(), found);
                }
                return;
            }
            _ => break,
        }
    }
    if let Some(line) = line {
        path.truncate(2);
        found.push((path, line));
    }
}

/// The items of a `use` list, each as if it followed a `::`.
fn list(tokens: &TokenStream) -> Vec<Vec<TokenTree>> {
    let colons: Vec<TokenTree> = "::".parse::<TokenStream>().into_iter().flatten().collect();
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    trees
        .split(|tree| is_punct(Some(tree), ','))
        .filter(|item| !item.is_empty())
        .map(|item| colons.iter().chain(item).cloned().collect())
        .collect()
}

fn parent(module: &[String]) -> Vec<String> {
    module.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()
}
