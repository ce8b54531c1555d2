//! axe-core, put into a page by the test: nothing of it is ours to serve.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use thirtyfour::WebDriver;

static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run tests/browser/install, or the tests with ./tests/run", path.display())
    })
});

/// WCAG 2.2 A and AA, and what axe recommends beside.
const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
      (result) => done(result.violations.map((found) => ({
        rule: found.id, help: found.help, where: found.nodes.map((node) => node.target.join(' ') + ': ' + node.failureSummary),
      }))),
      (error) => done([{ rule: 'axe', help: String(error), where: [] }]));";

/// What is wrong with the page, a line each.
pub async fn findings(driver: &WebDriver) -> Vec<String> {
    driver.execute(AXE.as_str(), Vec::new()).await.unwrap();
    let found: Vec<Value> = driver.execute_async(RUN, Vec::new()).await.unwrap().convert().unwrap();
    found.iter().map(|one| format!("{} ({}): {}", one["rule"], one["help"], one["where"])).collect()
}
