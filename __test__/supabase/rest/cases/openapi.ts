// Representations: the description of a schema at the root, as OpenAPI 2.0.
import { expect } from 'vitest'
import { get, type Case, type Response } from '../support/case'

/** What the descriptions of 12 and 14 say in different ways. */
type Version = 12 | 14

const json = [
  'application/json',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/vnd.pgrst.object+json',
]
const formats = [...json, 'text/csv']
const ref = (...names: string[]) => names.map((name) => ({ $ref: `#/parameters/${name}` }))
const body = (name: string) => ({ $ref: `#/definitions/${name}` })
const answers = (code: string, description: string) => ({ responses: { [code]: { description } } })
/** Since 14, integers have the formats that OpenAPI knows. */
const integer = (version: Version) => ({
  format: version === 12 ? 'integer' : 'int32',
  type: 'integer',
})
const text = { format: 'text', type: 'string' }
const primaryKey = { description: 'Note:\nThis is a Primary Key.<pk/>' }

interface Relation {
  /** The summary and description of its comment. */
  told?: { summary: string; description: string }
  required?: string[]
  columns: Record<string, { format: string; comment?: string; [key: string]: unknown }>
}

function relations(version: Version): Record<string, Relation> {
  const id = { ...integer(version), ...primaryKey }
  return {
    authors: {
      required: ['id', 'name'],
      columns: { id, name: { format: 'character varying', maxLength: 40, type: 'string' } },
    },
    books: {
      told: { summary: 'Books', description: 'Every book on the shelf' },
      required: ['id', 'author_id'],
      columns: {
        id,
        author_id: {
          ...integer(version),
          description:
            "Note:\nThis is a Foreign Key to `authors.id`.<fk table='authors' column='id'/>",
        },
        title: {
          ...text,
          default: 'Untitled',
          description: 'As on the spine',
          comment: 'As on the spine',
        },
        price: { format: 'numeric', type: 'number' },
        printed: { format: 'date', type: 'string' },
        bound: {
          format: 'shelf.binding',
          type: 'string',
          default: 'paper',
          enum: ['paper', 'cloth'],
        },
        tags: { format: 'text[]', type: 'array', items: { type: 'string' } },
        extra: { format: 'jsonb' },
      },
    },
    titles: { columns: { title: text } },
  }
}

/** The operations of a table or view. */
function operations(name: string, { told, columns }: Relation) {
  const common = { tags: [name], ...told }
  const filters = ref(...Object.keys(columns).map((column) => `rowFilter.${name}.${column}`))
  const window = ['range', 'rangeUnit', 'offset', 'limit', 'preferCount']
  return {
    get: {
      ...common,
      parameters: [...filters, ...ref('select', 'order', ...window)],
      responses: {
        200: { description: 'OK', schema: { items: body(name), type: 'array' } },
        206: { description: 'Partial Content' },
      },
    },
    post: {
      ...common,
      parameters: ref(`body.${name}`, 'select', 'preferPost'),
      ...answers('201', 'Created'),
    },
    delete: {
      ...common,
      parameters: [...filters, ...ref('preferReturn')],
      ...answers('204', 'No Content'),
    },
    patch: {
      ...common,
      parameters: [...filters, ...ref(`body.${name}`, 'preferReturn')],
      ...answers('204', 'No Content'),
    },
  }
}

/** The operations of a function: those of a volatile one have no GET since 14. */
function calls(version: Version) {
  const lend = { tags: ['(rpc) lend'], produces: json, ...answers('200', 'OK') }
  const count = {
    tags: ['(rpc) count_books'],
    summary: 'How many',
    description: 'Counts the books of one author',
    produces: json,
    ...answers('200', 'OK'),
  }
  const args = (schema: object) => [
    { in: 'body', name: 'args', required: true, schema: { ...schema, type: 'object' } },
    ...ref('preferParams'),
  ]
  const ids = { in: 'query', name: 'book_ids', required: true, type: 'array' }
  const listed = { format: 'integer[]', items: { type: 'integer' }, type: 'array' }
  const query = { ...ids, collectionFormat: 'multi', items: integer(version) }
  return {
    '/rpc/lend': {
      ...(version === 12 && { get: { ...lend, parameters: [query] } }),
      post: {
        ...lend,
        parameters: args({ properties: { book_ids: listed }, required: ['book_ids'] }),
      },
    },
    '/rpc/count_books': {
      get: {
        ...count,
        parameters: [
          { ...integer(version), in: 'query', name: 'author', required: true },
          { format: 'date', in: 'query', name: 'since', required: false, type: 'string' },
        ],
      },
      post: {
        ...count,
        parameters: args({
          description: 'How many\n\nCounts the books of one author',
          properties: { author: integer(version), since: { format: 'date', type: 'string' } },
          required: ['author'],
        }),
      },
    },
  }
}

