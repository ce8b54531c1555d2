//! The console: each screen's main act in a real browser, and each screen
//! judged by axe in light and dark, wide and narrow.

use std::time::Duration;

use rekey::domain::second_factor::Authenticator;
use rekey::domain::secret::Secret;
use serde_json::json;

use super::support::{ADA, Server, Visitor, run};

const OLGA: &str = "olga@example.test";
const PASSWORD: &str = "seven green kettles sing";

/// An operator at a browser.
struct Operator<'a> {
    at: Visitor<'a>,
    phone: Authenticator,
    last: i64,
}

impl<'a> Operator<'a> {
    /// Joins by a link as the command line prints it.
    async fn joins(server: &'a Server, at: Visitor<'a>, judged: bool) -> Self {
        at.open(&server.invitation()).await;
        at.until("Welcome to rekey").await;
        if judged {
            at.judge("console-join").await;
            for (field, text) in [("#name", "Olga"), ("#email", "olga"), ("#password", "short"), ("#repeat", "other")] {
                at.fill(field, text).await;
            }
            at.click("button.main").await;
            at.find("#email[aria-invalid]").await;
            at.judge("console-join-error").await;
        }
        for (field, text) in [("#name", "Olga"), ("#email", OLGA), ("#password", PASSWORD), ("#repeat", PASSWORD)] {
            at.fill(field, text).await;
        }
        at.click("button.main").await;
        at.until("Set up your authenticator").await;
        if judged {
            at.judge("console-authenticator").await;
        }
        let key = at.find(".key").await.inner_html().await.unwrap();
        let phone = Authenticator::read(&Secret::new(key)).unwrap();
        let mut operator = Self { at, phone, last: 0 };
        operator.types_code().await;
        operator.at.click("button.main").await;
        operator.at.until("Overview").await;
        operator
    }

    /// Types a code that was not used before; waits for the next one if need be.
    async fn types_code(&mut self) {
        let mut step = Authenticator::step(rekey::app::machine_time());
        while step <= self.last {
            tokio::time::sleep(Duration::from_millis(500)).await;
            step = Authenticator::step(rekey::app::machine_time());
        }
        self.last = step;
        self.at.fill("#code", self.phone.code(step).expose()).await;
    }

    /// Goes to a screen by its name in the menu.
    async fn goes(&self, name: &str) {
        self.at.click_text(".menu a", name).await;
        self.at.until(name).await;
    }
}

#[test]
fn an_operator_joins_signs_out_and_in_again() {
    run(async {
        let server = Server::start(&[]);
        let mut olga = Operator::joins(&server, Visitor::new(&server).await, true).await;
        olga.at.judge("console-overview-empty").await;
        olga.at.open("/console/account").await;
        olga.at.judge("console-account").await;
        olga.at.click(".out button").await;
        olga.at.until("Sign in to the console").await;
        olga.at.judge("console-sign-in").await;
        olga.at.fill("#email", OLGA).await;
        olga.at.fill("#password", "something else entirely").await;
        olga.at.fill("#code", "000000").await;
        olga.at.click("button.main").await;
        olga.at.find("p.flash.bad[role=alert]").await;
        olga.at.judge("console-sign-in-error").await;
        olga.at.fill("#password", PASSWORD).await;
        olga.types_code().await;
        olga.at.click("button.main").await;
        olga.at.until("Overview").await;
        olga.at.open("/console/join?token=0000000000000000000000000000000000000000000").await;
        olga.at.until("This invitation is not known here").await;
        olga.at.judge("console-uninvited").await;
        olga.at.leave().await;
    });
}

