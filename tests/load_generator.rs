//! The parts of the load generator that can be wrong without anybody noticing: its client, its
//! mail sink, its arithmetic and its baseline. The whole needs a release build and is a bench.

#[cfg(test)]
#[path = "../benches/load/main.rs"]
#[expect(dead_code, reason = "the scenarios run in the bench only")]
mod load;

use std::time::Duration;

use load::{args::Args, client, process, sink, stats};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn micros(values: impl IntoIterator<Item = u64>) -> Vec<Duration> {
    values.into_iter().map(Duration::from_micros).collect()
}

#[test]
fn percentiles_are_values_of_the_sample() {
    let times = micros((1..=101).rev());
    assert_eq!(stats::median(&times), Duration::from_micros(51));
    assert_eq!(stats::percentile(&times, 0.99), Duration::from_micros(100));
    assert_eq!(stats::percentile(&[], 0.99), Duration::ZERO);
}

#[test]
fn trimming_takes_the_same_from_either_end() {
    assert_eq!(stats::trimmed(&micros(1..=20), 0.05), micros(2..=19));
    assert!(stats::trimmed(&[], 0.05).is_empty());
}

#[test]
fn welch_t_is_that_of_a_worked_example() {
    // Means 3 and 5, variances 2.5 and 10 over five values each: -2 / sqrt(0.5 + 2).
    let t = stats::welch_t(&micros([1, 2, 3, 4, 5]), &micros([1, 3, 5, 7, 9]));
    assert!((t + 1.264_911).abs() < 1e-5, "{t}");
    assert!(stats::welch_t(&micros([5, 5]), &micros([5, 5])).abs() < f64::EPSILON);
}

#[test]
fn the_random_order_is_fair_and_repeatable() {
    let heads = |seed| {
        let mut order = stats::Order::new(seed);
        (0..10_000).filter(|_| order.coin()).count()
    };
    assert!((4_800..5_200).contains(&heads(1)), "{}", heads(1));
    assert_eq!(heads(7), heads(7));
}

#[test]
fn a_head_is_read_once_it_is_complete() {
    let text = b"HTTP/1.1 201 Created\r\ncontent-length: 5\r\nConnection: close\r\n\r\nhello";
    assert_eq!(client::parse_head(&text[..40]).unwrap(), None);
    let head = client::parse_head(text).unwrap().unwrap();
    assert_eq!((head.status, head.body, head.closes), (201, 5, true));
    assert_eq!(&text[head.length..], b"hello");
    assert!(client::parse_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
}

#[test]
fn a_token_is_found_in_folded_text() {
    let mail = "Subject: x\r\n\r\nOpen http://127.0.0.1/reset-password?token=3Dabc=\r\nDEF123 now\r\n";
    assert_eq!(sink::token_of(mail).as_deref(), Some("abcDEF123"));
    assert_eq!(sink::token_of("nothing here"), None);
}

#[test]
fn the_use_of_the_machine_is_read_from_proc() {
    let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0";
    assert!((process::cpu_seconds_of(stat).unwrap() - 3.0).abs() < f64::EPSILON);
    assert!((process::resident_mib_of("Name:\tx\nVmRSS:\t    2048 kB\n").unwrap() - 2.0).abs() < f64::EPSILON);
    assert!(process::resident_mib(std::process::id()).unwrap() > 0.0);
}

#[test]
fn arguments_are_bounded() {
    let parse = |line: &str| Args::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let args = parse("--bench --seconds 7 --only request,mail").unwrap();
    assert_eq!(args.duration, Duration::from_secs(7));
    assert!(args.wants("mail") && !args.wants("complete"));
    for wrong in ["--seconds 0", "--seconds 100000", "--pairs", "--nonsense 1"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn the_sink_takes_a_mail_and_keeps_its_token() {
    let sink = sink::Sink::start(Duration::ZERO).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(sink.address).await.unwrap();
    let dialogue = "EHLO me\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n\
                    Subject: hi\r\n\r\nhttp://x.test/?token=abc123\r\n.\r\nQUIT\r\n";
    stream.write_all(dialogue.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert!(answers.ends_with("354 go on\r\n250 taken\r\n221 bye\r\n"), "{answers}");
    assert_eq!((sink.inbox.mails(), sink.inbox.connections()), (1, 1));
    assert_eq!(sink.inbox.tokens(), ["abc123"]);
    assert_eq!(sink.inbox.settle(Duration::from_secs(5)).await.0, 0);
}

#[tokio::test]
async fn the_client_keeps_its_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connection = client::Connection::new(listener.local_addr().unwrap());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..2 {
            let mut read = vec![0; 1024];
            let length = stream.read(&mut read).await.unwrap();
            assert!(read[..length].starts_with(b"POST /x HTTP/1.1\r\n"));
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n").await.unwrap();
            stream.write_all(b"{}").await.unwrap();
        }
    };
    let caller = async {
        let request = client::Request::post("/x", Some("sk_x"), &serde_json::json!({ "a": 1 }));
        for _ in 0..2 {
            let answer = connection.call(&request).await.unwrap();
            assert_eq!(answer.json(200).unwrap(), serde_json::json!({}));
            assert!(answer.json(201).is_err());
        }
    };
    tokio::join!(server, caller);
}
