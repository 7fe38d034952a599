/** `oxbase/pg`: the embedded engine when the environment says so, and `pg` itself otherwise. */
import reference from 'pg'
import { isEmbedded } from './swap'

export * from './pg'

if (!isEmbedded()) module.exports = reference
