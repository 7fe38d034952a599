//! Backtracking parser whose failures say what was unexpected and what was expected.
//!
//! In: text. Out: a value, or the message and details that PostgREST answers. The rules by which failures of
//! alternatives are merged are those of Parsec, PostgREST's parser library, because they decide the texts.
#![forbid(unsafe_code)]

use super::parse_error::{Message, render_details, render_position};
use crate::rest::error::ApiError;

/// Text that is being read, and what stopped its parsers so far.
///
/// `consumed` and `fault` describe the sequence that is being run: whether it took input, and the failures that
/// still count at the place where it stands.
#[derive(Debug)]
pub(crate) struct Parser<'a> {
    text: &'a str,
    position: usize,
    consumed: bool,
    fault: Fault,
    nodes: Vec<Node>,
    /// Nodes from here on belong to the sequence, and go when it reads on.
    mark: usize,
}

/// A parser did not match; `Parser` knows why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop;

/// What every parser returns.
pub(crate) type Parsed<T> = Result<T, Stop>;

/// Failures at one place; without a node there are none.
#[derive(Debug, Clone, Copy, Default)]
struct Fault {
    position: usize,
    node: Option<u32>,
}

/// Failures, shared by reference within the arena of a parser.
#[derive(Debug, Clone, Copy)]
enum Node {
    Leaf(Message),
    Join(u32, u32),
    /// What was expected goes by one name.
    Named(u32, &'static str),
}

/// The sequence that a combinator interrupts.
#[derive(Debug, Clone, Copy)]
struct Frame {
    consumed: bool,
    fault: Fault,
    mark: usize,
}

impl<'a> Parser<'a> {
    /// Runs a parser on the text from its beginning. What follows the match is ignored.
    pub(crate) fn run<T>(
        text: &'a str,
        source: impl FnOnce() -> String,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Result<T, ApiError> {
        let mut state = Self {
            text,
            position: 0,
            consumed: false,
            fault: Fault::default(),
            nodes: Vec::with_capacity(32),
            mark: 0,
        };
        parser(&mut state).map_err(|Stop| ApiError::QueryParam {
            message: render_position(&source(), text, state.fault.position),
            details: render_details(&state.messages()),
        })
    }

    /// What has not been read.
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// One character for which the test holds.
    pub(crate) fn satisfy(&mut self, test: impl FnOnce(char) -> bool) -> Parsed<char> {
        match self.peek() {
            Some(found) if test(found) => {
                self.advance(found.len_utf8());
                Ok(found)
            }
            found => self.fail(Message::Unexpected(found)),
        }
    }

    /// The character.
    pub(crate) fn char(&mut self, wanted: char) -> Parsed<char> {
        if self.peek() == Some(wanted) {
            self.advance(wanted.len_utf8());
            return Ok(wanted);
        }
        self.refuse(Message::ExpectedChar(wanted))
    }

    /// The character, under the name of what it is for.
    pub(crate) fn char_named(&mut self, wanted: char, name: &'static str) -> Parsed<char> {
        if self.peek() == Some(wanted) {
            self.advance(wanted.len_utf8());
            return Ok(wanted);
        }
        self.refuse(Message::Expected(name))
    }

    /// The text. A beginning of it counts as read, so that alternatives are not tried.
    pub(crate) fn string(&mut self, wanted: &'static str) -> Parsed<()> {
        let start = self.position;
        let mut found = self.rest().chars();
        let mut matched = 0;
        for expected in wanted.chars() {
            let next = found.next();
            if next == Some(expected) {
                matched += expected.len_utf8();
                continue;
            }
            let parts = [Message::Unexpected(next), Message::ExpectedText(wanted)];
            let fault = self.fault_of(start, &parts);
            self.consume_or_merge(matched > 0, fault);
            self.position += matched;
            return Err(Stop);
        }
        self.advance(matched);
        Ok(())
    }

    /// All following characters for which the test holds. The names are what else would have been taken.
    pub(crate) fn take_while(
        &mut self,
        test: impl Fn(char) -> bool,
        names: &[&'static str],
    ) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|next| !test(next)).unwrap_or(rest.len());
        let taken = rest.get(..length).unwrap_or_default();
        if length > 0 {
            self.advance(length);
        }
        self.miss(names);
        taken
    }

