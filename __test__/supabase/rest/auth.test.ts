// Tokens, roles, and what they may do.
import { tokens } from './cases/auth'
import { keys } from './cases/auth-keys'
import { tokenTimes } from './cases/auth-times'
import { privileges } from './cases/session'
import { settings } from './cases/settings'
import { runCases } from './support/run'

runCases({ tokens, tokenTimes, keys, privileges, settings })
