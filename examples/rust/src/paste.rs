//! Keeps pieces of text. Filters are shared objects, loaded when a request names one; pages are templates in two languages.
use std::ffi::CString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::raw::{c_char, c_int, c_void};
use std::{fs, thread};

extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

const RTLD_NOW: c_int = 2;
const MOST: u64 = 1 << 20;
type Filter = extern "C" fn(*mut u8, usize);

struct Answer {
    status: &'static str,
    kind: String,
    body: Vec<u8>,
}

fn page(status: &'static str, language: &str, name: &str, text: &str) -> Answer {
    let path = format!("/srv/templates/{}.{}.html", name, language);
    match fs::read_to_string(path) {
        Ok(template) => Answer {
            status,
            kind: "text/html; charset=utf-8".into(),
            body: template.replace("{}", text).into_bytes(),
        },
        Err(error) => Answer { status: "500 Internal Server Error", kind: "text/plain".into(), body: error.to_string().into_bytes() },
    }
}

/// The type of a file, as /etc/mime.types has it.
fn kind_of(name: &str) -> String {
    let ending = name.rsplit('.').next().unwrap_or("");
    let types = fs::read_to_string("/etc/mime.types").unwrap_or_default();
    for line in types.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        if let Some(kind) = words.next() {
            if words.any(|word| word == ending) {
                return kind.into();
            }
        }
    }
    "application/octet-stream".into()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
}

fn filter(name: &str, text: &mut [u8]) -> bool {
    let path = CString::new(format!("/usr/local/lib/paste/lib{}.so", name)).unwrap();
    // The function has this type in each of the filters.
    unsafe {
        let handle = dlopen(path.as_ptr(), RTLD_NOW);
        if handle.is_null() {
            return false;
        }
        let symbol = dlsym(handle, b"filter\0".as_ptr() as *const c_char);
        if symbol.is_null() {
            return false;
        }
        let function: Filter = std::mem::transmute(symbol);
        function(text.as_mut_ptr(), text.len());
    }
    true
}

fn list(language: &str) -> Answer {
    let mut names: Vec<String> = Vec::new();
    if let Ok(folder) = fs::read_dir("/srv/pastes") {
        names.extend(folder.flatten().filter_map(|entry| entry.file_name().into_string().ok()));
    }
    names.sort();
    let items: String = names.iter().map(|n| format!("<li><a href=\"/paste/{}\">{}</a>", n, n)).collect();
    page("200 OK", language, "index", &items)
}

fn answer(method: &str, target: &str, body: &[u8]) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let language = if parameter("language") == Some("pl") { "pl" } else { "en" };
    if method == "GET" && path == "/" {
        return list(language);
    }
    let missing = || page("404 Not Found", language, "missing", "");
    let name = match path.strip_prefix("/paste/") {
        Some(name) if is_name(name) => name,
        _ => return missing(),
    };
    let file = format!("/srv/pastes/{}", name);
    if method == "PUT" {
        return match fs::write(file, body) {
            Ok(()) => Answer { status: "201 Created", kind: "text/plain".into(), body: b"created\n".to_vec() },
            Err(error) => Answer { status: "500 Internal Server Error", kind: "text/plain".into(), body: error.to_string().into_bytes() },
        };
    }
    let mut text = match fs::read(file) {
        Ok(text) => text,
        Err(_) => return missing(),
    };
    if let Some(wanted) = parameter("filter") {
        if !is_name(wanted) || !filter(wanted, &mut text) {
            return missing();
        }
    }
    Answer { status: "200 OK", kind: kind_of(name), body: text }
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            } else if name.eq_ignore_ascii_case("expect") {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
        }
    }
    let mut body = Vec::new();
    reader.take(length.min(MOST)).read_to_end(&mut body)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let answer = answer(method, target, &body);
    println!("{} {} {}", method, target, answer.status);
    write!(stream, "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.status, answer.kind,
        answer.body.len())?;
    if method == "HEAD" {
        return Ok(());
    }
    stream.write_all(&answer.body)
}

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:8080")?;
    println!("listens on port 8080");
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(stream));
    }
    Ok(())
}
