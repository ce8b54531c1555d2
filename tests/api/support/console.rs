//! An operator with a browser and a telephone.

use std::collections::BTreeMap;

use rekey::domain::access::Origin;
use rekey::domain::second_factor::Authenticator;
use rekey::domain::secret::Secret;
use reqwest::Method;

use super::app::{PASSWORD, TestApp};
use super::http::Answer;

/// A browser without scripts: it keeps cookies, and follows when told.
#[derive(Default, Clone)]
pub struct Browser(pub BTreeMap<String, String>);

impl Browser {
    /// A request with the cookies that it keeps, and more headers.
    pub async fn send(
        &mut self,
        app: &TestApp,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        form: Option<String>,
    ) -> Answer {
        let line: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let line = line.join("; ");
        let mut headers = vec![("cookie", line.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        headers.extend(more);
        let answer = app.send(method, path, &headers, form.map(String::into_bytes)).await;
        for cookie in answer.headers.get("set-cookie").into_iter().flat_map(|line| line.split(", ")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// A page.
    pub async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        self.send(app, Method::GET, path, &[], None).await
    }

    /// Sends a form of a page with these fields.
    pub async fn submit(&mut self, app: &TestApp, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = encoded(&token(page), fields);
        self.send(app, Method::POST, path, &[], Some(form)).await
    }
}

/// The token that the forms of a page carry.
pub fn token(page: &Answer) -> String {
    let after = page.text.split("name=\"form_token\" value=\"").nth(1);
    after.unwrap_or_else(|| panic!("no form in {}", page.text)).split('"').next().unwrap().to_owned()
}

/// A form with its token.
pub fn encoded(token: &str, fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("form_token", token).extend_pairs(fields);
    form.finish()
}

/// The hidden fields of the page that asks for a proof, but for its token.
pub fn carried(asked: &Answer) -> Vec<(String, String)> {
    assert_asks_again(asked);
    let form = asked.text.split("class=\"card\" method=\"post\"").nth(1).unwrap().split("</form>").next().unwrap();
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    let read = inputs.map(|input| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        (unescaped(name), unescaped(rest.split('"').next().unwrap()))
    });
    read.filter(|(name, _)| name != "form_token").collect()
}

/// Text as a browser reads it.
fn unescaped(html: &str) -> String {
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x3D;", "="), ("&#x60;", "`")];
    marks.iter().fold(html.to_owned(), |text, (mark, letter)| text.replace(mark, letter)).replace("&amp;", "&")
}

/// Nothing was done yet: password and code come first.
pub fn assert_asks_again(asked: &Answer) {
    assert!(asked.text.contains("Is it still you?"), "{} {}", asked.status, asked.text);
    assert!(matches!(asked.status, 403 | 422 | 429), "{}", asked.status);
}

/// Where an answer leads.
pub fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text);
    &answer.headers["location"]
}

/// The path of an invitation, as the command line makes it.
pub async fn invitation(app: &TestApp) -> String {
    let (_, link) = app.app.engine.invite_operator("Olga", &Origin::command_line()).await.unwrap();
    link.expose().strip_prefix("https://rekey.test").unwrap().to_owned()
}

/// An operator.
pub struct Operator {
    /// Their browser.
    pub browser: Browser,
    /// What their telephone shows codes of.
    pub phone: Authenticator,
    /// What they sign in with.
    pub email: String,
}

impl Operator {
    /// Somebody who was invited and has joined.
    pub async fn joined(app: &TestApp, email: &str) -> Self {
        let link = invitation(app).await;
        Self::joining(app, &link, email).await
    }

    /// Somebody who opens an invitation and joins.
    pub async fn joining(app: &TestApp, link: &str, email: &str) -> Self {
        let mut browser = Browser::default();
        let opened = browser.get(app, link).await;
        assert_eq!(leads_to(&opened), "/console/join", "the token leaves the address at once");
        let page = browser.get(app, "/console/join").await;
        let fields = [("name", "Olga"), ("email", email), ("password", PASSWORD), ("repeat", PASSWORD)];
        let chosen = browser.submit(app, &page, "/console/join", &fields).await;
        assert_eq!(leads_to(&chosen), "/console/join/authenticator");
        let page = browser.get(app, "/console/join/authenticator").await;
        let key = page.text.split("<code class=\"key\">").nth(1).unwrap().split('<').next().unwrap();
        let phone = Authenticator::read(&Secret::new(key)).unwrap();
        let code = phone.code(Authenticator::step(app.now()));
        let joined = browser.submit(app, &page, "/console/join/authenticator", &[("code", code.expose())]).await;
        assert_eq!(leads_to(&joined), "/console");
        Self { browser, phone, email: email.to_owned() }
    }

    /// The code that the telephone shows now.
    pub fn code(&self, app: &TestApp) -> String {
        self.phone.code(Authenticator::step(app.now())).expose().to_owned()
    }

    /// Signs in with a browser that knows nothing; answers what came of it.
    pub async fn signs_in(&mut self, app: &TestApp, password: &str, code: &str) -> Answer {
        self.browser = Browser::default();
        let page = self.browser.get(app, "/console/sign-in").await;
        let fields = [("email", self.email.as_str()), ("password", password), ("code", code), ("next", "")];
        let (browser, fields) = (&mut self.browser, fields);
        browser.submit(app, &page, "/console/sign-in", &fields).await
    }

    /// Enters password and code again.
    pub async fn confirms(&mut self, app: &TestApp) {
        let page = self.browser.get(app, "/console/confirm").await;
        let fields = [("password", PASSWORD), ("code", &self.code(app)), ("next", "/console/account")];
        let done = self.browser.submit(app, &page, "/console/confirm", &fields).await;
        assert_eq!(leads_to(&done), "/console/account");
    }

    /// Enters password and code on the page that asked for them in between,
    /// and sends everything that it carries.
    pub async fn goes_on(&mut self, app: &TestApp, asked: &Answer, password: &str) -> Answer {
        let action = asked.text.split("class=\"card\" method=\"post\" action=\"").nth(1).unwrap();
        let action = unescaped(action.split('"').next().unwrap());
        let code = self.code(app);
        let mut fields = carried(asked);
        fields.extend([("confirm_password".to_owned(), password.to_owned()), ("confirm_code".to_owned(), code)]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.submit(app, asked, &action, &fields).await
    }

    /// A page.
    pub async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        self.browser.get(app, path).await
    }

    /// Sends a form of one page.
    pub async fn act(&mut self, app: &TestApp, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.browser.get(app, page).await;
        self.browser.submit(app, &page, path, fields).await
    }
}
