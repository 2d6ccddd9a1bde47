//! The line, against a server that answers every request with what it got.

use super::*;
use std::io::Read as _;

/// The server, and how many requests it has got.
fn echo() -> (SocketAddr, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let got = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&got);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counter = Arc::clone(&counter);
            std::thread::spawn(move || {
                let mut requests = buffered(stream.try_clone().expect("a stream"));
                let mut stream = stream;
                while let Ok(Some(head)) = Head::read(&mut requests) {
                    let body = head.request_body(&mut requests).expect("a body");
                    *counter.lock().expect("a counter") += 1;
                    let body = [b"got ", body.as_slice()].concat();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    if stream.write_all(&[head.as_bytes(), &body].concat()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, got)
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address).expect("the proxy listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream
}

fn request(text: &str) -> String {
    format!("POST /push HTTP/1.1\r\ncontent-length: {}\r\n\r\n{text}", text.len())
}

/// The body of the answer, as far as it came; nothing where none came.
fn ask(stream: &mut TcpStream, text: &str) -> String {
    if stream.write_all(request(text).as_bytes()).is_err() {
        return String::new();
    }
    let mut answers = buffered(stream);
    let Ok(Some(head)) = Head::read(&mut answers) else { return String::new() };
    let mut body = head.first[1].clone() + " ";
    // a body that breaks off is what the test looks at
    let _ = head.answer_body("POST", &mut answers, &mut |piece| {
        body += &String::from_utf8_lossy(piece);
        true
    });
    body
}

#[test]
fn an_open_line_carries_both_ways_and_a_cut_one_nothing_until_it_is_restored() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    let mut before = connect(&proxy);
    assert_eq!(ask(&mut before, "one"), "200 got one");
    assert_eq!(ask(&mut before, "two"), "200 got two", "a connection carries more than one exchange");
    proxy.cut();
    assert_eq!(ask(&mut before, "three"), "");
    assert_eq!(ask(&mut connect(&proxy), "four"), "");
    assert_eq!(*got.lock().expect("a counter"), 2);
    proxy.restore();
    assert_eq!(ask(&mut connect(&proxy), "five"), "200 got five");
}

#[test]
fn a_dropped_answer_leaves_the_request_with_the_server() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    proxy.drop_answers();
    assert_eq!(ask(&mut connect(&proxy), "one"), "");
    proxy.wait_dropped(1);
    assert_eq!(*got.lock().expect("a counter"), 1);
    proxy.cut_answers_after("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\ngot t".len());
    assert_eq!(ask(&mut connect(&proxy), "two"), "200 got t");
    assert_eq!(proxy.dropped(), 2);
}

#[test]
fn a_script_gives_each_exchange_its_fate() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    proxy.script("/elsewhere", [Fate::Status(500)]);
    proxy.script(
        "/push",
        [Fate::RequestLost, Fate::AnswerLost, Fate::AnswerCut(5), Fate::Status(503), Fate::Pass, Fate::LogInPage],
    );
    let mut answers = Vec::new();
    for text in ["one", "two", "three", "four", "five", "six", "seven"] {
        answers.push(ask(&mut connect(&proxy), text));
    }
    assert_eq!(answers[..5], ["", "", "200 got t", "503 {\"status\":503}", "200 got five"]);
    assert!(answers[5].contains("Log in here"), "{}", answers[5]);
    assert_eq!(answers[6], "200 got seven", "after the script everything passes");
    assert_eq!((*got.lock().expect("a counter"), proxy.script_left(), proxy.dropped()), (4, 1, 2));
}

#[test]
fn a_kept_request_arrives_once_more_long_after_its_answer() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    proxy.keep("/push");
    let mut stream = connect(&proxy);
    ask(&mut stream, "one");
    ask(&mut stream, "two");
    assert_eq!(proxy.replay(), [200, 200]);
    assert_eq!(*got.lock().expect("a counter"), 4);
    assert!(proxy.replay().is_empty());
}

#[test]
fn a_deaf_line_delivers_requests_and_a_stalled_one_nothing_and_both_deliver_late() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    for (is_deaf, arrived) in [(true, 1), (false, 1)] {
        if is_deaf {
            proxy.deafen()
        } else {
            proxy.stall()
        }
        let mut stream = connect(&proxy);
        stream.write_all(request("one").as_bytes()).expect("the proxy reads");
        if is_deaf {
            proxy.wait_held();
        }
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
        assert!(stream.read(&mut [0; 10]).is_err(), "an answer passed");
        assert_eq!(*got.lock().expect("a counter"), arrived);
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        proxy.restore();
        let head = Head::read(&mut buffered(&mut stream)).expect("the answer, late").expect("an answer");
        assert_eq!(head.first[1], "200");
    }
}

#[test]
fn a_slow_line_delivers_byte_by_byte() {
    let (server, _) = echo();
    let proxy = Proxy::to(server);
    let pause = Duration::from_millis(1);
    proxy.slow_down(1, pause);
    let began = std::time::Instant::now();
    assert_eq!(ask(&mut connect(&proxy), "one"), "200 got one");
    let bytes = request("one").len() + "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\ngot one".len();
    assert!(began.elapsed() >= pause * u32::try_from(bytes).expect("few"), "{:?}", began.elapsed());
}

#[test]
fn what_is_on_a_slow_line_when_it_is_restored_arrives_at_once() {
    let (server, got) = echo();
    let proxy = Proxy::to(server);
    // longer than the test has patience
    proxy.slow_down(1, PATIENCE * 2);
    let mut stream = connect(&proxy);
    stream.write_all(request("one").as_bytes()).expect("the proxy reads");
    assert_eq!(*got.lock().expect("a counter"), 0);
    proxy.restore();
    let head = Head::read(&mut buffered(&mut stream)).expect("the answer").expect("an answer");
    assert_eq!(head.first[1], "200");
}
