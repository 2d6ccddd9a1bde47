//! What can become of one request and its answer.

/// The fate of one exchange, in the order of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes through.
    Pass,
    /// The request never reaches the server; the connection breaks.
    RequestLost,
    /// The server has it and has answered, and nothing of the answer comes back; the connection breaks.
    AnswerLost,
    /// So many bytes of the answer's body come back, then the connection breaks.
    AnswerCut(usize),
    /// Something on the way answers with this status; the server never hears of it.
    Status(u16),
    /// The network wants somebody to log in: 200, with a page.
    LogInPage,
}

impl Fate {
    /// What the proxy itself answers, where it does.
    pub(super) fn own_answer(self) -> Option<String> {
        let (status, kind, body) = match self {
            Self::Status(status) => (status, "application/json", format!("{{\"status\":{status}}}")),
            Self::LogInPage => (200, "text/html", "<!doctype html><title>Free Wi-Fi</title>Log in here".to_owned()),
            _ => return None,
        };
        let length = body.len();
        Some(format!("HTTP/1.1 {status} Injected\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"))
    }

    /// One exchange gets through, the next does not, by turns before and after the server had it.
    #[must_use]
    pub fn flapping(times: usize) -> Vec<Self> {
        [Self::RequestLost, Self::Pass, Self::AnswerLost, Self::Pass].into_iter().cycle().take(times).collect()
    }
}
