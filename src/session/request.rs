//! A batch of a session's messages, turned into what goes to the shared backend.
//!
//! In: frontend messages. Out: frontend messages, and for each the step that says how its answer is read (`reply.rs`).
//! Names of prepared statements become the backend's; what another session has displaced is put back in front of its use.
#![forbid(unsafe_code)]

mod names;

use std::collections::HashMap;
use std::sync::Arc;

use super::cursors::{discard_in_pieces, others_hold};
use super::databases::INSTEAD;
use super::edit::{Edit, apply};
use super::sequences::{may_advance, may_call};
use super::settings::identifier;
use super::state::{State, Unnamed};
use super::statements::{Cache, Named, PREFIX, Plan, Source, cached_name};
use crate::engine::queue::SessionId;
use crate::protocol::frontend::{
    Bind, Frame, Frames, Frontend, Parse, call_arguments, encode_bind, encode_close,
    encode_copy_fail, encode_describe, encode_parse, encode_query, encode_sync,
};
use crate::sql::{Kind, Mentions, Script, analyze};

/// How the answer to one message is read.
#[derive(Debug)]
pub(crate) enum Step {
    /// ParseComplete; `undo` says what must be forgotten when it does not come.
    Parse { answer: Answer, undo: Undo },
    /// BindComplete.
    Bind,
    /// Row description or no data.
    Describe,
    /// Rows, then how the statement ended.
    Execute(Option<Arc<Source>>),
    /// CloseComplete.
    Close { hidden: bool },
    /// Everything up to ReadyForQuery.
    Query {
        script: Script,
        edits: Vec<Edit>,
        next: usize,
        /// One statement of the client is several for the backend.
        in_pieces: bool,
    },
    /// FunctionCallResponse and ReadyForQuery.
    Call,
    /// ReadyForQuery.
    Sync,
    /// ReadyForQuery that the client did not ask for; errors before it are not its own either.
    HiddenSync,
    /// Nothing; the backend only sends what it has.
    Flush,
}

impl Step {
    /// What has to be taken back when the request is not sent.
    pub(crate) fn take_undo(&mut self) -> Option<Undo> {
        match self {
            Self::Parse { undo, .. } => Some(std::mem::replace(undo, Undo::Nothing)),
            _ => None,
        }
    }
}

/// Who answers a Parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The backend, and the client sees it.
    Shown,
    /// The backend, and the client did not ask.
    Hidden,
    /// We do; the backend was not asked.
    Ours,
}

/// What is taken back when a Parse fails or is skipped.
#[derive(Debug)]
pub(crate) enum Undo {
    Nothing,
    /// The cache's note that the backend has this statement.
    Cached(Arc<Source>),
    /// The session's statement of this name.
    Named(Vec<u8>),
    /// That the session's statement of this name has been prepared again.
    Restored(Vec<u8>),
}

/// What goes to the backend, and how its answer is read.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations, not a state"
)]
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) steps: Vec<Step>,
    /// It may start a COPY.
    pub(crate) copies: bool,
    /// SQL to run before it: statements of PREPARE that the backend has lost.
    pub(crate) before: Vec<Vec<u8>>,
    /// Extensions it wants to create.
    pub(crate) extensions: Vec<String>,
    /// Which facts about the session it asks for.
    pub(crate) mentions: Mentions,
    /// DO blocks and CALLs in it, which might roll back inside.
    pub(crate) blocks: Vec<Block>,
    /// It relies on statements kept behind the session's back.
    pub(crate) uses_cache: bool,
    /// It may advance a sequence.
    pub(crate) advances: bool,
    /// It may call a function that does.
    pub(crate) calls: bool,
    /// The text of the last query, for notes.
    pub(crate) query: Option<Vec<u8>>,
}

impl Request {
    /// What it runs.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = &Script> {
        self.steps.iter().filter_map(|step| match step {
            Step::Query { script, .. } => Some(script),
            Step::Execute(Some(source)) => Some(&source.script),
            _ => None,
        })
    }
}

/// A statement whose code may end transactions.
#[derive(Debug)]
pub(crate) enum Block {
    /// DO, with its text.
    Do(String),
    /// CALL, with its text.
    Call(String),
}

impl Block {
    /// Whether its code, as far as it is seen, may run a statement that begins with this word, in lower case.
    pub(crate) fn may_run(&self, word: &str) -> bool {
        let (Self::Do(text) | Self::Call(text)) = self;
        text.to_ascii_lowercase().contains(word)
    }
}

impl Request {
    /// Whether all of it is undone when one of its statements fails, so that it can be sent again.
    pub(crate) fn can_be_repeated(&self) -> bool {
        let mut executes = 0;
        let each = self.steps.iter().all(|step| match step {
            Step::Query { script, .. } => script.statements.len() == 1,
            Step::Parse { undo, .. } => !matches!(undo, Undo::Named(_)),
            Step::Execute(_) => {
                executes += 1;
                true
            }
            Step::Call => false,
            _ => true,
        });
        each && (executes < 2 || self.uses_cache)
    }
}

