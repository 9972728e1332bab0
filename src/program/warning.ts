/** Warnings: what a user should know and need not act upon, each said once in a process. */

const said = new Set<string>()

/** Says it once for each code: as a warning of Node, which can be silenced by its code, and on the console elsewhere. */
export const warnOnce = (code: string, message: string): void => {
  if (said.has(code)) return
  said.add(code)
  if (typeof process !== 'undefined' && typeof process.emitWarning === 'function')
    process.emitWarning(message, { type: 'GradusWarning', code })
  else console.warn(`${code}: ${message}`)
}
