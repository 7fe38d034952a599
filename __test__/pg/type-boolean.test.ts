import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['true', true],
  ['false', false],
  ['null::bool', null],
  ["'{t,f,null}'::bool[]", [true, false, null]],
])

isSentAs([
  [true, 'bool', 'true'],
  [false, 'bool', 'false'],
  ['on', 'bool', 'true'],
  [0, 'bool', 'false'],
])

survivesStorage('bool', [true, false, null])
