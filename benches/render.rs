//! How long it takes to render a mail, and to write it as a message.
#![expect(clippy::expect_used, reason = "a bench that cannot start has nothing to measure")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rekey::domain::clock::Timestamp;
use rekey::domain::email_address::EmailAddress;
use rekey::domain::mail::{MailContext, MailKind};
use rekey::mail::message::{Addressing, MessageId, OutgoingMessage, Party};
use rekey::mail::render::Renderer;

fn render(c: &mut Criterion) {
    let renderer = Renderer::new(None).expect("the built-in templates compile");
    for kind in [MailKind::PasswordResetLink, MailKind::PasswordResetCode, MailKind::PasswordUpdated] {
        let context = MailContext::sample(kind);
        c.bench_function(&format!("render {}", kind.as_str()), |b| {
            b.iter(|| renderer.render(black_box(&context)).expect("the sample renders"));
        });
    }
    let mail = renderer.render(&MailContext::sample(MailKind::PasswordResetLink)).expect("the sample renders");
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

criterion_group!(benches, render);
criterion_main!(benches);
