/** What a child process does: asks all laws of the library that it was bundled with, and writes a line for each that does not hold. */
import * as fc from 'fast-check'
import { family } from 'gradus/laws'
import { subjects } from './subjects.js'

const write = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Fixed, so that the table is the same on every machine. */
const seeds: ReadonlyArray<number> = [1, 2]

/** The file that holds the defect, if any, and the sets that are asked if not all. */
const [, , defect = '', ...sets] = process.argv

/** Which laws look at a defect: those of its own layer and of the layers just above, where it shows again but is not new. */
const looking: ReadonlyArray<readonly [files: RegExp, sets: RegExp]> = [
  [/^src\/codec\//, /^(codec|resume)Laws$/],
  [/^src\/optimize\/(schedule|cycle)\.ts$/, /^scheduleLaws$/],
  [/^src\/optimize\/(certify|escape)\.ts$/, /^(certificate|escape)Laws$/],
  [/^src\/optimize\/stop(Memory)?\.ts$|\/(stream|outcome)\.ts$/, /^(stream|stop|optimizer)Laws$/],
  [/^src\/optimize\/secant|\/conjugateDirection\.ts$|\/newtonDirections\.ts$/, /^(secant|direction)Laws$/],
  [/^src\/optimize\/(searches|LineSearch)\.ts$|\/backtrack\.ts$/, /^lineSearchLaws$/],
  [/^src\/optimize\/trust\/|\/QuadraticModel\.ts$/, /^(region|leastSquares)Laws$/],
  [
    /\/transformation\/(perturb|select|ranges|add)\.ts$|\/optimize\/option\.ts$/,
    /^(seed|perturbation|mask|scheduled|refusal)Laws$/,
  ],
  [/^src\/optimize\/(Optimizer|iterate)\.ts$/, /^(optimizer|newton|saddleFree|leastSquares|resume)Laws$/],
  [/^src\/optimize\//, /^(transformation|optimizer|newton|saddleFree|scheduled)Laws$/],
  [
    /^src\/(operator|curvature)\/|\/(krylov|lanczosRun|mirror)\.ts$/,
    /^(transform|loss|newton|saddleFree|operator)Laws$/,
  ],
  [/^src\//, /^(linearMap|tree|transform|primitive|loss|operator)Laws$/],
]

const canSee = (set: string): boolean => {
  const [, own = /./] = looking.find(([files]) => files.test(defect)) ?? []
  return own.test(set) && (sets.length === 0 || sets.includes(set))
}

/** Degrees and bounds that losses claim are one law each, and so are kinds of gradients. */
const titleOf = (set: string, name: string): string =>
  `${set} › ${set === 'lossLaws' ? name.replace(/\d+/, 'd') : set === 'regionLaws' ? name.replace(/^\w+ gradients: /, '') : name}`

const broken = new Set<string>()
const asked = new Set<string>()

for (const { set, rules, instances } of subjects.filter(({ set }) => canSee(set)))
  for (const { name: of, laws } of family(rules))
    for (const { name, property } of laws) {
      const title = titleOf(set, name)
      asked.add(title)
      const begun = performance.now()
      // A law that is broken for one subject need not be asked of another.
      const found = seeds.find(
        (seed) =>
          !broken.has(title) &&
          fc.check(property, { seed, numRuns: Math.ceil(instances / seeds.length), endOnFailure: true }).failed,
      )
      if (process.env.GRADUS_TIMES !== undefined)
        write({ time: `${title} [${of}]`, ms: Math.round(performance.now() - begun) })
      if (found === undefined) continue
      broken.add(title)
      write({ broken: title, of })
    }
write({ asked: [...asked] })
