//! Somebody at a browser, and what is held against every page they see: no
//! request to anybody else, no violation of the security policy, no error in
//! the console, nothing that axe finds.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use thirtyfour::error::{WebDriverError, WebDriverErrorInner, WebDriverResult};
use thirtyfour::{By, Key, WebElement};

use super::axe;
use super::driver::{Browser, Looks, Scheme};
use super::server::Server;

/// A password that the demo policy accepts.
pub const PASSWORD: &str = "quiet maple lantern 42";
const PATIENCE: Duration = Duration::from_secs(15);

/// Notes every violation of the security policy, over all pages of a tab.
const WITNESS: &str = "
    addEventListener('securitypolicyviolation', (event) => {
      console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI);
    });
    window.shifts = { sum: 0, of: [] };
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        window.shifts.sum += entry.value;
        for (const { node, previousRect, currentRect } of entry.sources) {
          const name = node ? node.nodeName + ' ' + (node.className || node.textContent || '').slice(0, 40) : 'gone';
          window.shifts.of.push(`${name} from ${place(previousRect)} to ${place(currentRect)}`
            + ` at ${Math.round(entry.startTime)} of ${Math.round(performance.now())}`);
        }
      }
    }).observe({ type: 'layout-shift', buffered: true });";

/// Somebody at a browser.
pub struct Visitor<'a> {
    pub server: &'a Server,
    browser: Browser,
    javascript: bool,
}

impl<'a> Visitor<'a> {
    /// Somebody who reads English, at a wide light screen.
    pub async fn new(server: &'a Server) -> Self {
        Self::with(server, true).await
    }

    /// The same without JavaScript.
    pub async fn without_javascript(server: &'a Server) -> Self {
        Self::with(server, false).await
    }

