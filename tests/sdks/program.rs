//! A program that uses an SDK, and what it is run with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;

use crate::database::TestDatabase;
use crate::installation::{Installation, Node, with};

/// One program with one SDK.
#[derive(Debug, Clone, Copy)]
pub enum Sdk {
    /// `@workos-inc/node` of a major version.
    Node(u32),
    /// `workos` for Python of a major version.
    Python(u32),
    /// The crate `workos`.
    Rust,
}

impl Sdk {
    /// Runs its program against a process, with the base URL, the key, the
    /// client id and what more is named; answers what it says to have worked.
    pub fn run(self, program: &str, installation: &Installation, node: &Node, more: &[(&str, &str)]) -> Vec<String> {
        let made = |name: &str| installation.made[name].as_str().unwrap();
        let mut command = self.command(program);
        command.env_clear().env("PYTHONDONTWRITEBYTECODE", "1").envs(more.iter().copied());
        command.env("REKEY_URL", &node.url).env("REKEY_KEY", made("apiKey")).env("REKEY_CLIENT_ID", made("clientId"));
        command.stdin(Stdio::null()).current_dir(installed(""));
        let output = command.output().unwrap_or_else(|error| panic!("{self:?}: {error}; {HOW}"));
        let said = String::from_utf8(output.stdout).unwrap();
        let worked: Vec<String> =
            said.lines().filter_map(|line| line.strip_prefix("works: ")).map(str::to_owned).collect();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{self:?}, after {worked:#?}:\n{complaint}");
        worked
    }

    fn command(self, program: &str) -> Command {
        match self {
            Self::Node(major) => {
                let mut command = Command::new(installed("runtime/bin/node"));
                command.arg(node_program(program)).arg(major.to_string());
                command
            }
            Self::Python(major) => {
                let mut command = Command::new(installed(&format!("python-{major}/bin/python")));
                // Where the two agree they run the same program.
                let shared = ours(&format!("python/{program}.py"));
                let own = ours(&format!("python/{program}_{major}.py"));
                command.arg(if shared.is_file() { shared } else { own });
                command
            }
            Self::Rust => {
                let mut command = Command::new(installed("rust/debug/sdk-rust"));
                command.arg(program);
                command
            }
        }
    }
}

/// Runs a test with an installation on each database.
#[expect(clippy::needless_pass_by_value, reason = "a test hands its closure over")]
pub fn on_both_databases(test: impl AsyncFn(&mut Installation)) {
    with(TestDatabase::sqlite, async |installation| test(installation).await);
    with(TestDatabase::postgres, async |installation| test(installation).await);
}

const HOW: &str = "run tests/sdks/install, or the tests with ./tests/run";

/// Where Node finds the packages that a program imports depends on where the
/// program is, so the programs are put beside the packages.
fn node_program(name: &str) -> PathBuf {
    static COPIED: Once = Once::new();
    COPIED.call_once(|| {
        for file in std::fs::read_dir(ours("node")).unwrap() {
            let from = file.unwrap().path();
            if from.extension().is_some_and(|ext| ext == "mjs") {
                let to = installed("node").join(from.file_name().unwrap());
                std::fs::copy(&from, &to).unwrap_or_else(|error| panic!("{}: {error}; {HOW}", to.display()));
            }
        }
    });
    installed(&format!("node/{name}.mjs"))
}

fn ours(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdks").join(path)
}

/// What `tests/sdks/install` has put somewhere.
pub fn installed(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/sdks").join(path)
}
