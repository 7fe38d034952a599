/** How types are laid out in a generated file: as Supabase's command formats them. */
import { either, group, hardBreak, indent, join, line, softLine, type Document } from './document'
import type { Member, Type } from './syntax'

/** The document of a type. */
export function typeDocument(type: Type): Document {
  switch (type.kind) {
    case 'plain':
      return type.text
    case 'array':
      return [elementDocument(type.element), '[]']
    case 'tuple':
      return list(type.elements.map(typeDocument))
    case 'object':
      return objectDocument(type.members, type.isOpen)
    case 'intersection':
      return group(join(type.members.map(typeDocument), ' & '))
    case 'union':
      return unionDocument(type.members)
  }
}

/** Values or types in square brackets; on lines of their own they all have a comma. */
export function list(elements: readonly Document[]): Document {
  if (elements.length === 0) return '[]'
  const inner = [softLine, join(elements, [',', line])]
  return group(['[', indent(inner), either(',', ''), softLine, ']'])
}

/** The element type of an array, in parentheses if it is more than one. */
function elementDocument(type: Type): Document {
  if (type.kind !== 'union' && type.kind !== 'intersection') return typeDocument(type)
  return group(['(', indent([softLine, membersDocument(type)]), softLine, ')'])
}

/** The members of a union that breaks with what is around it. */
function membersDocument(type: Type): Document {
  if (type.kind !== 'union') return typeDocument(type)
  return [either('| ', ''), join(type.members.map(aligned), [line, '| '])]
}

/** A union: an object that may be null in one piece, others with one member a line if they are too long. */
function unionDocument(members: readonly Type[]): Document {
  const others = members.filter((member) => !(member.kind === 'plain' && member.text === 'null'))
  if (others.length === 1 && others[0]?.kind === 'object') {
    return join(members.map(typeDocument), ' | ')
  }
  return group(indent([softLine, membersDocument({ kind: 'union', members: [...members] })]))
}

const aligned = (type: Type): Document => indent(typeDocument(type))

/** An object type. */
function objectDocument(members: readonly Member[], isOpen: boolean): Document {
  if (members.length === 0) return '{}'
  const separator = isOpen ? hardBreak : [either('', ';'), line]
  const edge = isOpen ? hardBreak : line
  const inner = join(members.map(memberDocument), separator)
  return group(['{', indent([edge, inner]), edge, '}'])
}

function memberDocument({ key, isOptional, type, comment = [] }: Member): Document {
  const lines = comment.flatMap((text) => [text, hardBreak])
  return [lines, key, isOptional === true ? '?: ' : ': ', typeDocument(type)]
}
