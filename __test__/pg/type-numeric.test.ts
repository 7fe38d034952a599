import { isSentAs, readsAs, survivesStorage } from '../support/values'

readsAs([
  ['1.10::numeric', '1.10'],
  ['0.0000000000000000000001::numeric', '0.0000000000000000000001'],
  ["'NaN'::numeric", 'NaN'],
  ["'-Infinity'::numeric", '-Infinity'],
  ['(10 ^ 40::numeric)::numeric(50, 2)', `1${'0'.repeat(40)}.00`],
  ['1234.5::money', '$1,234.50'],
])

isSentAs([
  ['123.4500', 'numeric', '123.4500'],
  [0.1, 'numeric', '0.1'],
  [1e21, 'numeric', '1000000000000000000000'],
  [NaN, 'numeric', 'NaN'],
])

survivesStorage('numeric', ['1.10', '-0.5', 'NaN', '123456789012345678901234567890.123', null])
