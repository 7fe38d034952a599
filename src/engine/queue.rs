//! The order in which sessions get the backend. Pure: time comes in as an argument, nothing blocks.
//!
//! The unit is a batch. Within one session batches keep their order whatever their priorities, so only the head of each
//! session's line competes. Among the heads the lowest effective priority wins, then the earliest; waiting lowers the
//! effective priority by one step per `aging`. A session that owns the backend (inside a transaction, or between Flush
//! and Sync) is the only one that is eligible until it lets go.
#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Names a session within one process.
pub(crate) type SessionId = u32;

/// How many priorities there are: CRITICAL 0, HIGH 1, MEDIUM 2, LOW 3.
pub(crate) const PRIORITIES: usize = 4;

const WEIGHTS: [i64; PRIORITIES] = [8, 4, 2, 1];

/// How the next batch is chosen among the eligible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Scheduling {
    /// Strictly by effective priority, with aging.
    #[default]
    Priority,
    /// By turns in the proportion 8:4:2:1.
    Weighted,
}

/// What bounds the waiting of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// `queueTimeout`.
    Queue,
    /// `statement_timeout`, which runs while a statement waits, too.
    Statement,
    /// `lock_timeout`: what a statement waits for here is the transaction of another session.
    Lock,
    /// `maxQueueSize`: the batch is refused when those of its session before it have been answered.
    Size,
}

/// One unit of work and when it may be given up.
#[derive(Debug)]
pub(crate) struct Queued<W> {
    pub(crate) session: SessionId,
    pub(crate) priority: u8,
    pub(crate) since: Instant,
    pub(crate) deadline: Option<(Instant, Limit)>,
    pub(crate) work: W,
}

impl Queued<()> {
    /// This place, with work in it.
    pub(crate) fn with<W>(self, work: W) -> Queued<W> {
        Queued {
            session: self.session,
            priority: self.priority,
            since: self.since,
            deadline: self.deadline,
            work,
        }
    }
}

impl<W> Queued<W> {
    /// The work, and its place without it.
    pub(crate) fn split(self) -> (W, Queued<()>) {
        let Self {
            session,
            priority,
            since,
            deadline,
            work,
        } = self;
        let place = Queued {
            session,
            priority,
            since,
            deadline,
            work: (),
        };
        (work, place)
    }

    /// Whether it should have been given up.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|(deadline, _)| deadline <= now)
    }
}

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<u64>,
    /// Whether the head stands in a level, i.e. competes.
    ready: bool,
    /// The head waits for something that another session has to do.
    held: bool,
}

/// The waiting batches of one engine.
#[derive(Debug)]
pub(crate) struct Queue<W> {
    entries: HashMap<u64, Queued<W>>,
    lines: HashMap<SessionId, Line>,
    levels: [VecDeque<u64>; PRIORITIES],
    credits: [i64; PRIORITIES],
    running: Option<SessionId>,
    owner: Option<SessionId>,
    next_ticket: u64,
    scheduling: Scheduling,
    aging: Duration,
}

impl<W> Queue<W> {
    pub(crate) fn new(scheduling: Scheduling, aging: Duration) -> Self {
        Self {
            entries: HashMap::new(),
            lines: HashMap::new(),
            levels: Default::default(),
            credits: [0; PRIORITIES],
            running: None,
            owner: None,
            next_ticket: 0,
            scheduling,
            aging: aging.max(Duration::from_millis(1)),
        }
    }

    /// How many batches wait.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How much of the waiting work is of a kind.
    pub(crate) fn count(&self, is_of_kind: impl Fn(&W) -> bool) -> usize {
        self.entries
            .values()
            .filter(|entry| is_of_kind(&entry.work))
            .count()
    }

    /// How many batches wait at each priority.
    pub(crate) fn len_by_priority(&self) -> [usize; PRIORITIES] {
        let mut counts = [0; PRIORITIES];
        for entry in self.entries.values() {
            if let Some(count) = counts.get_mut(usize::from(entry.priority)) {
                *count += 1;
            }
        }
        counts
    }