    /// Like `take_while`, but at least one character.
    pub(crate) fn take_some(
        &mut self,
        test: impl Fn(char) -> bool,
        names: &[&'static str],
    ) -> Parsed<&'a str> {
        match self.take_while(test, names) {
            "" => Err(Stop),
            taken => Ok(taken),
        }
    }

    /// The end of the text.
    pub(crate) fn end(&mut self) -> Parsed<()> {
        let found = self.peek();
        let message = found.map_or(Message::Unexpected(None), Message::Refused);
        let fault = self.fault_of(self.position, &[message, Message::Expected("end of input")]);
        self.consume_or_merge(false, fault);
        if found.is_none() { Ok(()) } else { Err(Stop) }
    }

    /// Succeeds unless a character follows for which the test holds. Parsec then still lists what was tested for.
    pub(crate) fn not_followed_by(
        &mut self,
        test: impl FnOnce(char) -> bool,
        tested: Option<char>,
    ) -> Parsed<()> {
        let found = self.peek();
        match found {
            Some(next) if test(next) => {
                let place = self.position + next.len_utf8();
                let fault = self.fault_of(place, &[Message::Refused(next)]);
                self.consume_or_merge(false, fault);
                Err(Stop)
            }
            _ => {
                self.note(Message::Unexpected(found));
                if let Some(tested) = tested {
                    self.note(Message::ExpectedChar(tested));
                }
                Ok(())
            }
        }
    }

    /// Fails for good: alternatives are not tried.
    pub(crate) fn abort<T>(&mut self, reason: &'static str) -> Parsed<T> {
        let fault = self.fault_of(self.position, &[Message::Plain(reason)]);
        self.consume_or_merge(true, fault);
        Err(Stop)
    }

    /// When the parser fails, it is as if it had read nothing.
    pub(crate) fn attempt<T>(&mut self, parser: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let start = self.position;
        let frame = self.enter();
        let result = parser(self);
        if result.is_err() {
            self.position = start;
            self.consumed = false;
        }
        self.leave(frame);
        result
    }

    /// The first parser, else the second one, which is only tried when the first one read nothing.
    pub(crate) fn either<T>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Parsed<T>,
        second: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let frame = self.enter();
        let mut result = first(self);
        if result.is_err() && !self.consumed {
            result = second(self);
        }
        self.leave(frame);
        result
    }

    /// The parser's value if it matches, nothing if it does not and read nothing.
    pub(crate) fn optional<T>(
        &mut self,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        self.either(|p| parser(p).map(Some), |_| Ok(None))
    }

    /// What the parser expects goes by the name, as long as it read nothing.
    pub(crate) fn named<T>(
        &mut self,
        name: &'static str,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let frame = self.enter();
        let result = parser(self);
        if !self.consumed {
            self.fault.node = match self.fault.node {
                Some(node) => Some(self.push(Node::Named(node, name))),
                None if result.is_err() => {
                    self.fault.position = self.position;
                    Some(self.push(Node::Leaf(Message::Expected(name))))
                }
                None => None,
            };
        }
        self.leave(frame);
        result
    }

    /// Whether the parser would match; nothing is read then.
    pub(crate) fn look_ahead<T>(
        &mut self,
        parser: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<()> {
        let start = self.position;
        let frame = self.enter();
        let result = parser(self).map(|_| ());
        if result.is_ok() {
            self.position = start;
            self.consumed = false;
            self.fault = Fault::default();
        }
        self.leave(frame);
        result
    }

    /// The parser as often as it matches.
    pub(crate) fn many<T>(
        &mut self,
        mut parser: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        self.many_into(&mut items, &mut parser)?;
        Ok(items)
    }

    /// Items with separators between them, at least one.
    pub(crate) fn separated<T, S>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
        mut separator: impl FnMut(&mut Self) -> Parsed<S>,
    ) -> Parsed<Vec<T>> {
        let mut items = vec![item(self)?];
        self.many_into(&mut items, &mut |p: &mut Self| {
            separator(p)?;
            item(p)
        })?;
        Ok(items)
    }

