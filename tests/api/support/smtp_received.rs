//! A mail as a server has received it.

/// One mail as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// The address in MAIL.
    pub from: String,
    /// The addresses in RCPT.
    pub to: Vec<String>,
    /// The content exactly as on the wire, dots stuffed, with its final `.` line.
    pub wire: Vec<u8>,
    /// Which connection it came over, from 1.
    pub connection: usize,
    /// Whether that was secured.
    pub secure: bool,
    /// What was decoded from AUTH PLAIN.
    pub signed_in_as: Option<String>,
}

impl Received {
    /// A header of it, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let data = self.data().replace("\r\n ", " ");
        let line = data
            .lines()
            .take_while(|line| !line.is_empty())
            .find(|line| line.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(name)))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    }

    /// The text part of a mail that a rekey sent.
    pub fn text(&self) -> String {
        let data = self.data();
        let boundary = data.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let part = data.split(&format!("--{boundary}")).find(|part| part.contains("text/plain")).unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        if head.contains("base64") {
            use base64::Engine as _;
            let joined: String = body.split_whitespace().collect();
            return String::from_utf8(base64::engine::general_purpose::STANDARD.decode(joined).unwrap()).unwrap();
        }
        if head.contains("quoted-printable") { unquote(body) } else { body.to_owned() }
    }

    /// The token of the link in it.
    pub fn link_token(&self) -> String {
        let text = self.text();
        let rest = text.split("token=").nth(1).unwrap_or_else(|| panic!("no link in {text}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    /// The eight digits in it.
    pub fn verification_code(&self) -> String {
        let text = self.text();
        let mut runs = text
            .split(|c: char| !c.is_ascii_digit() && c != ' ' && c != '-')
            .map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>());
        runs.find(|digits| digits.len() == 8).unwrap_or_else(|| panic!("no code in {text}"))
    }

    /// The message: dots unstuffed, without the final line.
    pub fn data(&self) -> String {
        let wire = String::from_utf8(self.wire.clone()).unwrap();
        let lines = wire.strip_suffix(".\r\n").unwrap().split_inclusive("\r\n");
        lines.map(|line| line.strip_prefix('.').unwrap_or(line)).collect()
    }
}

/// Decodes quoted-printable text (RFC 2045, section 6.7).
fn unquote(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'=', [high, low, tail @ ..]) = (first, tail) {
            let digits = [*high, *low];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            rest = tail;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}