/// What the builder needs of the table.
pub(crate) struct Context<'a> {
    pub(crate) cache: &'a mut Cache,
    pub(crate) epoch: u64,
    /// Whose unnamed statement the backend has.
    pub(crate) unnamed_owner: &'a mut Option<SessionId>,
    /// Statements of the cache that the backend still has and nobody needs.
    pub(crate) closing: &'a mut Vec<u64>,
    /// The other sessions.
    pub(crate) others: &'a HashMap<SessionId, State>,
}

/// Builds the request of a batch.
pub(crate) fn build(batch: &[u8], state: &mut State, context: &mut Context<'_>) -> Request {
    let mut request = Request {
        bytes: Vec::with_capacity(batch.len() + 64),
        ..Request::default()
    };
    for number in context.closing.drain(..) {
        encode_close(&mut request.bytes, b'S', &cached_name(number));
        request.steps.push(Step::Close { hidden: true });
    }
    for frame in Frames::new(batch) {
        let mut builder = Builder {
            request: &mut request,
            state,
            context,
        };
        builder.end_copy(frame.tag);
        match Frontend::decode(frame.tag, frame.body) {
            Ok(message) => builder.add(&frame, message),
            Err(_) => builder.pass_malformed(&frame),
        }
    }
    request
}

struct Builder<'r, 's, 'c, 'x> {
    request: &'r mut Request,
    state: &'s mut State,
    context: &'c mut Context<'x>,
}

impl Builder<'_, '_, '_, '_> {
    fn add(&mut self, frame: &Frame<'_>, message: Frontend<'_>) {
        match message {
            Frontend::Query(text) => self.query(text),
            Frontend::Parse(parse) if parse.name.is_empty() => {
                self.parse_unnamed(&parse, frame.body);
            }
            Frontend::Parse(parse) => self.parse_named(&parse, frame.body),
            Frontend::Bind(bind) => self.bind(&bind),
            Frontend::Describe { kind: b'S', name } => {
                let name = self.backend_name(name);
                encode_describe(&mut self.request.bytes, b'S', &name);
                self.request.steps.push(Step::Describe);
            }
            Frontend::Execute { portal, .. } => {
                let source = self.state.portals.get(portal).map(Arc::clone);
                // What is not known may be anything.
                self.request.copies |= source
                    .as_ref()
                    .is_none_or(|source| source.script.mentions.copy);
                self.pass(frame, Step::Execute(source));
            }
            Frontend::Close { kind: b'S', name } => self.close(name),
            Frontend::Close { name, .. } => {
                self.state.portals.remove(name);
                self.pass(frame, Step::Close { hidden: false });
            }
            Frontend::Describe { .. } => self.pass(frame, Step::Describe),
            Frontend::Sync => self.pass(frame, Step::Sync),
            Frontend::Flush => self.pass(frame, Step::Flush),
            Frontend::FunctionCall => {
                self.state.settings.note_call(&call_arguments(frame.body));
                self.pass(frame, Step::Call);
            }
            // COPY input goes its own way; what else comes here is of no effect outside of it.
            _ => {}
        }
    }

    fn pass(&mut self, frame: &Frame<'_>, step: Step) {
        self.request.bytes.extend_from_slice(frame.bytes);
        self.request.steps.push(step);
    }

    /// Ends a COPY that the message before may have begun.
    fn end_copy(&mut self, tag: u8) {
        let may_copy = matches!(self.request.steps.last(), Some(Step::Execute(source))
            if source.as_ref().is_none_or(|source| source.takes_input()));
        if may_copy && !matches!(tag, b'S' | b'H') {
            // To a COPY it would be a breach of the protocol, which the backend does not survive. Without one, this is
            // passed over.
            let reason = b"a message came that is not COPY data";
            encode_copy_fail(&mut self.request.bytes, reason);
        }
    }

    /// The backend says what is wrong with it, and does what belongs to that: it skips, and fails a transaction.
    fn pass_malformed(&mut self, frame: &Frame<'_>) {
        let step = match frame.tag {
            b'P' => Step::Parse {
                answer: Answer::Shown,
                undo: Undo::Nothing,
            },
            b'B' => Step::Bind,
            b'D' => Step::Describe,
            b'E' => Step::Execute(None),
            b'C' => Step::Close { hidden: false },
            b'Q' => Step::Query {
                script: analyze(b""),
                edits: Vec::new(),
                next: 0,
                in_pieces: false,
            },
            b'S' => Step::Sync,
            b'H' => Step::Flush,
            _ => return,
        };
        self.pass(frame, step);
    }