#[test]
fn a_user_is_found_and_helped() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.goes("Users").await;
        olga.at.judge("console-users").await;
        olga.at.fill("#find", "nobody-at-all").await;
        olga.at.click("form.search button").await;
        olga.at.find(".empty").await;
        olga.at.judge("console-users-none").await;
        olga.at.fill("#find", "ada@").await;
        olga.at.click("form.search button").await;
        olga.at.click_text("tbody a", ADA).await;
        olga.at.until(ADA).await;
        olga.at.judge("console-user").await;
        olga.at.click_text("button", "Send a reset mail").await;
        olga.at.find(".flash[role=status]").await;
        server.link_in_mail(0).await;
        olga.at.fill("#reason", "call 17").await;
        olga.at.click_text("button", "Make a link to hand over").await;
        let link = olga.at.text("#link").await;
        assert!(link.starts_with(&server.url) && olga.at.sees(".paper svg").await);
        olga.at.judge("console-user-link").await;
        olga.goes("Audit log").await;
        olga.at.judge("console-audit").await;
        olga.goes("Overview").await;
        olga.at.judge("console-overview").await;
        olga.at.leave().await;
    });
}

#[test]
fn an_application_is_managed() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.goes("Tenants").await;
        olga.at.judge("console-tenants").await;
        olga.at.fill("#name", "berlin").await;
        olga.at.fill("#display-name", "Berlin & Co").await;
        olga.at.click("button.main").await;
        olga.at.find(".flash[role=status]").await;
        olga.at.click_text("tbody a", "Berlin & Co").await;
        olga.at.until("Berlin & Co").await;
        olga.at.judge("console-tenant").await;
        olga.goes("Service accounts").await;
        olga.at.judge("console-service-accounts").await;
        olga.at.fill("#name", "Support desk").await;
        olga.at.click("form button.main").await;
        olga.at.until("Support desk").await;
        olga.at.judge("console-service-account").await;
        olga.at.fill("#name", "desk 1").await;
        olga.at.click_text("button", "Make a key").await;
        olga.at.find("#link").await;
        olga.goes("Webhooks").await;
        olga.at.judge("console-webhooks").await;
        olga.at.fill("#url", "https://8.8.8.8/hook").await;
        olga.at.click("ul.choices input").await;
        olga.at.click("form button.main").await;
        olga.at.until("https://8.8.8.8/hook").await;
        olga.at.judge("console-webhook").await;
        olga.at.open("/console/operators").await;
        olga.at.fill("#name", "Pia").await;
        olga.at.click("form.line button").await;
        olga.at.find("#link").await;
        olga.at.judge("console-operators").await;
        olga.at.open("/console/audit").await;
        olga.at.judge("console-operators-log").await;
        olga.at.open("/console/confirm?next=/console/operators").await;
        olga.at.judge("console-confirm").await;
        server.bootstrap("second");
        olga.at.open("/console").await;
        olga.at.until("Applications").await;
        olga.at.judge("console-applications").await;
        olga.at.leave().await;
    });
}

#[test]
fn an_application_is_made_and_its_settings_are_set() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.at.open("/console/applications").await;
        olga.at.fill("#support-email", "nobody").await;
        olga.at.click("form button.main").await;
        olga.at.find("#name-error").await;
        olga.at.judge("console-applications-error").await;
        olga.at.fill("#name", "atelier").await;
        olga.at.fill("#display-name", "The Atelier").await;
        olga.at.fill("#support-email", "help@atelier.test").await;
        olga.at.click("form button.main").await;
        olga.at.until("Settings").await;
        olga.at.judge("console-settings").await;
        olga.at.fill("#display-name", "The old Atelier").await;
        olga.at.click("form button.main").await;
        olga.at.comes_to(".where", "The old Atelier").await;
        olga.at.click_text(".tabs a", "Origins").await;
        olga.at.find("#origins").await;
        olga.at.judge("console-origins").await;
        olga.at.fill("#origins", "http://atelier.test").await;
        olga.at.click("form button.main").await;
        olga.at.comes_to("#origins-error", "has to begin with https").await;
        olga.at.judge("console-origins-error").await;
        olga.at.fill("#origins", "https://atelier.test").await;
        olga.at.click("form button.main").await;
        olga.at.find(".flash[role=status]").await;
        olga.goes("Service accounts").await;
        olga.at.fill("#name", "CI").await;
        olga.at.click("form button.main").await;
        olga.at.until("CI").await;
        olga.goes("Settings").await;
        olga.at.click_text(".tabs a", "Trusted issuers").await;
        olga.at.click_text("button", "Trust it").await;
        olga.at.find("#account-error").await;
        olga.at.judge("console-issuers-error").await;
        for (field, text) in [
            ("#issuer", "https://id.example.com"),
            ("#audience", "atelier"),
            ("#jwks-url", "https://id.example.com/keys"),
            ("#claim", "sub"),
            ("#value", "repo:atelier/shop:ref:refs/heads/main"),
        ] {
            olga.at.fill(field, text).await;
        }
        olga.at.choose_option("#account", "CI").await;
        olga.at.click_text("button", "Trust it").await;
        olga.at.find("tbody a").await;
        olga.at.judge("console-issuers").await;
        olga.at.click("tbody a").await;
        olga.at.until("https://id.example.com").await;
        olga.at.judge("console-issuer").await;
        olga.at.click_text("button", "Remove the issuer").await;
        olga.at.find(".empty").await;
        olga.at.leave().await;
    });
}

