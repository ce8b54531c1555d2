//! The house rules that a compiler does not know: stairs that lead down only,
//! small files that say why, no silenced lints.
//!
//! Everything here reads source text, so a failure names file, line and rule
//! and needs no running server.

#[cfg(test)]
#[path = "architecture/budget.rs"]
mod budget;
#[cfg(test)]
#[path = "architecture/marks.rs"]
mod marks;
#[cfg(test)]
#[path = "architecture/source.rs"]
mod source;
#[cfg(test)]
#[path = "architecture/stairs.rs"]
mod stairs;

use source::Source;

/// Fails with one line per violation.
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    assert_none(&source::under("src").iter().flat_map(stairs::against_the_stairs).collect::<Vec<_>>());
}

#[test]
fn only_its_own_room_names_a_framework() {
    assert_none(&source::under("src").iter().flat_map(stairs::framework_outside_its_room).collect::<Vec<_>>());
}

#[test]
fn doors_never_import_each_other() {
    assert_none(&source::under("src/http").iter().flat_map(stairs::door_into_door).collect::<Vec<_>>());
}

#[test]
fn migrations_never_import_entities() {
    assert_none(&source::under("migrations").iter().flat_map(stairs::migration_names_an_entity).collect::<Vec<_>>());
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    assert_none(&source::everywhere().iter().filter_map(marks::without_a_beginning).collect::<Vec<_>>());
}

#[test]
fn no_lint_is_silenced_no_test_ignored_nothing_left_undone() {
    assert_none(&source::everywhere().iter().flat_map(marks::forbidden).collect::<Vec<_>>());
}

#[test]
fn no_file_and_no_function_passes_the_hard_stop() {
    assert_none(&source::everywhere().iter().flat_map(budget::past_the_hard_stop).collect::<Vec<_>>());
}

#[test]
fn files_stay_small() {
    assert_none(&budget::FILES.check(&product().iter().map(budget::file_size).collect::<Vec<_>>()));
}

#[test]
fn functions_stay_small() {
    assert_none(&budget::FUNCTIONS.check(&product().iter().flat_map(budget::function_sizes).collect::<Vec<_>>()));
}

/// What ships: the crate and its migrations.
fn product() -> Vec<Source> {
    ["src", "migrations"].into_iter().flat_map(source::under).collect()
}

/// The rules are only worth what they catch, so each is shown a text that breaks it.
mod caught {
    use super::{Source, budget, marks, stairs};

    fn at(path: &str, text: &str) -> Source {
        Source::parse(path, text)
    }

    #[test]
    fn a_step_up_is_caught_in_every_spelling() {
        for text in [
            "//! x\nuse crate::store::users;",
            "//! x\nuse crate::{domain::ids, store};",
            "//! x\nuse super::super::super::store::users;",
            "//! x\nfn f() { crate::store::users::find() }",
            "//! x\nfn f() { info!(\"{}\", crate::store::users::COUNT) }",
            "//! x\n#[cfg(test)]\nmod tests { use super::super::super::super::store; }",
        ] {
            let found = stairs::against_the_stairs(&at("src/domain/reset/mode.rs", text));
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].starts_with("src/domain/reset/mode.rs:"), "{}", found[0]);
        }
    }

    #[test]
    fn a_step_down_is_allowed() {
        let text = "//! x\nuse crate::{domain::ids, store};\nuse super::issue;\npub(crate) fn f() {}";
        assert!(stairs::against_the_stairs(&at("src/workflows/resets/request.rs", text)).is_empty());
    }

    #[test]
    fn a_room_without_a_place_is_caught() {
        assert_eq!(stairs::against_the_stairs(&at("src/attic/mod.rs", "//! x")).len(), 1);
    }

    #[test]
    fn a_framework_in_the_wrong_room_is_caught() {
        let found = |path: &str, text: &str| stairs::framework_outside_its_room(&at(path, text)).len();
        assert_eq!(found("src/workflows/users.rs", "//! x\nuse sea_orm::DbErr;"), 1);
        assert_eq!(found("src/store/users.rs", "//! x\nuse sea_orm::DbErr;"), 0);
        assert_eq!(found("src/jobs/mod.rs", "//! x\nuse actix_web::web;"), 1);
        assert_eq!(found("src/app.rs", "//! x\nuse actix_web::web;"), 0);
        assert_eq!(found("src/http/ops/mod.rs", "//! x\nuse lettre::Message;"), 1);
    }

    #[test]
    fn a_door_into_another_door_is_caught() {
        let found = |text: &str| stairs::door_into_door(&at("src/http/workos/users.rs", text)).len();
        assert_eq!(found("//! x\nuse crate::http::workflow::dto;"), 1);
        assert_eq!(found("//! x\nuse super::super::{management, problem};"), 1);
        assert_eq!(found("//! x\nuse crate::http::{extract, problem};\nuse super::dto;"), 0);
    }

    #[test]
    fn silenced_lints_ignored_tests_and_gaps_are_caught() {
        let found = |text: &str| marks::forbidden(&at("src/lib.rs", text)).len();
        assert_eq!(found("#[allow(dead_code)] fn f() {}"), 1);
        assert_eq!(found("#![allow(dead_code)]"), 1);
        assert_eq!(found("#[cfg_attr(test, allow(dead_code))] fn f() {}"), 1);
        assert_eq!(found("#[ignore] #[test] fn f() {}"), 1);
        assert_eq!(found("fn f() { todo!() }"), 1);
        assert_eq!(found("#[expect(dead_code, reason = \"x\")] fn f() { \"#[allow(x)]\"; }"), 0);
    }

    #[test]
    fn inline_tests_do_not_count_towards_the_size() {
        let text = "//! x\nfn f() {\n}\n#[cfg(test)]\nmod tests {\n    fn g() {\n    }\n}\n";
        let file = at("src/lib.rs", text);
        assert_eq!(budget::file_size(&file).1, 3);
        assert_eq!(budget::function_sizes(&file).iter().map(|f| f.1).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn long_files_and_functions_are_caught() {
        let long = format!("//! x\nfn f() {{\n{}}}\n", "    f();\n".repeat(500));
        assert_eq!(budget::past_the_hard_stop(&at("src/lib.rs", &long)).len(), 2);
    }
}
