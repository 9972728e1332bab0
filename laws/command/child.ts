/** The process that loads the module of a user and runs the laws: it may hang, crash or end at will, and is watched by check.ts. */
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { Message, Orders } from './message.js'
import { subjectsOf } from './subject.js'
import { questionsOf } from './verdict.js'

const tell = (message: Message): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, undefined, undefined, () => resolve())
  })

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const isModule = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const run = async ({ file, seed, path, laws, runs }: Orders): Promise<Message> => {
  const module: unknown = await import(pathToFileURL(file).href)
  const subjects = subjectsOf(isModule(module) ? module : {})
  if (E.isLeft(subjects)) return { _tag: 'Unusable', reason: subjects.left }
  const all = subjects.right.flatMap(questionsOf)
  const asked = laws.length === 0 ? all : all.filter(({ title }) => laws.some((part) => title.includes(part)))
  if (asked.length === 0)
    return {
      _tag: 'Unusable',
      reason: `no law's title contains ${laws.map((part) => `"${part}"`).join(' or ')}. Titles are:\n${all.map(({ title }) => `  ${title}`).join('\n')}`,
    }
  for (const [done, { title, ask }] of asked.entries()) {
    await tell({ _tag: 'Asking', law: title, done, total: asked.length })
    const finding = ask({ seed, instances: runs, ...(path === undefined ? {} : { path }) })
    await tell({ _tag: 'Found', finding })
  }
  return { _tag: 'Finished' }
}

const fail = (error: unknown): void => {
  tell({ _tag: 'Unusable', reason: reasonOf(error) }).then(
    () => process.exit(2),
    () => process.exit(2),
  )
}
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
process.once('message', (orders: Orders) => {
  run(orders)
    .then(tell, fail)
    .then(() => process.disconnect())
})
