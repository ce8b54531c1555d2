//! How long it takes to render a mail, and to write it as a message.
#![expect(clippy::expect_used, reason = "a bench that cannot start has nothing to measure")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use rekey::domain::clock::Timestamp;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::mail::{MailContext, MailKind};
use rekey::domain::template::{Asked, LanguageTag, TemplateKind, TemplateParts, resolve};
use rekey::locales::Locales;
use rekey::mail::lint::{self, Origins};
use rekey::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use rekey::mail::render::Renderer;

fn render(c: &mut Criterion) {
    let locales = Arc::new(Locales::new(None).expect("the built-in texts are whole"));
    let renderer = Renderer::new(None, &locales).expect("the built-in templates compile");
    for kind in [MailKind::PasswordResetLink, MailKind::PasswordResetCode, MailKind::PasswordUpdated] {
        let context = MailContext::sample(kind);
        for tag in ["en", "ar"] {
            let locale = LanguageTag::parse(tag).expect("a language tag");
            let set = renderer.built_in_set(kind, locale).expect("built in");
            c.bench_function(&format!("render {} in {tag}", kind.as_str()), |b| {
                b.iter(|| renderer.render(black_box(&context), &set).expect("the sample renders"));
            });
        }
    }
    choose(c, &renderer);
    read(c, &renderer);
    let context = MailContext::sample(MailKind::PasswordResetLink);
    let mail = renderer.render_built_in(&context, LanguageTag::english()).expect("the sample renders");
    let addressing = Addressing {
        from: Party::parse("Acme Portal <no-reply@example.com>").expect("an address"),
        reply_to: None,
        return_path: None,
        to: EmailAddress::parse("ada@example.org").expect("an address"),
        message_id: MessageId::new("msg_01ARZ3NDEKTSV4RRFFQ69G5FAV", "example.com").expect("an id"),
        date: Timestamp::from_millis(1_767_258_000_000),
    };
    c.bench_function("write PASSWORD_RESET_LINK", |b| {
        b.iter(|| OutgoingMessage::new(black_box(addressing.clone()), mail.clone()).expect("a message"));
    });
}

/// The choice among what is built in, for somebody whose language is not there.
fn choose(c: &mut Criterion, renderer: &Renderer) {
    let asked = Asked { request: LanguageTag::parse("nl-BE"), user: LanguageTag::parse("de-AT"), ..Asked::default() };
    c.bench_function("choose templates", |b| b.iter(|| resolve(black_box(&asked), renderer.offers())));
}

/// What happens once per version, and at each preview.
fn read(c: &mut Criterion, renderer: &Renderer) {
    let kind = TemplateKind::Mail(MailKind::PasswordResetLink);
    let mut parts = TemplateParts::default();
    for part in kind.parts() {
        parts.set(*part, renderer.source(kind, *part).expect("built in").to_owned());
    }
    let origins = Origins::of(["https://id.example.com"]);
    c.bench_function("read and lint a kind", |b| {
        b.iter(|| lint::read(kind, black_box(&parts), &origins, renderer));
    });
}

criterion_group!(benches, render);
criterion_main!(benches);