    async fn with(server: &'a Server, javascript: bool) -> Self {
        let browser = Browser::open(javascript, "en").await;
        if javascript {
            browser.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WITNESS })).await;
        }
        let visitor = Self { server, browser, javascript };
        visitor.look(Looks { scheme: Scheme::Light, width: 1280 }).await;
        visitor
    }

    /// Changes what they look through.
    pub async fn look(&self, looks: Looks) {
        self.browser.look(looks).await;
    }

    /// Opens an address of the server, or a whole one.
    pub async fn open(&self, address: &str) {
        let whole =
            if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.server.url) };
        self.browser.driver.goto(whole).await.unwrap();
    }

    /// Where they are, less the server.
    pub async fn place(&self) -> String {
        let url = self.browser.driver.current_url().await.unwrap();
        url.as_str().strip_prefix(&self.server.url).unwrap_or(url.as_str()).to_owned()
    }

    /// The first element that a selector means. Waits for it as people wait
    /// for a page: the answer to a form may be on its way.
    pub async fn find(&self, selector: &str) -> WebElement {
        let begun = Instant::now();
        loop {
            match self.browser.driver.find(By::Css(selector)).await {
                Ok(element) => return element,
                Err(error) => {
                    assert!(begun.elapsed() < PATIENCE, "{selector} on {}: {error}", self.place().await);
                }
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Whether there is such an element.
    pub async fn sees(&self, selector: &str) -> bool {
        !self.browser.driver.find_all(By::Css(selector)).await.unwrap().is_empty()
    }

    /// Does something with the first element that a selector means. The page
    /// may be on its way out between finding and doing: a stale element was
    /// not touched, so the next page's is tried.
    async fn with_element<T>(&self, selector: &str, act: impl AsyncFn(&WebElement) -> WebDriverResult<T>) -> T {
        let begun = Instant::now();
        loop {
            match act(&self.find(selector).await).await {
                Ok(done) => return done,
                Err(error) if is_stale(&error) && begun.elapsed() < PATIENCE => {}
                Err(error) => panic!("{selector} on {}: {error}", self.place().await),
            }
        }
    }

    /// The text of an element as it is shown.
    pub async fn text(&self, selector: &str) -> String {
        self.with_element(selector, async |element| element.text().await).await
    }

    /// Waits until the page has this heading.
    pub async fn until(&self, heading: &str) {
        let begun = Instant::now();
        loop {
            let found = self.browser.driver.find_all(By::Css("h1")).await.unwrap();
            let text = match found.first() {
                Some(h1) => h1.text().await.unwrap_or_default(),
                None => String::new(),
            };
            if text == heading {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "still {text:?}, not {heading:?}, at {}", self.place().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Types into a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let typed = async |field: &WebElement| {
            field.clear().await?;
            field.send_keys(text).await
        };
        self.with_element(selector, typed).await;
    }

    /// Chooses from a list by what an option says.
    pub async fn choose_option(&self, selector: &str, text: &str) {
        self.with_element(selector, async |list| list.send_keys(text).await).await;
    }

    /// Clicks.
    pub async fn click(&self, selector: &str) {
        self.with_element(selector, async |element| element.click().await).await;
    }

    /// Waits until an element says this.
    pub async fn comes_to(&self, selector: &str, text: &str) {
        let begun = Instant::now();
        loop {
            let found = self.browser.driver.find_all(By::Css(selector)).await.unwrap();
            for element in found {
                // It may be gone by the time it is asked.
                if element.text().await.is_ok_and(|said| said.contains(text)) {
                    return;
                }
            }
            assert!(begun.elapsed() < PATIENCE, "{selector} does not say {text:?} on {}", self.place().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Clicks the first of these elements that says this, as soon as one does.
    pub async fn click_text(&self, selector: &str, text: &str) {
        let begun = Instant::now();
        loop {
            match self.clicked_text(selector, text).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => assert!(is_stale(&error), "{selector} {text:?} on {}: {error}", self.place().await),
            }
            assert!(begun.elapsed() < PATIENCE, "no {selector} says {text:?} on {}", self.place().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn clicked_text(&self, selector: &str, text: &str) -> WebDriverResult<bool> {
        for element in self.browser.driver.find_all(By::Css(selector)).await? {
            if element.text().await?.trim() == text {
                element.click().await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Presses keys, wherever the focus is.
    pub async fn press(&self, keys: impl Into<thirtyfour::TypingData>) {
        let active = self.browser.driver.active_element().await.unwrap();
        active.send_keys(keys).await.unwrap();
    }

    /// Tabs until a selector has the focus.
    pub async fn tab_to(&self, selector: &str) {
        for _ in 0..40 {
            let there = format!("return document.activeElement.matches({});", json!(selector));
            if self.ask(&there).await == json!(true) {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("the keyboard does not lead to {selector} on {}", self.place().await);
    }

    /// What a script answers that the test runs in the page.
    pub async fn ask(&self, script: &str) -> Value {
        self.browser.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Fills in both passwords and sends them.
    pub async fn choose(&self, password: &str) {
        self.fill("#new-password", password).await;
        self.fill("#repeat-password", password).await;
        self.click("form button.main").await;
    }

    /// Keeps a picture of the whole page under a name.
    pub async fn picture(&self, name: &str) {
        let shot = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.browser.tell("Page.captureScreenshot", shot).await;
        let png = BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let path = pictures().join(format!("{name}.png"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, png).unwrap();
    }

    /// Looks at the page in light and dark, wide and narrow: axe finds nothing,
    /// it never scrolls sideways, and a picture of each is kept.
    pub async fn judge(&self, name: &str) {
        for looks in Looks::ALL {
            self.look(looks).await;
            let found = axe::findings(&self.browser.driver).await;
            assert!(found.is_empty(), "{name} in {looks:?}:\n{}", found.join("\n"));
            let wide = self.ask("return document.documentElement.scrollWidth - innerWidth;").await;
            assert!(wide.as_i64().unwrap() <= 0, "{name} in {looks:?} is {wide} pixels too wide");
            self.picture(&format!("{name}-{}-{}", looks.scheme.name(), looks.width)).await;
        }
        let shifts = self.ask("return window.shifts;").await;
        assert!(shifts["sum"].as_f64().unwrap_or(1.0) < 0.01, "{name} shifts: {shifts:#}");
    }

    /// Keeps pictures of the page, without judging it.
    pub async fn pictures(&self, name: &str, looks: &[Looks]) {
        for looks in looks {
            self.look(*looks).await;
            self.picture(&format!("{name}-{}-{}", looks.scheme.name(), looks.width)).await;
        }
    }

    /// Ends the visit: nothing went to anybody else, nothing was refused by the
    /// security policy, and no script failed. Pages that say no (4xx) are noted
    /// in the console by the browser itself; those are not errors of ours.
    pub async fn leave(self) {
        for entry in self.browser.driver.get_log("performance").await.unwrap() {
            let message: Value = serde_json::from_str(&entry.message).unwrap();
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                let url = message["params"]["request"]["url"].as_str().unwrap();
                // The browser's own first tab is nobody else.
                let ours = ["data:", "chrome://", &self.server.url].iter().any(|own| url.starts_with(own));
                assert!(ours, "a request to somebody else: {url}");
            }
        }
        for entry in self.browser.driver.get_log("browser").await.unwrap() {
            let status = entry.message.contains("the server responded with a status of 4");
            assert!(status || !format!("{:?}", entry.level).eq_ignore_ascii_case("severe"), "{}", entry.message);
        }
        assert!(self.javascript || !self.sees("html.script").await);
        self.browser.driver.clone().quit().await.unwrap();
    }
}

/// Whether the page that the element was on has gone.
fn is_stale(error: &WebDriverError) -> bool {
    matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_))
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots")
}
