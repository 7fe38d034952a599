// Work that some clients do side by side for a time.

/** Calls `each(lane)` again and again in `count` lanes for `seconds`; resolves with how long the work took, in seconds. */
export async function inLanes(count, seconds, each) {
  const begin = performance.now()
  const end = begin + seconds * 1000
  const lane = async (_, index) => {
    do await each(index)
    while (performance.now() < end)
  }
  await Promise.all(Array.from({ length: count }, lane))
  return (performance.now() - begin) / 1000
}
