//! The screens of an application. What is not listed is not linked.

use serde_json::{Value, json};

use crate::domain::ids::ApplicationId;

/// A screen of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// How it goes.
    Overview,
    /// Whom to help.
    Users,
    /// Which programs may do what.
    ServiceAccounts,
    /// Customers of the application.
    Tenants,
    /// Who is told of it.
    Webhooks,
    /// What mails say.
    EmailTemplates,
    /// What became of each mail.
    Messages,
    /// How pages look.
    Branding,
    /// How resets work and what passwords must be.
    Policies,
    /// What it is called, where its links may lead, whom it trusts.
    Settings,
    /// Who did what.
    Audit,
}

const ALL: [(Screen, &str, &str); 11] = [
    (Screen::Overview, "overview", "Overview"),
    (Screen::Users, "users", "Users"),
    (Screen::EmailTemplates, "email-templates", "Email templates"),
    (Screen::Messages, "messages", "Messages"),
    (Screen::Branding, "branding", "Branding"),
    (Screen::Tenants, "tenants", "Tenants"),
    (Screen::ServiceAccounts, "service-accounts", "Service accounts"),
    (Screen::Policies, "policies", "Policies"),
    (Screen::Webhooks, "webhooks", "Webhooks"),
    (Screen::Settings, "settings", "Settings"),
    (Screen::Audit, "audit", "Audit log"),
];

/// The menu, with one of its screens as the current one.
pub(super) fn of(application: ApplicationId, current: Screen) -> Vec<Value> {
    ALL.iter()
        .map(|(screen, path, title)| {
            json!({
                "href": format!("/console/applications/{application}/{path}"),
                "title": title,
                "current": *screen == current,
            })
        })
        .collect()
}
