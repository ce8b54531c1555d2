//! The server does what its own OpenAPI document says: schemathesis makes up
//! requests from the document, good and bad, for every route of every door.

use std::process::{Command, Stdio};

use crate::database::TestDatabase;
use crate::installation::with;
use crate::program::installed;

/// What each answer is held against. That a request which fits its schema is
/// also accepted is not among it: a token can have the right shape and be
/// unknown.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,\
    missing_required_header,ignored_auth,unsupported_method,allow_header_conformance";

#[test]
fn every_answer_to_made_up_requests_is_as_the_openapi_document_says() {
    with(TestDatabase::sqlite, async |installation| {
        installation.set("REKEY__LIMITS__ENABLED", "false");
        installation.bootstrap();
        let node = installation.node().await;
        let key = installation.made["apiKey"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        // From a file: of a description at a URL, the route that serves it is left out.
        let document = reqwest::get(format!("{}/openapi.json", node.url)).await.unwrap().text().await.unwrap();
        std::fs::write(folder.path().join("openapi.json"), document).unwrap();
        let output = Command::new(installed("schemathesis/bin/schemathesis"))
            .args(["run", "openapi.json", "--url", &node.url])
            .args(["--header", &format!("Authorization: Bearer {key}")])
            .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
            // One worker: Python below 3.12 counts the depth of a parsed syntax tree once for all
            // threads (python/cpython#106905), and two that parse at once end each other's run.
            .args(["--max-examples", "20", "--seed", "1", "--workers", "1", "--continue-on-failure"])
            .args(["--request-timeout", "20", "--no-color"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdks/tools/hooks.py"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("schemathesis: {error}; run tests/sdks/install"));
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complaint}");
        let operations = rekey::app::tables().into_iter().flatten().count();
        assert!(said.contains(&format!("Tested: {operations}")), "some of {operations} were left out: {said}");
        assert!(node.stop());
    });
}
