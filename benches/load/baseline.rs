//! The least a durable request can cost: an actix-web handler that inserts one row through
//! SeaORM, with the same SQLite settings. It runs as a process of its own, like the server.

use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, http::StatusCode, web};
use sea_orm::{ActiveValue, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, EntityTrait};

use super::Outcome;

/// The first argument that makes this program the baseline server.
pub const COMMAND: &str = "baseline-server";

/// A row of about the size of a request by address.
mod request {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "requests")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub tenant: String,
        pub address: String,
        pub created_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Serves `GET /ready` and `POST /insert` until it is ended. Arguments: address, folder.
pub fn serve(args: &[String]) -> Outcome<()> {
    let [address, folder, ..] = args else { return Err("the baseline server needs an address and a folder".into()) };
    let file = Path::new(folder).join("baseline.db");
    actix_web::rt::System::new().block_on(async {
        let db = open(&file).await?;
        HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(db.clone()))
                .route("/ready", web::get().to(HttpResponse::Ok))
                .route("/insert", web::post().to(insert))
        })
        .workers(2)
        .bind(address)?
        .run()
        .await?;
        Ok(())
    })
}

async fn open(file: &Path) -> Outcome<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    options.max_connections(1).min_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, \
         address TEXT NOT NULL, created_at INTEGER NOT NULL)",
    ] {
        db.execute_unprepared(statement).await?;
    }
    Ok(db)
}

async fn insert(db: web::Data<DatabaseConnection>, body: web::Json<serde_json::Value>) -> HttpResponse {
    let email = body.get("email").and_then(serde_json::Value::as_str).unwrap_or_default();
    let row = request::ActiveModel {
        id: ActiveValue::NotSet,
        tenant: ActiveValue::Set("tenant_baseline".to_owned()),
        address: ActiveValue::Set(email.to_owned()),
        created_at: ActiveValue::Set(0),
    };
    let inserted = request::Entity::insert(row).exec(db.get_ref()).await;
    let status = if inserted.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    HttpResponse::build(status).json(serde_json::json!({ "result": "REQUEST_ACCEPTED" }))
}
