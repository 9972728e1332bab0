#!/usr/bin/env node
/*
 * cli/: the command `gradus`: the only place that reads the command line, the clock, signals and the terminal, starts threads
 * and decides on exit codes. What is computed is experiment's, what is drawn report's; here they are put together.
 * Results go to standard output, everything else to standard error; a mistake is one line and exit code 2.
 * May import: everything below. May be imported by: nobody; it is the bin of the package.
 */
import * as E from 'fp-ts/lib/Either.js'
import { catalogue } from '../experiment/catalogue.js'
import { type CheckWishes, readArguments } from './arguments.js'
import { doctorReport } from './doctor.js'
import { gradusVersion } from './environment.js'
import { screenOn } from './screen.js'
import { codes, said, type World } from './world.js'

const listing = (): string =>
  [
    ...catalogue.map(({ name, description, duration }) => `${name.padEnd(13)}${description} (${duration})`),
    '',
    'gradus run <experiment> runs one; add --quick for a few seconds, --help for the options.',
  ].join('\n')

/** laws/ stands above src/ and needs fast-check, which is there only for those who test: it is found by its address. */
const checkLosses = async (wishes: CheckWishes, world: World): Promise<number> => {
  const screen = screenOn(world.err, world.environment, world.clock)
  const loaded: unknown = await import(new URL('../../laws/command/check.js', import.meta.url).href).catch(
    (error: unknown) => error,
  )
  const checkModule: unknown =
    typeof loaded === 'object' && loaded !== null && 'checkModule' in loaded ? loaded.checkModule : loaded
  if (typeof checkModule !== 'function') {
    world.err.write(
      `${said(`the laws cannot be loaded: ${String(checkModule)}. They need fast-check: npm install fast-check`)}\n`,
    )
    return codes.misused
  }
  const code: unknown = await checkModule(wishes, {
    out: world.out,
    err: world.err,
    progress: screen.show,
    clear: screen.clear,
    signal: world.signal,
  })
  return typeof code === 'number' ? code : codes.failed
}

/** Does what the words after `gradus` ask for; the result is the exit code. */
const main = async (argv: ReadonlyArray<string>, world: World): Promise<number> => {
  const read = await readArguments(argv, gradusVersion())
  if (E.isLeft(read)) {
    world.err.write(`${said(read.left)}\n`)
    return codes.misused
  }
  const request = read.right
  switch (request._tag) {
    case 'Run': {
      // What draws reports takes longer to load than everything else together.
      const { runExperiment } = await import('./run.js')
      return runExperiment(request.experiment, request.wishes, request.manner, world)
    }
    case 'Race': {
      const { race } = await import('./race.js')
      return race(request.race, world)
    }
    case 'Check':
      return checkLosses(request.check, world)
    case 'List':
      world.out.write(`${listing()}\n`)
      return codes.well
    case 'Doctor':
      world.out.write(`${await doctorReport()}\n`)
      return codes.well
    case 'Print':
      world.out.write(`${request.text}\n`)
      return codes.well
  }
}

const controller = new AbortController()
const interrupt = (): void => {
  // Whoever asks twice does not want to wait for the report.
  if (controller.signal.aborted) process.exit(codes.interrupted)
  controller.abort()
}
// A reader that has seen enough (`gradus list | head -1`) is no error.
process.stdout.on('error', () => undefined)
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)

const code = await main(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  environment: process.env,
  clock: () => performance.now(),
  now: () => new Date(),
  signal: controller.signal,
})
// Only when all output has gone where it should.
process.once('beforeExit', () => process.exit(code))
