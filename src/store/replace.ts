/** Files that are replaced as a whole: what stands under a name is the old text or the new one at every moment. */

/** Modules of Node are asked for when they are needed, by a call that no bundler for browsers stumbles over. */
const disk = async (): Promise<typeof import('node:fs/promises')> => process.getBuiltinModule('node:fs/promises')

/** A text on its way to a file. The temporary file lies in the same folder, since a rename is atomic within one file system. */
export interface Staged {
  readonly path: string
  readonly temporary: string
  readonly text: string
}

/** The code of a failure of the system, such as ENOSPC. */
export const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause)

/** Writes the temporary file, and returns when it is on the disk and not only on its way there. */
export const put = async ({ temporary, text }: Staged): Promise<void> => {
  const file = await (await disk()).open(temporary, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives the file its name, in place of what had it. */
export const rename = async ({ path, temporary }: Staged): Promise<void> => (await disk()).rename(temporary, path)

/** Takes the temporary file away. */
export const discard = async ({ temporary }: Staged): Promise<void> =>
  (await disk()).rm(temporary, { force: true }).catch(() => undefined)

/** Puts the new name on the disk too. Some systems cannot open folders; there the rename is as durable as they make it. */
const syncFolderOf = async (path: string): Promise<void> => {
  const { dirname } = process.getBuiltinModule('node:path')
  const folder = await (await disk()).open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

/** Writes, syncs and renames; after a failure the old file stands and no temporary one is left. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  // A name of its own for each attempt: two at once must not write into one file.
  const staged = { path, temporary: `${path}.${process.pid}.${globalThis.crypto.randomUUID()}.tmp`, text }
  try {
    await put(staged)
    await rename(staged)
  } finally {
    await discard(staged)
  }
  await syncFolderOf(path).catch(() => undefined)
}

export const readText = async (path: string): Promise<string> => (await disk()).readFile(path, 'utf8')
