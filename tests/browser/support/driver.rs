//! Chromium and its driver: one driver for each test process, one browser with
//! a fresh profile for each visitor.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};

/// How long a browser may take to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What a visitor looks through.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    pub scheme: Scheme,
    /// In CSS pixels.
    pub width: u32,
}

impl Looks {
    pub const ALL: [Self; 4] = [
        Self { scheme: Scheme::Light, width: 1280 },
        Self { scheme: Scheme::Dark, width: 1280 },
        Self { scheme: Scheme::Light, width: 320 },
        Self { scheme: Scheme::Dark, width: 320 },
    ];
}

/// A browser, and the driver process that it came from.
pub struct Browser {
    pub driver: WebDriver,
    process: Child,
    _profile: tempfile::TempDir,
}

/// Browsers start one after the other: each asks for a free port first.
static STARTING: Mutex<()> = Mutex::new(());

impl Browser {
    /// A browser with a fresh profile, with or without JavaScript.
    pub async fn open(javascript: bool, languages: &str) -> Self {
        let (process, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(&profile, javascript, languages);
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.unwrap();
        driver.set_page_load_timeout(PATIENCE).await.unwrap();
        Self { driver, process, _profile: profile }
    }

    /// Changes what the visitor looks through.
    pub async fn look(&self, looks: Looks) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": looks.scheme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        let height = if looks.width < 600 { 700 } else { 800 };
        let size =
            json!({ "width": looks.width, "height": height, "deviceScaleFactor": 1, "mobile": looks.width < 600 });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// A command of the `DevTools` protocol.
    pub async fn tell(&self, command: &str, parameters: serde_json::Value) -> serde_json::Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }
}

impl Drop for Browser {
    /// The driver takes its browser with it.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start_driver() -> (Child, u16) {
    let _one = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let process = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("chromedriver: {error}; install the package chromium-driver"));
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < PATIENCE, "chromedriver does not come up");
        std::thread::sleep(Duration::from_millis(20));
    }
    (process, port)
}

fn capabilities(profile: &tempfile::TempDir, javascript: bool, languages: &str) -> impl Into<thirtyfour::Capabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    let profile = format!("--user-data-dir={}", profile.path().display());
    for argument in [
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        profile.as_str(),
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    if is_root() {
        // The sandbox of Chromium refuses to work for root.
        capabilities.add_arg("--no-sandbox").unwrap();
    }
    let mut preferences = json!({ "intl.accept_languages": languages, "intl.selected_languages": languages });
    if !javascript {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    capabilities.add_experimental_option("prefs", preferences).unwrap();
    for log in ["performance", "browser"] {
        capabilities.set_logging_prefs(log, LoggingPrefsLogLevel::All).unwrap();
    }
    capabilities
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}