#[test]
fn what_an_account_may_do_is_changed() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.goes("Service accounts").await;
        olga.at.fill("#name", "Support desk").await;
        olga.at.click("form button.main").await;
        olga.at.until("Support desk").await;
        olga.at.click_text("a", "Let it do more").await;
        olga.at.until("What it may do").await;
        olga.at.judge("console-grants").await;
        olga.at.click("input[value=only]").await;
        olga.at.fill("#tenants", "nowhere").await;
        olga.at.click("form button.main").await;
        olga.at.find("#may-error").await;
        olga.at.judge("console-grants-error").await;
        olga.at.click("ul.choices input").await;
        olga.at.click("input[value=except]").await;
        olga.at.fill("#tenants", "demo").await;
        olga.at.fill("#networks", "192.0.2.0/24").await;
        olga.at.click("form button.main").await;
        olga.at.comes_to(".group h3", "In every tenant except").await;
        olga.at.judge("console-service-account-grants").await;
        olga.at.click(".group form button").await;
        olga.at.find(".flash[role=status]").await;
        olga.goes("Service accounts").await;
        olga.at.click_text(".tabs a", "Permission boundaries").await;
        olga.at.find(".empty").await;
        olga.at.judge("console-boundaries-none").await;
        olga.at.fill("#tenants", "nowhere").await;
        olga.at.click("form button.main").await;
        olga.at.find("#name-error").await;
        olga.at.judge("console-boundaries-error").await;
        olga.at.fill("#name", "Everybody else").await;
        olga.at.click("input[value=except]").await;
        olga.at.fill("#tenants", "demo").await;
        olga.at.click("form button.main").await;
        olga.at.find("tbody a").await;
        olga.at.judge("console-boundaries").await;
        olga.at.click("tbody a").await;
        olga.at.until("Everybody else").await;
        olga.at.judge("console-boundary").await;
        olga.at.click_text("button", "Delete the boundary").await;
        olga.at.find(".empty").await;
        olga.at.leave().await;
    });
}

#[test]
fn the_log_is_checked_and_the_sender_of_a_mail_is_set() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.goes("Policies").await;
        olga.at.click_text(".tabs a", "Mails").await;
        olga.at.find("tbody a").await;
        olga.at.click("tbody a").await;
        olga.at.until("Mail with a reset link").await;
        olga.at.judge("console-email-policy").await;
        olga.at.fill("#fromName", "The Shop").await;
        olga.at.fill("#replyTo", "nobody").await;
        olga.at.click("form.card button.main").await;
        olga.at.find("#replyTo-error").await;
        olga.at.judge("console-email-policy-error").await;
        olga.at.fill("#replyTo", "help@shop.test").await;
        olga.at.click("form.card button.main").await;
        olga.at.find(".flash[role=status]").await;
        olga.at.click(".crumbs a").await;
        olga.at.comes_to("tbody td", "The Shop").await;
        olga.at.judge("console-email-policies").await;
        olga.at.click_text("button", "Take away what is set here").await;
        olga.at.find(".flash[role=status]").await;
        olga.goes("Audit log").await;
        olga.at.click_text("button", "Check that it is whole").await;
        olga.at.comes_to("section.flash", "The log is whole").await;
        olga.at.judge("console-audit-checked").await;
        olga.at.leave().await;
    });
}

