/** Makes the tables, where they are not there. */
export const SCHEMA: string
/** One row: `whole`, `half` and `counters`, see `Found`. */
export const FOUND: string
