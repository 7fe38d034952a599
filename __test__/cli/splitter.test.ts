// Where statements end: in whatever pieces the text comes.
import { expect, test } from 'vitest'
import { StatementSplitter } from '../../dist/cli/sql/splitter'

/** What is found when the text comes in pieces of this size. */
function split(text: string, size: number): string[] {
  const splitter = new StatementSplitter()
  const found: string[] = []
  const take = (): void => {
    for (let piece = splitter.next(); piece; piece = splitter.next()) found.push(piece.text)
  }
  for (let at = 0; at < text.length; at += size) {
    splitter.feed(text.slice(at, at + size))
    take()
  }
  splitter.finish()
  take()
  return found
}

const CASES: [what: string, text: string, statements: string[]][] = [
  ['semicolons', 'select 1; select 2 ;\nselect 3', ['select 1;', 'select 2 ;', 'select 3']],
  [
    'quotes',
    "select 'a;b', 'it''s; ok', \"x;\"\"y\";1;",
    ["select 'a;b', 'it''s; ok', \"x;\"\"y\";", '1;'],
  ],
  ['escapes', "select e'\\';', E'\\\\';2;", ["select e'\\';', E'\\\\';", '2;']],
  ['backslashes in plain strings', "select '\\';2;", ["select '\\';", '2;']],
  ['names that end in e', "select one'x;';2;", ["select one'x;';", '2;']],
  [
    'dollar quotes',
    'do $$ a; $b$ ; $$; do $x$ $$;$ $x$;',
    ['do $$ a; $b$ ; $$;', 'do $x$ $$;$ $x$;'],
  ],
  ['parameters and dollars in names', 'select $1, a$b$c;2;', ['select $1, a$b$c;', '2;']],
  [
    'comments',
    '-- a;\nselect 1 -- b;\n;/* c; /* d; */ ; */ select 2;',
    ['select 1 -- b;\n;', '/* c; /* d; */ ; */ select 2;'],
  ],
  ['minus and division', 'select 1-2/3;4;', ['select 1-2/3;', '4;']],
  [
    'parentheses',
    'create rule r as on insert to t do (select 1; select 2);3;',
    ['create rule r as on insert to t do (select 1; select 2);', '3;'],
  ],
  [
    'bodies of SQL functions',
    'create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3;',
    [
      'create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end;',
      'select 3;',
    ],
  ],
  ['transactions', 'begin; select 1; end;', ['begin;', 'select 1;', 'end;']],
  ['commands of psql', '\\set x 1\nselect 1;\\q\n', ['\\set x 1', 'select 1;', '\\q']],
  ['nothing but comments', ' -- a\n /* b */ ', []],
  ['line ends of Windows', 'select 1;\r\nselect 2;\r\n', ['select 1;', 'select 2;']],
]

test.each(CASES)('%s', (_what, text, statements) => {
  for (const size of [1, 2, 3, 7, text.length]) expect(split(text, size)).toEqual(statements)
})

test('a statement knows the line in which it begins', () => {
  const splitter = new StatementSplitter()
  splitter.feed('\n-- a\nselect 1;\n\nselect\n2;')
  expect([splitter.next()?.line, splitter.next()?.line]).toEqual([3, 5])
})

test.each([
  ["select 'a", "'"],
  ['select "a', '"'],
  ['select $x$ a', '$'],
  ['select (1', '('],
  ['select /* a', '*'],
  ['select 1', '-'],
  ['select 1;', ''],
])('the prompt after %s is %s', (text, pending) => {
  const splitter = new StatementSplitter()
  splitter.feed(`${text}\n`)
  while (splitter.next() !== undefined);
  expect(splitter.pending).toBe(pending)
})

test('data of COPY ends with its line, in whatever pieces it comes; empty lines are data', () => {
  const text = 'copy t from stdin;\r\n\n1\\.\n\n\\.x\n;\n\\.\nselect 1;'
  for (const size of [1, 2, 5, text.length]) {
    const splitter = new StatementSplitter()
    let statement: string | undefined
    let last: string | undefined
    let [data, done] = ['', false]
    for (let at = 0; at < text.length; at += size) {
      splitter.feed(text.slice(at, at + size))
      statement ??= splitter.next()?.text
      if (statement !== undefined && !done) {
        const taken = splitter.takeData()
        data += taken.text
        done = taken.done
      }
      if (done) last ??= splitter.next()?.text
    }
    expect({ statement, data, last }).toEqual({
      statement: 'copy t from stdin;',
      data: '\n1\\.\n\n\\.x\n;\n',
      last: 'select 1;',
    })
  }
})

test('data that ends with the input needs no line of its own to end', () => {
  const splitter = new StatementSplitter()
  splitter.feed('copy t from stdin;\n1\n2')
  expect(splitter.next()?.text).toBe('copy t from stdin;')
  expect(splitter.takeData()).toEqual({ text: '1\n', done: false })
  splitter.finish()
  expect(splitter.takeData()).toEqual({ text: '2', done: true })
})