    fn many_into<T>(
        &mut self,
        items: &mut Vec<T>,
        parser: &mut impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<()> {
        let frame = self.enter();
        let mut consumed = false;
        let result = loop {
            self.consumed = false;
            self.fault = Fault::default();
            let start = self.position;
            match parser(self) {
                Ok(item) => items.push(item),
                Err(Stop) if self.consumed => break Err(Stop),
                Err(Stop) => break Ok(()),
            }
            // A parser that matches nothing would match for ever.
            if self.position == start {
                break Ok(());
            }
            consumed |= self.consumed;
        };
        self.consumed |= consumed;
        self.leave(frame);
        result
    }

    /// Starts a sequence of its own.
    fn enter(&mut self) -> Frame {
        let frame = Frame {
            consumed: self.consumed,
            fault: self.fault,
            mark: self.mark,
        };
        self.consumed = false;
        self.fault = Fault::default();
        self.mark = self.nodes.len();
        frame
    }

    /// Goes on with the interrupted sequence. What it had failed at counts no more once input was read.
    fn leave(&mut self, frame: Frame) {
        self.mark = frame.mark;
        if !self.consumed {
            self.consumed = frame.consumed;
            self.fault = self.merge(frame.fault, self.fault);
        }
    }

    fn advance(&mut self, length: usize) {
        self.position += length;
        self.consumed = true;
        self.fault = Fault::default();
        // Interrupted sequences only refer to nodes before the mark.
        self.nodes.truncate(self.mark);
    }

    fn consume_or_merge(&mut self, consumed: bool, fault: Fault) {
        if consumed {
            self.consumed = true;
            self.fault = fault;
        } else {
            self.fault = self.merge(self.fault, fault);
        }
    }

    /// Notes what the next character is not, without failing.
    fn miss(&mut self, names: &[&'static str]) {
        self.note(Message::Unexpected(self.peek()));
        for &name in names {
            self.note(Message::Expected(name));
        }
    }

    fn note(&mut self, message: Message) {
        let fault = self.fault_of(self.position, &[message]);
        self.consume_or_merge(false, fault);
    }

    fn fail<T>(&mut self, message: Message) -> Parsed<T> {
        self.note(message);
        Err(Stop)
    }

    fn refuse<T>(&mut self, expected: Message) -> Parsed<T> {
        self.note(Message::Unexpected(self.peek()));
        self.fail(expected)
    }

    fn push(&mut self, node: Node) -> u32 {
        let index = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node);
        index
    }

    fn fault_of(&mut self, position: usize, messages: &[Message]) -> Fault {
        let mut fault = Fault {
            position,
            node: None,
        };
        for &message in messages {
            let node = self.push(Node::Leaf(message));
            let joined = Fault {
                position,
                node: Some(node),
            };
            fault = self.merge(fault, joined);
        }
        fault
    }

    /// The failures further on win; at one place both count.
    fn merge(&mut self, first: Fault, second: Fault) -> Fault {
        match (first.node, second.node) {
            (Some(_), None) => first,
            (None, _) => second,
            (Some(left), Some(right)) => match first.position.cmp(&second.position) {
                std::cmp::Ordering::Greater => first,
                std::cmp::Ordering::Less => second,
                std::cmp::Ordering::Equal => Fault {
                    position: first.position,
                    node: Some(self.push(Node::Join(left, right))),
                },
            },
        }
    }

    /// The messages of the fault, in order.
    fn messages(&self) -> Vec<Message> {
        let mut messages = Vec::new();
        let mut pending = Vec::new();
        // The flag says whether a name already stands for what was expected.
        pending.extend(self.fault.node.map(|node| (node, false)));
        while let Some((index, named)) = pending.pop() {
            match usize::try_from(index).ok().and_then(|i| self.nodes.get(i)) {
                Some(Node::Leaf(message)) if !(named && message.is_expectation()) => {
                    messages.push(*message);
                }
                Some(Node::Join(left, right)) => {
                    pending.push((*right, named));
                    pending.push((*left, named));
                }
                Some(Node::Named(inner, name)) => {
                    if !named {
                        messages.push(Message::Expected(name));
                    }
                    pending.push((*inner, true));
                }
                Some(Node::Leaf(_)) | None => {}
            }
        }
        messages
    }
}