#[test]
fn mails_are_written_watched_and_branded() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::new(&server).await, false).await;
        olga.goes("Email templates").await;
        olga.at.judge("console-email-templates").await;
        olga.at.click(".chips a").await;
        olga.at.until("Reset by link: All languages").await;
        olga.at.comes_to("#seen-subject", "Reset your").await;
        olga.at.judge("console-email-template").await;
        olga.at.click("[aria-labelledby=words] details:nth-of-type(1) summary").await;
        olga.at.click("[aria-labelledby=words] details:nth-of-type(2) summary").await;
        olga.at.comes_to(".glossary", "{{actionUrl}}").await;
        olga.at.judge("console-email-template-words").await;
        olga.at.fill("#subject", "{{#if").await;
        olga.at.comes_to("#mark-list .bad", "subject, line 1").await;
        olga.at.judge("console-email-template-wrong").await;
        olga.at.fill("#subject", "Open sesame, {{user.email}}").await;
        olga.at.comes_to("#seen-subject", "Open sesame, ").await;
        olga.at.click_text("button", "Send the test").await;
        olga.at.comes_to(".flash[role=status]", "Sent.").await;
        olga.at.click_text("button", "Publish").await;
        olga.at.comes_to(".badges", "version 1 is published").await;
        olga.at.click_text("a", "History").await;
        olga.at.comes_to(".diff", "+Open sesame").await;
        olga.at.judge("console-email-template-history").await;
        olga.goes("Messages").await;
        olga.at.judge("console-messages-none").await;
        olga.at.open("/dev/mailbox").await;
        server.mailed_link().await;
        olga.at.open("/console").await;
        olga.at.until("Overview").await;
        olga.goes("Messages").await;
        olga.at.judge("console-messages").await;
        olga.at.click("tbody a").await;
        olga.at.comes_to(".story", "kept").await;
        olga.at.judge("console-message").await;
        olga.goes("Branding").await;
        olga.at.fill("#primary-color", "red").await;
        olga.at.click(".card button.main").await;
        olga.at.comes_to(".flash.bad", "#rrggbb").await;
        olga.at.judge("console-branding").await;
        olga.goes("Policies").await;
        olga.at.judge("console-policy").await;
        olga.at.fill("#emailLinkMinutes", "1").await;
        olga.at.click(".card button.main").await;
        olga.at.find("#emailLinkMinutes-error").await;
        olga.at.judge("console-policy-error").await;
        olga.at.leave().await;
    });
}

#[test]
fn the_console_needs_no_script_and_no_mouse() {
    run(async {
        let server = Server::start(&[]);
        let olga = Operator::joins(&server, Visitor::without_javascript(&server).await, false).await;
        olga.goes("Users").await;
        olga.at.fill("#find", ADA).await;
        olga.at.click("form.search button").await;
        olga.at.click_text("tbody a", ADA).await;
        olga.at.until(ADA).await;
        olga.at.click_text("button", "Send a reset mail").await;
        olga.at.find(".flash[role=status]").await;
        olga.goes("Settings").await;
        olga.at.click_text(".tabs a", "Origins").await;
        olga.at.fill("#origins", "https://app.example.com").await;
        olga.at.click("form.card button.main").await;
        olga.at.find(".flash[role=status]").await;
        olga.goes("Audit log").await;
        olga.at.click_text("button", "Check that it is whole").await;
        olga.at.comes_to("section.flash", "The log is whole").await;
        olga.at.leave().await;

        let olga = Visitor::new(&server).await;
        olga.open("/console/sign-in").await;
        for field in ["#email", "#password", "#code", "button.main"] {
            olga.tab_to(field).await;
        }
        assert_eq!(olga.ask("return document.activeElement.textContent;").await, json!("Sign in"));
        olga.leave().await;
    });
}
