// Ends a soak in which somebody waits for longer than its bound, and says who and for what.

const LOOK_MS = 500

/** What an actor that waits for too long waits for; undefined when nobody does. */
function overdue(actors) {
  const now = performance.now()
  const late = actors.find(({ waiting }) => waiting && now - waiting.since > waiting.bound)
  if (late === undefined) return undefined
  const { what, since, bound } = late.waiting
  const seconds = ((now - since) / 1000).toFixed(1)
  return `${late.name} has waited ${seconds} s in ${what}, where ${bound / 1000} s is the bound`
}

/** Looks after the actors until the function that is returned is called. */
export function watch(actors, bite) {
  const timer = setInterval(() => {
    const message = overdue(actors)
    if (message === undefined) return
    clearInterval(timer)
    bite(message)
  }, LOOK_MS)
  return () => clearInterval(timer)
}