    /// The sessions that have a batch waiting.
    pub(crate) fn waiting_sessions(&self) -> Vec<SessionId> {
        self.entries.values().map(|entry| entry.session).collect()
    }

    /// The session that owns the backend between its batches.
    pub(crate) fn owner(&self) -> Option<SessionId> {
        self.owner
    }

    /// The session whose batch runs.
    pub(crate) fn running(&self) -> Option<SessionId> {
        self.running
    }

    pub(crate) fn push(&mut self, mut entry: Queued<W>) {
        entry.priority = entry.priority.min(3);
        let (ticket, session) = (self.next_ticket, entry.session);
        self.next_ticket += 1;
        self.entries.insert(ticket, entry);
        self.lines
            .entry(session)
            .or_default()
            .waiting
            .push_back(ticket);
        self.offer(session);
    }

    /// Puts work at the head of its session's line.
    pub(crate) fn push_first(&mut self, mut entry: Queued<W>) {
        entry.priority = entry.priority.min(3);
        let (ticket, session) = (self.next_ticket, entry.session);
        self.next_ticket += 1;
        self.entries.insert(ticket, entry);
        let line = self.lines.entry(session).or_default();
        if std::mem::take(&mut line.ready)
            && let Some(second) = line.waiting.front()
        {
            for level in &mut self.levels {
                level.retain(|other| other != second);
            }
        }
        line.waiting.push_front(ticket);
        self.offer(session);
    }

