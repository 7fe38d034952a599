// Writes to tables and views.
import { deletion } from './cases/delete'
import { insert } from './cases/insert'
import { insertFormats } from './cases/insert-formats'
import { replace } from './cases/put'
import { update } from './cases/update'
import { updateLimits } from './cases/update-limits'
import { upsert } from './cases/upsert'
import { writtenViews } from './cases/write-views'
import { runCases } from './support/run'

runCases({ insert, insertFormats, update, updateLimits, deletion, upsert, replace, writtenViews })
