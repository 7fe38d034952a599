// What a request asks for in Prefer.
import { maxAffected } from './cases/max-affected'
import { preferences } from './cases/prefer'
import { transactions } from './cases/transactions'
import { runCases } from './support/run'

runCases({ preferences, transactions, maxAffected })