    /// Takes the batch that runs next. The caller must call `finish` before it takes another.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Queued<W>> {
        if self.running.is_some() {
            return None;
        }
        let ticket = if let Some(owner) = self.owner {
            self.lines.get_mut(&owner)?.waiting.pop_front()?
        } else {
            let level = self.choose(now)?;
            let ticket = self.levels.get_mut(level)?.pop_front()?;
            let session = self.entries.get(&ticket)?.session;
            let line = self.lines.get_mut(&session)?;
            line.waiting.pop_front();
            line.ready = false;
            ticket
        };
        let entry = self.entries.remove(&ticket)?;
        self.running = Some(entry.session);
        Some(entry)
    }

    /// Puts the batch taken last back to the head of its line, where it waits for `release`.
    pub(crate) fn put_back(&mut self, entry: Queued<W>) {
        let (ticket, session) = (self.next_ticket, entry.session);
        self.next_ticket += 1;
        self.entries.insert(ticket, entry);
        let line = self.lines.entry(session).or_default();
        line.waiting.push_front(ticket);
        line.held = true;
        self.finish(None);
    }

    /// Lets the batches that were put back compete again.
    pub(crate) fn release(&mut self) {
        let held: Vec<SessionId> = self
            .lines
            .iter_mut()
            .filter_map(|(session, line)| std::mem::take(&mut line.held).then_some(*session))
            .collect();
        for session in held {
            self.offer(session);
        }
    }

    /// Tells that the batch taken last has run, and whether its session keeps the backend.
    pub(crate) fn finish(&mut self, owner: Option<SessionId>) {
        let ran = self.running.take();
        if self.entries.is_empty() {
            self.credits = [0; PRIORITIES];
        }
        let before = self.owner;
        self.owner = owner;
        for session in [ran, before].into_iter().flatten() {
            if Some(session) != owner {
                self.offer(session);
            }
        }
        if let Some(ran) = ran
            && self
                .lines
                .get(&ran)
                .is_some_and(|line| line.waiting.is_empty())
        {
            self.lines.remove(&ran);
        }
    }

    /// Whether a session has work of a kind that waits or runs.
    pub(crate) fn has(&self, session: SessionId, is_of_kind: impl Fn(&W) -> bool) -> bool {
        self.running == Some(session)
            || self.lines.get(&session).is_some_and(|line| {
                let entries = line
                    .waiting
                    .iter()
                    .filter_map(|ticket| self.entries.get(ticket));
                entries.into_iter().any(|entry| is_of_kind(&entry.work))
            })
    }

    /// The earliest moment at which a waiting batch is to be given up.
    pub(crate) fn next_deadline(&self, is_answered: impl Fn(&W) -> bool) -> Option<Instant> {
        self.lines
            .keys()
            .filter_map(|session| self.deadline_of(*session, &is_answered))
            .min()
    }

    /// Gives every batch that is limited by a setting of its session so much more time.
    pub(crate) fn postpone(&mut self, by: Duration) {
        for entry in self.entries.values_mut() {
            if let Some((at, Limit::Statement | Limit::Lock)) = &mut entry.deadline {
                *at += by;
            }
        }
    }

    /// The same for one session. A session is answered in order: while it runs nothing behind is given up, and later
    /// nothing before the first batch that is answered.
    pub(crate) fn deadline_of(
        &self,
        session: SessionId,
        is_answered: impl Fn(&W) -> bool,
    ) -> Option<Instant> {
        let line = self.lines.get(&session)?;
        if self.running == Some(session) {
            return None;
        }
        let first = line.waiting.iter().find_map(|ticket| {
            let entry = self.entries.get(ticket)?;
            (entry.deadline.is_some() || is_answered(&entry.work)).then_some(entry)
        });
        Some(first?.deadline?.0)
    }

    /// Removes the batches whose deadline has passed and whose sessions have been answered up to them; with `spared`, none
    /// that a setting of its session limits.
    pub(crate) fn expire(
        &mut self,
        now: Instant,
        spared: bool,
        is_answered: impl Fn(&W) -> bool,
    ) -> Vec<Queued<W>> {
        let is_spared = |entry: &Queued<W>| {
            spared && matches!(entry.deadline, Some((_, Limit::Statement | Limit::Lock)))
        };
        let mut tickets = Vec::new();
        for (session, line) in &self.lines {
            if self.running == Some(*session) {
                continue;
            }
            for ticket in &line.waiting {
                let Some(entry) = self.entries.get(ticket) else {
                    continue;
                };
                if entry.is_overdue(now) && !is_spared(entry) {
                    tickets.push(*ticket);
                } else if is_answered(&entry.work) {
                    break;
                }
            }
        }
        self.take(tickets)
    }

    /// Removes the first waiting batch of a session that is of a kind.
    pub(crate) fn withdraw(
        &mut self,
        session: SessionId,
        is_of_kind: impl Fn(&W) -> bool,
    ) -> Option<Queued<W>> {
        let line = self.lines.get(&session)?;
        let ticket = *line.waiting.iter().find(|ticket| {
            self.entries
                .get(ticket)
                .is_some_and(|entry| is_of_kind(&entry.work))
        })?;
        let entry = self.entries.remove(&ticket)?;
        self.forget(ticket, entry.session);
        Some(entry)
    }

    /// Removes every waiting batch of a kind.
    pub(crate) fn withdraw_all(&mut self, is_of_kind: impl Fn(&W) -> bool) -> Vec<Queued<W>> {
        self.remove(|entry| is_of_kind(&entry.work))
    }

    /// Removes every waiting batch.
    pub(crate) fn drain(&mut self) -> Vec<Queued<W>> {
        self.remove(|_| true)
    }

    fn remove(&mut self, leaves: impl Fn(&Queued<W>) -> bool) -> Vec<Queued<W>> {
        let tickets = self
            .entries
            .iter()
            .filter(|(_, entry)| leaves(entry))
            .map(|(ticket, _)| *ticket)
            .collect();
        self.take(tickets)
    }

    fn take(&mut self, mut tickets: Vec<u64>) -> Vec<Queued<W>> {
        tickets.sort_unstable();
        let mut removed = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let Some(entry) = self.entries.remove(&ticket) else {
                continue;
            };
            self.forget(ticket, entry.session);
            removed.push(entry);
        }
        removed
    }

    /// Takes a ticket out of its session's line, and lets the next one compete.
    fn forget(&mut self, ticket: u64, session: SessionId) {
        for level in &mut self.levels {
            level.retain(|other| *other != ticket);
        }
        if let Some(line) = self.lines.get_mut(&session) {
            if line.waiting.front() == Some(&ticket) {
                line.ready = false;
                line.held = false;
            }
            line.waiting.retain(|other| *other != ticket);
            self.offer(session);
        }
    }

    /// Lets the head of a session's line compete, unless it does, runs, or owns the backend anyway.
    fn offer(&mut self, session: SessionId) {
        if self.owner == Some(session) || self.running == Some(session) {
            return;
        }
        let Some(line) = self.lines.get_mut(&session) else {
            return;
        };
        let Some(ticket) = line.waiting.front().copied() else {
            return;
        };
        if line.ready || line.held {
            return;
        }
        line.ready = true;
        let Some(priority) = self
            .entries
            .get(&ticket)
            .map(|entry| usize::from(entry.priority))
        else {
            return;
        };
        if let Some(level) = self.levels.get_mut(priority) {
            let place = level.partition_point(|other| *other < ticket);
            level.insert(place, ticket);
        }
    }

    fn choose(&mut self, now: Instant) -> Option<usize> {
        match self.scheduling {
            Scheduling::Priority => self.choose_by_priority(now),
            Scheduling::Weighted => self.choose_by_weight(),
        }
    }

    fn choose_by_priority(&self, now: Instant) -> Option<usize> {
        (0..PRIORITIES)
            .filter_map(|level| {
                let ticket = *self.levels.get(level)?.front()?;
                let waited = now.saturating_duration_since(self.entries.get(&ticket)?.since);
                let steps =
                    i64::try_from(waited.as_micros() / self.aging.as_micros()).unwrap_or(i64::MAX);
                let effective = i64::try_from(level).unwrap_or(0).saturating_sub(steps);
                Some((effective.max(0), ticket, level))
            })
            .min()
            .map(|(_, _, level)| level)
    }

    /// Smooth weighted round robin: every non-empty level earns its weight, the richest pays the sum.
    fn choose_by_weight(&mut self) -> Option<usize> {
        let mut total = 0;
        let mut best: Option<usize> = None;
        for (level, weight) in WEIGHTS.into_iter().enumerate() {
            if self.levels[level].is_empty() {
                continue;
            }
            total += weight;
            self.credits[level] += weight;
            if best.is_none_or(|richest| self.credits[level] > self.credits[richest]) {
                best = Some(level);
            }
        }
        if let Some(level) = best {
            self.credits[level] -= total;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queued(
        session: SessionId,
        priority: u8,
        since: Instant,
        work: &'static str,
    ) -> Queued<&'static str> {
        Queued {
            session,
            priority,
            since,
            deadline: None,
            work,
        }
    }

    fn run_all(queue: &mut Queue<&'static str>, now: Instant) -> Vec<&'static str> {
        std::iter::from_fn(|| {
            let entry = queue.pop(now)?;
            queue.finish(None);
            Some(entry.work)
        })
        .collect()
    }

    #[test]
    fn the_lowest_priority_number_runs_first_and_equal_ones_in_order() {
        let now = Instant::now();
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(5));
        for (session, priority, work) in [
            (1, 3, "low"),
            (2, 2, "first"),
            (3, 2, "second"),
            (4, 0, "critical"),
        ] {
            queue.push(queued(session, priority, now, work));
        }
        assert_eq!(
            run_all(&mut queue, now),
            ["critical", "first", "second", "low"]
        );
    }

    #[test]
    fn order_within_a_session_is_kept_whatever_the_priorities() {
        let now = Instant::now();
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(5));
        for (session, priority, work) in [(1, 3, "a1"), (1, 0, "a2"), (2, 2, "b1")] {
            queue.push(queued(session, priority, now, work));
        }
        assert_eq!(run_all(&mut queue, now), ["b1", "a1", "a2"]);
    }

    #[test]
    fn waiting_raises_a_batch_one_step_per_threshold() {
        let start = Instant::now();
        let now = start + Duration::from_secs(3);
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(1));
        queue.push(queued(1, 3, start, "old low"));
        queue.push(queued(2, 1, now, "new high"));
        assert_eq!(run_all(&mut queue, now), ["old low", "new high"]);
    }

    #[test]
    fn only_the_owner_runs_until_it_lets_go() {
        let now = Instant::now();
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(5));
        queue.push(queued(1, 2, now, "begin"));
        queue.push(queued(2, 0, now, "other"));
        queue.push(queued(1, 2, now, "commit"));
        assert_eq!(queue.pop(now).map(|entry| entry.work), Some("other"));
        queue.finish(None);
        assert_eq!(queue.pop(now).map(|entry| entry.work), Some("begin"));
        queue.finish(Some(1));
        queue.push(queued(2, 0, now, "waits"));
        assert_eq!(queue.pop(now).map(|entry| entry.work), Some("commit"));
        queue.finish(Some(1));
        assert!(queue.pop(now).is_none());
        queue.push(queued(1, 3, now, "rollback"));
        assert_eq!(queue.pop(now).map(|entry| entry.work), Some("rollback"));
        queue.finish(None);
        assert_eq!(run_all(&mut queue, now), ["waits"]);
    }

    #[test]
    fn weights_share_the_backend_eight_four_two_one() {
        let now = Instant::now();
        let mut queue = Queue::new(Scheduling::Weighted, Duration::from_secs(5));
        for ticket in 0..60_u32 {
            let priority = u8::try_from(ticket % 4).unwrap_or(0);
            queue.push(queued(
                ticket,
                priority,
                now,
                ["c", "h", "m", "l"][usize::from(priority)],
            ));
        }
        let mut first = run_all(&mut queue, now);
        first.truncate(15);
        let count = |name| first.iter().filter(|work| **work == name).count();
        assert_eq!(
            [count("c"), count("h"), count("m"), count("l")],
            [8, 4, 2, 1]
        );
    }

    #[test]
    fn an_expired_head_leaves_its_place_to_the_next_of_its_session() {
        let now = Instant::now();
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(5));
        let mut short = queued(1, 2, now, "short");
        short.deadline = Some((now + Duration::from_millis(5), Limit::Queue));
        queue.push(short);
        queue.push(queued(1, 2, now, "long"));
        assert_eq!(
            queue.next_deadline(|_| true),
            Some(now + Duration::from_millis(5))
        );
        let expired = queue.expire(now + Duration::from_millis(5), false, |_| true);
        assert_eq!(
            expired.iter().map(|entry| entry.work).collect::<Vec<_>>(),
            ["short"]
        );
        assert_eq!(run_all(&mut queue, now), ["long"]);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn nothing_is_given_up_before_what_its_session_is_answered_first() {
        let now = Instant::now();
        let late = now + Duration::from_secs(1);
        let mut queue = Queue::new(Scheduling::Priority, Duration::from_secs(5));
        queue.push(queued(1, 2, now, "runs"));
        queue.pop(now);
        for work in ["due", "due, too"] {
            let mut entry = queued(1, 2, now, work);
            entry.deadline = Some((now, Limit::Queue));
            queue.push(entry);
        }
        queue.push(queued(2, 2, now, "waits"));
        let mut behind = queued(2, 2, now, "due behind");
        behind.deadline = Some((now, Limit::Size));
        queue.push(behind);
        assert_eq!(queue.next_deadline(|_| true), None);
        assert!(queue.expire(late, false, |_| true).is_empty());
        queue.finish(None);
        assert_eq!(queue.next_deadline(|_| true), Some(now));
        let works = |entries: Vec<Queued<&'static str>>| {
            let works = entries.into_iter().map(|entry| entry.work);
            works.collect::<Vec<_>>()
        };
        assert_eq!(
            works(queue.expire(late, false, |_| true)),
            ["due", "due, too"]
        );
        assert_eq!(
            works(queue.expire(late, false, |work| *work != "waits")),
            ["due behind"]
        );
        assert_eq!(run_all(&mut queue, now), ["waits"]);
    }
}
