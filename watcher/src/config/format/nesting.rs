//! How deep a TOML text nests, told before it is parsed. The parser bounds brackets and the parts of a key, but not their
//! product, and what it makes of a text takes a stack as deep as that.

/// Deeper is no configuration.
const DEEPEST: usize = 128;

/// The byte from which on more than that many levels are open. Counts too many rather than too few: a dot in a number is
/// one as well.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let mut nesting = Nesting { begins: true, ..Nesting::default() };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => string(rest, first),
            _ => {
                nesting.go_on(first);
                first.len_utf8()
            }
        };
        if nesting.depth() > DEEPEST {
            return Some(text.len() - rest.len());
        }
        rest = &rest[length..];
    }
    None
}

/// How long the string is that the text begins with.
fn string(text: &str, quote: char) -> usize {
    let fence: String = [quote; 3].iter().collect();
    let is_long = text.starts_with(&fence);
    let fence = if is_long { fence.as_str() } else { &fence[..1] };
    let mut at = fence.len();
    while at < text.len() {
        let rest = &text[at..];
        match rest.chars().next() {
            _ if rest.starts_with(fence) => return at + fence.len(),
            Some('\\') if quote == '"' => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            // Where it is not closed the parser says so.
            Some('\n') if !is_long => return at,
            other => at += other.map_or(1, char::len_utf8),
        }
    }
    at
}

/// Where in a text one is.
#[derive(Default)]
struct Nesting {
    /// The levels of the table whose header came last.
    header: usize,
    /// Of each open bracket, the levels of the key before it; and their sum.
    open: Vec<usize>,
    sum: usize,
    /// Of the key that is being read.
    dots: usize,
    /// Nothing but a header's brackets stood on this line yet.
    begins: bool,
    in_header: bool,
}

impl Nesting {
    fn depth(&self) -> usize {
        let header = if self.in_header { 0 } else { self.header };
        header + self.sum + self.dots + 1
    }

    fn go_on(&mut self, character: char) {
        match character {
            '.' => self.dots += 1,
            ',' => self.dots = 0,
            '[' | '{' => self.open(),
            ']' | '}' => self.close(),
            '\n' if self.open.is_empty() || self.in_header => self.end_line(),
            _ => {}
        }
        self.begins = character == '\n' || self.begins && character.is_whitespace();
    }

    fn open(&mut self) {
        if self.open.is_empty() && self.begins {
            (self.in_header, self.header) = (true, 0);
        }
        self.open.push(self.dots + 1);
        self.sum += self.dots + 1;
        self.dots = 0;
    }

    fn close(&mut self) {
        if self.in_header {
            self.header = self.header.max(self.dots + 1);
        }
        let before = self.open.pop().unwrap_or(1);
        self.sum = self.sum.saturating_sub(before);
        self.dots = before - 1;
    }

    fn end_line(&mut self) {
        (self.dots, self.sum, self.in_header) = (0, 0, false);
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    fn dotted(parts: usize) -> String {
        vec!["a"; parts].join(".")
    }

    #[test]
    fn what_people_write_is_not_deep() {
        let list = format!("list = [{}]\n", "1.5, ".repeat(10_000));
        let tables: String =
            (0..1_000).map(|number| format!("[a.b.c{number}]\nd.e = {{ f = [[1.0], [2.0]] }}\n")).collect();
        let text = format!("# [[[[\na = \"{0}\"\nb = '{0}'\nc = \"\"\"{0}\n\"\"\"\n{list}{tables}", "[{.".repeat(500));
        assert_eq!(too_deep(&text), None);
        assert_eq!(too_deep("a = \"\\\"[\" # \"\n"), None);
    }

    #[test]
    fn keys_and_brackets_count_together() {
        assert_eq!(too_deep(&format!("{} = 1\n", dotted(100))), None);
        assert!(too_deep(&format!("{} = {{", dotted(79)).repeat(2)).is_some());
        assert!(too_deep(&format!("[{}]\n{} = 1", dotted(79), dotted(79))).is_some());
        assert!(too_deep(&format!("[[{}]]\n{} = 1", dotted(79), dotted(79))).is_some());
        assert_eq!(too_deep(&format!("[{}]\n[b]\n{} = 1", dotted(79), dotted(79))), None);
        assert!(too_deep(&format!("a = {}", "[".repeat(200))).is_some());
        assert!(too_deep(&format!("a = {}", "{ b = ".repeat(200))).is_some());
    }
}