    fn query(&mut self, text: &[u8]) {
        let script = analyze(text);
        self.note(&script, text);
        self.state.unnamed = None;
        *self.context.unnamed_owner = None;
        let edits = self.edits(&script, text);
        if !self.request.steps.is_empty() {
            self.synchronise();
        }
        let pieces = discard_in_pieces(self.state.shared.id, &script).filter(|_| {
            self.state.shared.transaction_status() == b'I' && others_hold(self.context.others)
        });
        match &pieces {
            Some(pieces) => encode_query(&mut self.request.bytes, pieces.as_bytes()),
            None => encode_query(&mut self.request.bytes, &apply(text, &edits)),
        }
        self.request.query = Some(text.to_vec());
        self.request.copies |= script.mentions.copy;
        self.request.steps.push(Step::Query {
            script,
            edits,
            next: 0,
            in_pieces: pieces.is_some(),
        });
    }

    fn note(&mut self, script: &Script, text: &[u8]) {
        self.state.settings.note(script, text);
        self.state.meaning.note(script, text);
        self.mention(script.mentions);
        self.state.temporary.note(script);
        self.run_script(script, text);
        for statement in &script.statements {
            let own = || {
                let text = text.get(statement.span.clone()).unwrap_or_default();
                String::from_utf8_lossy(text).into_owned()
            };
            match &statement.kind {
                Kind::CreateExtension { name } => self.request.extensions.push(name.clone()),
                Kind::Do => {
                    self.state.temporary.note_block(&own());
                    self.request.blocks.push(Block::Do(own()));
                }
                Kind::Call => self.request.blocks.push(Block::Call(own())),
                _ => {}
            }
        }
    }

    fn run_script(&mut self, script: &Script, text: &[u8]) {
        self.request.advances |= may_advance(script);
        self.request.calls |= may_call(script, text);
    }

    /// Keeps an error in what goes before from making the backend skip what comes.
    fn synchronise(&mut self) {
        encode_sync(&mut self.request.bytes);
        self.request.steps.push(Step::HiddenSync);
    }

    /// Notes which facts about the session a text asks for.
    fn mention(&mut self, mentions: Mentions) {
        let all = &mut self.request.mentions;
        all.backend_pid |= mentions.backend_pid;
        all.backend_signal |= mentions.backend_signal;
        all.listening_channels |= mentions.listening_channels;
        all.advisory_lock |= mentions.advisory_lock;
        all.temporary |= mentions.temporary;
        all.cursors |= mentions.cursors;
        all.sequence_values |= mentions.sequence_values;
        let is_new = mentions.prepared_statements && !all.prepared_statements;
        all.prepared_statements |= mentions.prepared_statements;
        if is_new && self.state.shared.transaction_status() == b'I' {
            let names: Vec<(Vec<u8>, Vec<u8>)> = self
                .state
                .statements
                .iter()
                .map(|(name, named)| (named.backend.clone(), name.clone()))
                .collect();
            let before = self.request.steps.len();
            for (backend, name) in names {
                self.restore(&backend, &name);
            }
            if self.request.steps.len() > before {
                self.synchronise();
            }
        }
    }

    fn parse_unnamed(&mut self, parse: &Parse<'_>, body: &[u8]) {
        let body = body.get(1..).unwrap_or_default();
        let meaning = self.state.meaning.scope();
        let scope = meaning.filter(|_| !self.state.temporary.is_possible());
        let (source, plan) = self.context.cache.plan(body, self.context.epoch, scope);
        let cached = match plan {
            Plan::Ready(number) => {
                self.request.uses_cache = true;
                self.request.steps.push(Step::Parse {
                    answer: Answer::Ours,
                    undo: Undo::Nothing,
                });
                Some(number)
            }
            Plan::Prepare(number) => {
                encode_parse(
                    &mut self.request.bytes,
                    &cached_name(number),
                    parse.text,
                    parse.types,
                );
                let undo = Undo::Cached(Arc::clone(&source));
                self.request.steps.push(Step::Parse {
                    answer: Answer::Shown,
                    undo,
                });
                Some(number)
            }
            Plan::Pass => {
                self.note(&source.script, parse.text);
                let edits = self.edits(&source.script, parse.text);
                encode_parse(
                    &mut self.request.bytes,
                    b"",
                    &apply(parse.text, &edits),
                    parse.types,
                );
                self.request.steps.push(Step::Parse {
                    answer: Answer::Shown,
                    undo: Undo::Nothing,
                });
                *self.context.unnamed_owner = Some(self.state.shared.id);
                None
            }
        };
        self.state.unnamed = Some(Unnamed { source, cached });
    }

