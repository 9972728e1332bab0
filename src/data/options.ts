/** Names of options, known while the program runs: type checkers see a misspelled one, but many programs run unchecked. */
import { raise } from './Defect.js'
import { describe, isRecord } from './describe.js'

/** What each option is, in words for messages. */
export type OptionNames<O> = { readonly [K in keyof Required<O>]: string }

const toldAll = (names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .map(([name, words]) => `${name} (${words})`)
    .join(', ')

/** The options as they came; a `Defect` where one has a name that nobody reads. */
export const optionsFrom = <O extends object>(operation: string, options: O, names: OptionNames<O>): O => {
  if (!isRecord(options))
    return raise(
      'InvalidArgument',
      `${operation}: expected options as a record with ${toldAll(names)}, got ${describe(options)}.`,
    )
  for (const name in options)
    if (!(name in names))
      return raise('InvalidArgument', `${operation}: there is no option ${name}; expected ${toldAll(names)}.`)
  return options
}

export const axisNames = { axis: 'which axis' } as const
export const axesNames = { axes: 'a list of axes such as [0]' } as const
export const keptAxisNames = { ...axisNames, keepAxes: 'true: the axis stays, with length 1' } as const
export const reductionNames = { ...axesNames, keepAxes: 'true: the axes stay, with length 1' } as const
export const runningNames = { ...axisNames, reverse: 'true: from the end' } as const
export const sortNames = { ...axisNames, descending: 'true: the largest first' } as const
export const windowNames = {
  strides: 'the steps from window to window',
  padding: "'valid', 'same' or pairs of counts",
  dilation: 'the distance of entries in a window',
} as const