function parameter(
  place: string,
  name: string,
  description: string | undefined,
  more: object = {}
) {
  const told = description === undefined ? {} : { description }
  return { name, ...told, required: false, in: place, type: 'string', ...more }
}

function parameters(version: Version, known: Record<string, Relation>) {
  const prefer = (values?: string[]) =>
    parameter('header', 'Prefer', 'Preference', values ? { enum: values } : {})
  const returns = ['return=representation', 'return=minimal', 'return=none']
  const paging = 'Limiting and Pagination'
  const own = Object.entries(known).flatMap(([name, { columns }]) => [
    [
      `body.${name}`,
      { name, description: name, required: false, in: 'body', schema: body(name) },
    ] as const,
    ...Object.entries(columns).map(([column, { format, comment }]) => {
      // Since 14, what a filter takes has not the format of the column.
      const more = version === 12 ? { format } : {}
      return [`rowFilter.${name}.${column}`, parameter('query', column, comment, more)] as const
    }),
  ])
  return {
    preferParams: prefer(version === 12 ? ['params=single-object'] : undefined),
    preferReturn: prefer(returns),
    preferCount: prefer(['count=none']),
    preferPost: prefer([...returns, 'resolution=ignore-duplicates', 'resolution=merge-duplicates']),
    select: parameter('query', 'select', 'Filtering Columns'),
    on_conflict: parameter('query', 'on_conflict', 'On Conflict'),
    order: parameter('query', 'order', 'Ordering'),
    range: parameter('header', 'Range', paging),
    rangeUnit: parameter('header', 'Range-Unit', paging, { default: 'items' }),
    offset: parameter('query', 'offset', paging),
    limit: parameter('query', 'limit', paging),
    ...Object.fromEntries(own),
  }
}

function definition({ told, required, columns }: Relation) {
  const properties = Object.entries(columns).map(([name, column]) => {
    const shown: Record<string, unknown> = { ...column }
    delete shown['comment']
    return [name, shown]
  })
  return {
    ...(told && { description: `${told.summary}\n\n${told.description}` }),
    ...(required && { required }),
    properties: Object.fromEntries(properties) as unknown,
    type: 'object',
  }
}

const root = {
  get: {
    tags: ['Introspection'],
    summary: 'OpenAPI description (this document)',
    produces: ['application/openapi+json', 'application/json'],
    ...answers('200', 'OK'),
  },
}

/** The description of the schema `shelf`, with its locked table or without. */
function shelf(version: Version, withLocked: boolean): Response {
  const locked: Relation = {
    required: ['id'],
    columns: { id: { ...integer(version), ...primaryKey } },
  }
  const known = { ...relations(version), ...(withLocked && { locked }) }
  const each = <T>(make: (name: string, relation: Relation) => T) =>
    Object.entries(known).map(([name, relation]) => make(name, relation))
  const tables = each((name, relation) => [`/${name}`, operations(name, relation)])
  return {
    status: 200,
    headers: { 'content-type': 'application/openapi+json; charset=utf-8' },
    body: {
      json: {
        swagger: '2.0',
        info: {
          description: 'Books and who wrote them',
          title: 'The shelf',
          version: expect.stringMatching(`^${version}\\.`) as unknown,
        },
        host: expect.any(String) as unknown,
        basePath: '/',
        schemes: ['http'],
        consumes: formats,
        produces: formats,
        paths: { '/': root, ...Object.fromEntries(tables), ...calls(version) },
        definitions: Object.fromEntries(each((name, relation) => [name, definition(relation)])),
        parameters: parameters(version, known),
        externalDocs: {
          description: 'PostgREST Documentation',
          url: expect.stringContaining(`/v${version}`) as unknown,
        },
      },
    },
  }
}

const both = (withLocked: boolean) => ({
  response: shelf(14, withLocked),
  response12: shelf(12, withLocked),
})

export const openapi: Case[] = [
  {
    name: 'the root describes the tables, views and functions of the schema',
    config: 'shelf',
    request: get('/'),
    ...both(false),
  },
  {
    name: 'the description is given for its own media type',
    config: 'shelf',
    request: get('/', { Accept: 'application/openapi+json' }),
    ...both(false),
  },
  {
    name: 'the description is given for JSON, and is still of its own media type',
    config: 'shelf',
    request: get('/', { Accept: 'application/json' }),
    ...both(false),
  },
  {
    name: 'what a role may not touch is not described to it',
    config: 'shelf',
    role: 'authenticated',
    request: get('/'),
    ...both(true),
  },
  {
    name: 'where privileges are ignored, everything is described to everyone',
    config: 'shelf, all',
    request: get('/'),
    ...both(true),
  },
]
