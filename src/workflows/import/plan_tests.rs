//! Lines and who is there already.

use serde_json::json;

use super::*;
use crate::domain::access::{Authority, Origin};
use crate::domain::clock::Timestamp;
use crate::domain::entropy::SeededEntropy;
use crate::domain::ids::ApplicationId;
use crate::workflows::users;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

struct World {
    authority: ImportAuthority,
    entropy: SeededEntropy,
    users: Vec<User>,
}

impl World {
    fn new() -> Self {
        let entropy = SeededEntropy::new(3);
        let scope = Scope::of_record(ApplicationId::generate(NOW, &entropy));
        let authority = Authority::new(scope, Origin::command_line());
        let authority = ImportAuthority { authority, protected: None, tenant: TenantId::generate(NOW, &entropy) };
        Self { authority, entropy, users: Vec::new() }
    }

    fn bare(&self, email: &str) -> User {
        let email = crate::domain::email_address::EmailAddress::parse(email).unwrap();
        let place = (self.authority.scope().application(), self.authority.tenant);
        users::fresh(UserId::generate(NOW, &self.entropy), place, &email, NOW)
    }

    fn add(&mut self, email: &str, external: Option<&str>) -> &mut User {
        let user = User { external_id: external.map(str::to_owned), ..self.bare(email) };
        self.users.push(user);
        self.users.last_mut().unwrap()
    }

    fn told(&self, line: &serde_json::Value) -> String {
        let line = Candidate::from_json(line.to_string().as_bytes()).unwrap();
        let known = Known {
            by_address: self.users.iter().map(|u| ((u.tenant, u.email_canonical.clone()), u.clone())).collect(),
            by_external_id: self.users.iter().filter_map(|u| Some((u.external_id.clone()?, u.clone()))).collect(),
        };
        let email = line.email.original().to_owned();
        match step(&self.authority, &known, &line, self.authority.tenant, || self.bare(&email)) {
            Step::Create(user) => format!("create {}", user.email),
            Step::Update(pair) => format!("update {} to {}", pair.0.email, pair.1.email),
            Step::Leave(_) => "leave".to_owned(),
            Step::Refuse(refusal) => format!("{} {}", refusal.field.as_deref().unwrap_or("-"), refusal.code),
        }
    }
}

#[test]
fn a_user_is_known_by_the_applications_id_or_else_by_the_address() {
    let mut world = World::new();
    world.add("ann@a.test", Some("1"));
    world.add("bob@a.test", None);
    for (line, what) in [
        (json!({"email": "cy@a.test"}), "create cy@a.test"),
        (json!({"email": "ann@a.test"}), "leave"),
        (json!({"email": "ann@a.test", "externalId": "1"}), "leave"),
        (json!({"email": "new@a.test", "externalId": "1"}), "update ann@a.test to new@a.test"),
        (json!({"email": "bob@a.test", "externalId": "2"}), "update bob@a.test to bob@a.test"),
        (json!({"email": "ann@a.test", "externalId": "3"}), "email email_not_available"),
        (json!({"email": "bob@a.test", "externalId": "1"}), "email email_not_available"),
        (json!({"email": "ann@a.test", "firstName": "Ann"}), "update ann@a.test to ann@a.test"),
    ] {
        assert_eq!(world.told(&line), what, "{line}");
    }
    let elsewhere = TenantId::generate(NOW, &world.entropy);
    world.users[0].tenant = elsewhere;
    assert_eq!(world.told(&json!({"email": "ann@a.test", "externalId": "1"})), "externalId external_id_not_available");
}

#[test]
fn a_password_that_is_there_stays_and_protection_is_not_everybodys() {
    const BCRYPT: &str = "$2b$05$PrqPZ0JOjl0rSmPunHiu1OhvCtbjhEo22BkTTZripp9XXtD7rcDV6";
    let hash = json!({"email": "ann@a.test", "passwordHash": BCRYPT, "passwordHashType": "bcrypt"});
    let mut world = World::new();
    world.add("ann@a.test", None).password_hash = Some("$argon2id$newer".into());
    assert_eq!(world.told(&hash), "leave");
    world.users[0].password_hash = None;
    assert_eq!(world.told(&hash), "update ann@a.test to ann@a.test");
    world.users[0].protected = true;
    assert_eq!(world.told(&hash), "protected forbidden");
    assert_eq!(world.told(&json!({"email": "ann@a.test", "protected": false})), "protected forbidden");
    assert_eq!(world.told(&json!({"email": "ann@a.test", "lastName": "Lee"})), "update ann@a.test to ann@a.test");
    assert_eq!(world.told(&json!({"email": "new@a.test", "protected": true})), "protected forbidden");
    world.authority.protected = Some(world.authority.scope().clone());
    assert_eq!(world.told(&json!({"email": "new@a.test", "protected": true})), "create new@a.test");
    assert_eq!(world.told(&hash), "update ann@a.test to ann@a.test");
}

#[test]
fn lines_about_the_same_user_go_one_after_the_other() {
    let world = World::new();
    let lines: Vec<_> = [("a", "1"), ("b", "2"), ("A", "3"), ("c", "2"), ("d", "4")]
        .map(|(name, own)| json!({"email": format!("{name}@a.test"), "externalId": own}).to_string())
        .iter()
        .map(|line| Candidate::from_json(line.as_bytes()).unwrap())
        .collect();
    let tenants = vec![Some(world.authority.tenant); lines.len()];
    assert_eq!(runs(&lines, &tenants), [0..2, 2..5]);
    assert_eq!(runs(&lines[..0], &[]).first(), Some(&(0..0)));
}
