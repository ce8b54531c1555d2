//! Makes a PostgreSQL database look like one that has been used for years.

use sea_orm::{ConnectOptions, ConnectionTrait, Database};

use super::{Outcome, args::Grown};

/// Rows per statement.
const CHUNK: u64 = 250_000;

/// Adds users and events to the only application, written as one statement for many rows each.
pub async fn grow(url: &str, grown: Grown) -> Outcome<()> {
    if !url.starts_with("postgres") {
        return Err("growing a database works with PostgreSQL; see --database".into());
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    for (rows, insert) in [(grown.users, USERS), (grown.events, EVENTS)] {
        let mut first = 1;
        while first <= rows {
            let last = (first + CHUNK - 1).min(rows);
            database
                .execute_unprepared(&insert.replace(":first", &first.to_string()).replace(":last", &last.to_string()))
                .await?;
            first = last + 1;
        }
    }
    for table in ["users", "events"] {
        database.execute_unprepared(&format!("ANALYZE {table}")).await?;
    }
    Ok(database.close().await?)
}

/// Users of the default tenant; their ids sort before every new one.
const USERS: &str = "
    INSERT INTO users (id, application_id, tenant_id, email, email_canonical, email_verified, metadata,
                       disabled, protected, credential_version, created_at, updated_at)
    SELECT 'user_01' || upper(lpad(to_hex(n), 24, '0')), application.id, application.default_tenant_id,
           'grown-' || n || '@example.test', 'grown-' || n || '@example.test', TRUE, '{}',
           FALSE, FALSE, 0, 1700000000000 + n, 1700000000000 + n
    FROM generate_series(:first, :last) AS n, (SELECT id, default_tenant_id FROM applications LIMIT 1) AS application";

/// Events of those users, of three kinds, with as much data as real ones, from the last two months:
/// older ones would be purged while they are measured.
const EVENTS: &str = r#"
    INSERT INTO events (id, application_id, tenant_id, user_id, kind, data, created_at, position)
    SELECT 'event_01' || upper(lpad(to_hex(n), 24, '0')), application.id, application.default_tenant_id,
           'user_01' || upper(lpad(to_hex(1 + n % 1000), 24, '0')),
           (ARRAY['user.updated', 'session.created', 'password_reset.succeeded'])[1 + n % 3],
           '{"object":"user","id":"user_01' || upper(lpad(to_hex(1 + n % 1000), 24, '0')) || '","email":"grown-'
               || n || '@example.test","email_verified":true,"first_name":null,"last_name":null,"metadata":{}}',
           (extract(epoch FROM now()) * 1000)::bigint - 5000000000 + n, nextval('event_positions')
    FROM generate_series(:first, :last) AS n, (SELECT id, default_tenant_id FROM applications LIMIT 1) AS application"#;
