/** Where the code of the user stands, read off a stack: for messages only. */

/** Lines of a stack as engines write them: `at name (file:1:2)`, `at file:1:2`, `name@file:1:2`. */
const frame = /(?:at |@)?(?:.*[(@])?((?:file:\/\/)?[^()@\s]+:\d+:\d+)\)?$/

/** The folder of this library, as it stands in stacks; none where it was bundled into something without an address. */
const ownFolder = (): string | undefined => {
  try {
    return new URL('..', import.meta.url).pathname
  } catch {
    return undefined
  }
}

/** `file:line:column` of the newest call from outside the library, where the engine tells. */
export const callSite = (): string | undefined => {
  const own = ownFolder()
  const outside = (new Error().stack ?? '')
    .split('\n')
    .slice(1)
    .find((line) => own !== undefined && !line.includes(own) && frame.test(line))
  return outside === undefined ? undefined : frame.exec(outside.trim())?.[1]?.replace(/^file:\/\//, '')
}
