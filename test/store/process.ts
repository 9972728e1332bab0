/** The process that is killed: goes on from the file, if there is one, and writes a checkpoint after each step for ever. */
import { existsSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { checkpointOf } from 'gradus/codec'
import { minimize, resume } from 'gradus/optimize'
import { readCheckpoint, showStoreFailure, writeCheckpoint } from 'gradus/store'
import { example, firstKey, objectives, optimizer, start } from './interrupted.js'

const path = process.argv[2] ?? ''

const begin = async () => {
  if (!existsSync(path)) return { key: firstKey, run: minimize(optimizer, objectives(firstKey))(start) }
  const read = await readCheckpoint(path)(optimizer, example)()
  if (E.isLeft(read)) throw new Error(showStoreFailure(read.left))
  const key = read.right.keys.batches ?? randomless()
  return { key, run: resume(optimizer, objectives(key))(read.right) }
}

const randomless = (): never => {
  throw new Error('the checkpoint has lost its key')
}

const { key, run } = await begin()
for (const it of run) {
  const written = await writeCheckpoint(path)(checkpointOf(optimizer, { keys: { batches: key } })(it))()
  if (E.isLeft(written)) throw new Error(showStoreFailure(written.left))
  process.stdout.write('.')
}
