//! The server with tokio-postgres for a client: what a Rust program does with a connection.
#![forbid(unsafe_code)]

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use super::{Databases, Options, Server};
use crate::engine::OpenOptions;
use crate::engine::inbox::QueueConfig;
use crate::engine::queue::Scheduling;
use crate::session::open;

/// A server with a database of its own, and what its clients are told without asking.
struct Bench {
    server: Server,
    config: Config,
}

impl Bench {
    fn start(password: Option<&str>) -> Self {
        static NAMES: AtomicU64 = AtomicU64::new(1);
        let engine = open(&OpenOptions {
            data_dir: "memory://".to_owned(),
            name: format!("server test {}", NAMES.fetch_add(1, Ordering::Relaxed)),
            relaxed_durability: false,
            settings: Vec::new(),
            extensions: Vec::new(),
            supabase: false,
            residence: None,
            database: None,
            queue: QueueConfig {
                max_size: 0,
                timeout: Duration::from_secs(30),
                aging: Duration::from_secs(1),
                scheduling: Scheduling::Priority,
                spin: Duration::from_micros(50),
            },
        })
        .unwrap();
        let options = Options {
            hosts: vec![IpAddr::from([127, 0, 0, 1])],
            port: 0,
            path: None,
            asks_password: password.is_some(),
            password: password.map(str::to_owned),
            tls: None,
            trusts_remote: false,
            max_connections: 10,
            idle_timeout: None,
            authentication_timeout: Duration::from_secs(10),
            inspects: false,
        };
        let server = Server::start(Databases::One(engine), options, drop).unwrap();
        let mut config = Config::new();
        config
            .host("127.0.0.1")
            .port(server.addresses()[0].port())
            .user("postgres")
            .connect_timeout(Duration::from_secs(10));
        Self { server, config }
    }

    async fn connect(&self) -> (Client, mpsc::UnboundedReceiver<AsyncMessage>) {
        let (client, mut connection) = self.config.connect(NoTls).await.unwrap();
        let (sender, told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut messages =
                futures_util::stream::poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                drop(sender.send(message));
            }
        });
        (client, told)
    }
}

#[tokio::test]
async fn statements_are_prepared_and_transactions_end_as_they_are_told() {
    let bench = Bench::start(None);
    let (mut client, _told) = bench.connect().await;
    client
        .batch_execute("create table item (id int primary key, name text)")
        .await
        .unwrap();
    let insert = client
        .prepare("insert into item values ($1, $2)")
        .await
        .unwrap();
    let transaction = client.transaction().await.unwrap();
    let inserted = transaction.execute(&insert, &[&1, &"kept"]).await.unwrap();
    transaction.commit().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    transaction.execute(&insert, &[&2, &"lost"]).await.unwrap();
    transaction.rollback().await.unwrap();
    let error = client.execute(&insert, &[&1, &"twice"]).await.unwrap_err();
    let rows = client
        .query("select id, name from item", &[])
        .await
        .unwrap();
    let rows: Vec<(i32, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(error.code(), Some(&SqlState::UNIQUE_VIOLATION));
    assert_eq!((inserted, rows), (1, vec![(1, "kept".to_owned())]));
    bench.server.stop().await;
}

#[tokio::test]
async fn a_notification_comes_while_its_listener_is_idle() {
    let bench = Bench::start(None);
    let (listener, mut told) = bench.connect().await;
    let (notifier, _) = bench.connect().await;
    listener.batch_execute("listen news").await.unwrap();
    notifier.batch_execute("notify news, 'here'").await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), told.recv()).await;
    let Ok(Some(AsyncMessage::Notification(notification))) = told else {
        panic!("{told:?}");
    };
    assert_eq!(
        (notification.channel(), notification.payload()),
        ("news", "here")
    );
    bench.server.stop().await;
}

#[tokio::test]
async fn a_cancel_request_stops_the_statement_that_runs_and_the_connection_goes_on() {
    let bench = Bench::start(None);
    let (client, _told) = bench.connect().await;
    let token = client.cancel_token();
    let runs = client.batch_execute("select pg_sleep(30)");
    let cancel = async {
        // One that comes before the statement stops nothing.
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            token.cancel_query(NoTls).await.unwrap();
        }
    };
    let stopped = tokio::select! {
        stopped = runs => stopped,
        () = cancel => Ok(()),
    };
    let code = stopped.unwrap_err().code().cloned();
    let one: i32 = client.query_one("select 1", &[]).await.unwrap().get(0);
    assert_eq!((code, one), (Some(SqlState::QUERY_CANCELED), 1));
    bench.server.stop().await;
}

#[tokio::test]
async fn copy_goes_in_and_comes_out() {
    let bench = Bench::start(None);
    let (client, _told) = bench.connect().await;
    client
        .batch_execute("create table line (n int, text text)")
        .await
        .unwrap();
    let mut sink = Box::pin(client.copy_in("copy line from stdin").await.unwrap());
    let lines: Vec<String> = (0..1000).map(|n| format!("{n}\tline {n}\n")).collect();
    let text = lines.concat();
    sink.send(bytes::Bytes::from(text.clone())).await.unwrap();
    let written = sink.as_mut().finish().await.unwrap();
    let stream = client.copy_out("copy line to stdout").await.unwrap();
    let chunks: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
    assert_eq!(written, 1000);
    assert_eq!(chunks.concat(), text.as_bytes());
    bench.server.stop().await;
}

#[tokio::test]
async fn the_password_is_asked_for_and_a_wrong_one_is_refused() {
    let mut bench = Bench::start(Some("right"));
    bench.config.password("wrong");
    let refused = bench.config.connect(NoTls).await.err().unwrap();
    bench.config.password("right");
    let (client, _told) = bench.connect().await;
    let user: String = client
        .query_one("select current_user::text", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(refused.code(), Some(&SqlState::INVALID_PASSWORD));
    assert_eq!(user, "postgres");
    bench.server.stop().await;
}