    fn parse_named(&mut self, parse: &Parse<'_>, body: &[u8]) {
        if let Some(existing) = self.state.statements.get(parse.name) {
            // The backend refuses the name, as it would the session's own.
            let backend = existing.backend.clone();
            self.restore(&backend, parse.name);
            encode_parse(&mut self.request.bytes, &backend, parse.text, parse.types);
            self.request.steps.push(Step::Parse {
                answer: Answer::Shown,
                undo: Undo::Nothing,
            });
            return;
        }
        let source = Arc::new(Source::new(
            body.get(parse.name.len() + 1..).unwrap_or_default(),
        ));
        self.note(&source.script, parse.text);
        let edits = self.edits(&source.script, parse.text);
        let backend = self.state.new_statement_name();
        encode_parse(
            &mut self.request.bytes,
            &backend,
            &apply(parse.text, &edits),
            parse.types,
        );
        let undo = Undo::Named(parse.name.to_vec());
        self.request.steps.push(Step::Parse {
            answer: Answer::Shown,
            undo,
        });
        let named = Named {
            backend,
            source,
            epoch: self.context.epoch,
            sql: None,
        };
        self.state.statements.insert(parse.name.to_vec(), named);
    }

    fn bind(&mut self, bind: &Bind<'_>) {
        let source = if bind.statement.is_empty() {
            self.state
                .unnamed
                .as_ref()
                .map(|unnamed| Arc::clone(&unnamed.source))
        } else {
            self.state
                .statements
                .get(bind.statement)
                .map(|named| Arc::clone(&named.source))
        };
        if let Some(source) = &source {
            self.state.settings.note(&source.script, source.parts().0);
            self.state.meaning.note(&source.script, source.parts().0);
            self.mention(source.script.mentions);
            self.state.temporary.note(&source.script);
            self.run_script(&source.script, source.parts().0);
        }
        let name = self.backend_name(bind.statement);
        encode_bind(&mut self.request.bytes, bind.portal, &name, bind.rest);
        if let Some(source) = source {
            match self.state.portals.get_mut(bind.portal) {
                // The backend refuses a name that is in use, other than the empty one.
                Some(portal) if bind.portal.is_empty() => *portal = source,
                Some(_) => {}
                None => drop(self.state.portals.insert(bind.portal.to_vec(), source)),
            }
        }
        self.request.steps.push(Step::Bind);
    }

    /// What has to be different in the text that the backend gets.
    fn edits(&mut self, script: &Script, text: &[u8]) -> Vec<Edit> {
        let mut edits = Vec::new();
        for statement in &script.statements {
            match &statement.kind {
                Kind::Unlisten { argument, .. } => {
                    // The backend goes on listening for the others: a channel of the same length that nobody uses.
                    let mut new = vec![b' '; argument.len()];
                    if let Some(first) = new.first_mut() {
                        *first = b'_';
                    }
                    edits.push(Edit {
                        at: argument.clone(),
                        new,
                    });
                }
                Kind::Prepare { name, name_span } => {
                    let after = text
                        .get(name_span.end..statement.span.end)
                        .unwrap_or_default();
                    let backend = self.prepare(
                        name,
                        text.get(statement.span.clone()).unwrap_or_default(),
                        after,
                    );
                    edits.push(Edit {
                        at: name_span.clone(),
                        new: quoted(&backend),
                    });
                }
                Kind::Execute { name, name_span } | Kind::Deallocate { name, name_span } => {
                    if let Some(backend) = self
                        .state
                        .statements
                        .get(name.as_bytes())
                        .map(|named| named.backend.clone())
                    {
                        self.restore(&backend, name.as_bytes());
                    }
                    let new = match self.state.statements.get(name.as_bytes()) {
                        // The backend does not survive it, so it finds no such statement.
                        Some(named)
                            if matches!(statement.kind, Kind::Execute { .. })
                                && named.source.controls_transaction() =>
                        {
                            continue;
                        }
                        Some(named) => quoted(&named.backend),
                        None if name.starts_with(PREFIX) => {
                            identifier(&format!("{PREFIX}{name}")).into_bytes()
                        }
                        None => continue,
                    };
                    edits.push(Edit {
                        at: name_span.clone(),
                        new,
                    });
                }
                Kind::CreateDatabase(_)
                | Kind::DropDatabase { .. }
                | Kind::RenameDatabase { .. }
                    if self.state.shared.databases.is_some() =>
                {
                    // It has been carried out when this comes to run.
                    edits.push(Edit {
                        at: statement.span.clone(),
                        new: INSTEAD.as_bytes().to_vec(),
                    });
                }
                _ => {
                    let others = self.context.others;
                    let shared = &self.state.shared;
                    let (session, idle) = (shared.id, shared.transaction_status() == b'I');
                    let cursors = &mut self.state.cursors;
                    edits.extend(
                        cursors.edit(session, statement, text, idle, || others_hold(others)),
                    );
                }
            }
        }
        edits
    }
}

fn quoted(name: &[u8]) -> Vec<u8> {
    [b"\"", name, b"\""].concat()
}
