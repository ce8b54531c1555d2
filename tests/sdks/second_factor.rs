//! Authenticators and signing out, with the SDKs for Node and Python.

use crate::program::{Sdk, on_both_databases};

/// What each program has to have done at its end.
const EVERYTHING: [&str; 5] = [
    "an authenticator is enrolled",
    "a sign-in is finished with its code",
    "authenticators are listed without their secret",
    "a reset needs more than its token",
    "a session is left by its link",
];

fn everything_works_with(sdk: Sdk) {
    on_both_databases(async |installation| {
        installation.bootstrap();
        let node = installation.node().await;
        assert_eq!(sdk.run("second_factor", installation, &node, &[]), EVERYTHING, "{sdk:?}");
        assert!(node.stop());
    });
}

#[test]
fn the_sdk_for_node_7_answers_for_an_authenticator() {
    everything_works_with(Sdk::Node(7));
}

#[test]
fn the_sdk_for_node_8_answers_for_an_authenticator() {
    everything_works_with(Sdk::Node(8));
}

#[test]
fn the_sdk_for_node_11_answers_for_an_authenticator() {
    everything_works_with(Sdk::Node(11));
}

#[test]
fn the_sdk_for_python_5_answers_for_an_authenticator() {
    everything_works_with(Sdk::Python(5));
}

#[test]
fn the_sdk_for_python_10_answers_for_an_authenticator() {
    everything_works_with(Sdk::Python(10));
}
