// Media types, handlers, plans and the root.
import { handlers } from './cases/handlers'
import { singular } from './cases/media'
import { mediaForms } from './cases/media-forms'
import { singularEffects } from './cases/media-singular'
import { openapi } from './cases/openapi'
import { plansAndRoot } from './cases/plan-root'
import { runCases } from './support/run'

runCases({ singular, singularEffects, mediaForms, handlers, plansAndRoot, openapi })
