/**
 * test/laws/claims/: what every public optimizer claims of the laws O1 to O16, and what it denies, as data: one file for each family.
 * A row says all that holds; what a law could say beyond that is denied, and a refutation is owed. Row.ts makes standings of a row,
 * parts.ts those of what only some have, table.ts lists all rows. test/laws/table.test.ts puts them to the test;
 * test/documentation/optimizers.test.ts writes the page.
 */
import {
  type ChangeOfVariables,
  lawsNamed,
  type OptimizerProperty,
  optimizerLaws,
  type RuleSet,
  refusalLaws,
  resumeLaws,
  type SearchedStep,
  type Spectrum,
  type Standing,
} from 'gradus/laws'
import type { Ability, Optimizer, StateType } from 'gradus/optimize'
import { type Measured, measured } from './measured.js'

export const lawNames = [
  'O1',
  'O2',
  'O3',
  'O4',
  'O5',
  'O6',
  'O7',
  'O8',
  'O9',
  'O10',
  'O11',
  'O12',
  'O13',
  'O14',
  'O15',
  'O16',
] as const

export type LawName = (typeof lawNames)[number]

/** A standing with the few words by which the table tells it from others of the same law. */
export type Told = Standing & { readonly words: string }

export type Standings = Readonly<Record<LawName, ReadonlyArray<Told>>>

/** What a row says of laws that few have to do with, by the name under which failures are reported. */
export type Part = Readonly<Partial<Record<LawName, (name: string) => ReadonlyArray<Told>>>>

export type Family =
  | 'Descent'
  | 'Signs of gradients'
  | 'Adaptive rates'
  | 'Rates of layers'
  | 'Noise'
  | 'Along a line'
  | 'Newton'
  | 'Saddle-free Newton'
  | 'Trust regions and cubic models'
  | 'Least squares'
  | 'In a box'
  | 'Values alone'

/** A row as the table and the page read it. */
export interface Row {
  /** The public name of the function that makes it, and how it was called where that matters. */
  readonly maker: string
  readonly setting: string
  readonly family: Family
  readonly standings: Standings
  readonly measured: () => Measured
}

/** What all rows say. */
export interface Named<F extends StateType, A extends Ability> {
  readonly maker: string
  readonly setting?: string
  readonly family: Family
  readonly optimizer: Optimizer<F, A>
  /** Options with makers that are given wrong numbers in their place. */
  readonly refuses: Readonly<Record<string, (value: number) => unknown>>
  readonly parts?: ReadonlyArray<Part>
}

export type Descent = 'first step, convex' | 'first step' | 'loss, convex' | 'loss'

export type Change = ChangeOfVariables | 'a factor of the loss'

export type Solution = '1 step, convex' | '1 step' | '4 steps, convex'

export const saddleStep = '−|H|⁻¹ ∇f'

/** A row for an optimizer that is content with a loss. */
export interface Spec<F extends StateType> extends Named<F, 'value' | 'valueAndGrad' | 'hessian'> {
  /** Allowed error of steps that are compared; default 1e-9. */
  readonly tolerance?: number
  /** Why it does not stay at a minimum, if it does not. */
  readonly restless?: string
  readonly descends: ReadonlyArray<Descent>
  /** The conditions that its steps meet, if it searches lines. */
  readonly search?: Readonly<Record<string, (step: SearchedStep) => number>>
  /** The changes under which it takes the same steps. */
  readonly equivariant: ReadonlyArray<Change>
  /** They are the same only where the gradient has a part along each eigenvector. */
  readonly generic?: boolean
  readonly solves: ReadonlyArray<Solution>
  /** What is neither claimed nor denied, with the reason. */
  readonly open?: Readonly<Partial<Record<Descent | Change | Solution | typeof saddleStep, string>>>
  /** The kind of quadratics on which changes of variables are looked at; default indefinite. */
  readonly spectrum?: Spectrum
  /** Its step is −|H|⁻¹ ∇f on quadratics whose curvatures lie between 0.1 and 10. */
  readonly leavesSaddles?: boolean
  /** It is looked at through another, which asks for what it asks once more. */
  readonly uncounted?: boolean
  /** What else it claims of its steps. */
  readonly claims?: Readonly<Record<string, OptimizerProperty>>
}

const descents: Readonly<Record<Descent, OptimizerProperty>> = {
  'first step, convex': { _tag: 'Descends', spectrum: 'positive' },
  'first step': { _tag: 'Descends', spectrum: 'indefinite' },
  'loss, convex': { _tag: 'Decreases', spectrum: 'positive' },
  loss: { _tag: 'Decreases', spectrum: 'indefinite' },
}

const changes: Readonly<Record<Change, OptimizerProperty>> = {
  translations: { _tag: 'Equivariant', under: 'translations' },
  'permutations and signs': { _tag: 'Equivariant', under: 'permutations and signs' },
  rotations: { _tag: 'Equivariant', under: 'rotations' },
  'a common factor': { _tag: 'Equivariant', under: 'a common factor' },
  'factors of single variables': { _tag: 'Equivariant', under: 'factors of single variables' },
  'linear changes': { _tag: 'Equivariant', under: 'linear changes' },
  'a factor of the loss': { _tag: 'IgnoresScale' },
}

const solutions: Readonly<Record<Solution, OptimizerProperty>> = {
  '1 step, convex': { _tag: 'Solves', spectrum: 'positive', steps: 1 },
  '1 step': { _tag: 'Solves', spectrum: 'indefinite', steps: 1 },
  '4 steps, convex': { _tag: 'Solves', spectrum: 'positive', steps: 4 },
}

/** The step of saddle-free Newton doubles the distance along negative curvature, and is over at once along the rest. */
const awayFromSaddles: OptimizerProperty = { _tag: 'Multiplies', factor: (eigenvalue) => (eigenvalue > 0 ? 0 : 2) }

/** As far apart as steps must be for a denial: rounding refutes nothing. */
const visible = 1e-4

export const holds = (words: string, rules: RuleSet): Told => ({ _tag: 'Holds', words, rules })

export const denied = (words: string, rules: RuleSet): Told => ({ _tag: 'Denied', words, rules, reason: words })

const notApplicable = (reason: string): ReadonlyArray<Told> => [{ _tag: 'NotApplicable', words: reason, reason }]

/** Why a law says nothing of who has no part in it. */
const reasons: Readonly<Record<LawName, string>> = {
  O1: '',
  O2: '',
  O3: 'searches no line',
  O4: '',
  O5: 'is no chain of transformations',
  O6: '',
  O7: '',
  O8: '',
  O9: 'keeps no radius',
  O10: 'has no cubic model',
  O11: 'keeps no pairs of steps',
  O12: 'draws no lots',
  O13: '',
  O14: 'moves all leaves together',
  O15: 'takes no schedule, and has no switch',
  O16: '',
}

/** What no part speaks of does not apply. */
export const complete = (name: string, known: Partial<Standings>, parts: ReadonlyArray<Part>): Standings => {
  const of = (law: LawName): ReadonlyArray<Told> => {
    const told = [...(known[law] ?? []), ...parts.flatMap((part) => part[law]?.(name) ?? [])]
    return told.length > 0 ? told : notApplicable(reasons[law])
  }
  return {
    O1: of('O1'),
    O2: of('O2'),
    O3: of('O3'),
    O4: of('O4'),
    O5: of('O5'),
    O6: of('O6'),
    O7: of('O7'),
    O8: of('O8'),
    O9: of('O9'),
    O10: of('O10'),
    O11: of('O11'),
    O12: of('O12'),
    O13: of('O13'),
    O14: of('O14'),
    O15: of('O15'),
    O16: of('O16'),
  }
}

export const titleOf = ({ maker, setting = '' }: { readonly maker: string; readonly setting?: string }): string =>
  setting === '' ? maker : `${maker}, ${setting}`

/** What holds of everybody, whatever is asked of an objective: runs rest as text, and options are checked. */
export const restingAndRefusing = <F extends StateType>(named: Named<F, Ability>): Pick<Standings, 'O4' | 'O13'> => {
  const name = titleOf(named)
  const resting = resumeLaws({ name, optimizer: named.optimizer })
  return {
    O4: [holds('', lawsNamed('a run that rests')(resting))],
    O13: [
      holds('', lawsNamed('a checkpoint')(resting)),
      ...(Object.keys(named.refuses).length === 0
        ? []
        : [holds('options', refusalLaws({ name, options: named.refuses }))]),
    ],
  }
}

/** Every property of a menu is claimed or denied. */
const menu = <K extends string, F extends StateType>(
  spec: Spec<F>,
  properties: Readonly<Record<K, OptimizerProperty>>,
  claimed: ReadonlyArray<K>,
): ReadonlyArray<Told> => {
  const { optimizer, tolerance = 1e-9, generic = false, spectrum, open = {} } = spec
  const reasonsOf: Readonly<Record<string, string>> = open
  const name = titleOf(spec)
  const keys = (each: Readonly<Record<K, OptimizerProperty>>): ReadonlyArray<K> =>
    Object.keys(each).filter((key): key is K => key in each)
  return keys(properties).map((key) => {
    const property: OptimizerProperty = properties[key]
    const reason = reasonsOf[key]
    if (reason !== undefined) return { _tag: 'NotApplicable', words: key, reason }
    const asked: OptimizerProperty =
      property._tag === 'Equivariant'
        ? { ...property, generic, ...(spectrum === undefined ? {} : { spectrum }) }
        : property
    const rules = (allowed: number): RuleSet => {
      const all = optimizerLaws({ name, optimizer, claims: [asked], tolerance: allowed })
      return all.parents.find((set) => set.name.endsWith('› claims')) ?? all
    }
    return claimed.includes(key) ? holds(key, rules(tolerance)) : denied(key, rules(Math.max(visible, tolerance)))
  })
}

/** Who does not go down where the loss is convex is not asked elsewhere, too. */
const withoutImplied = (told: ReadonlyArray<Told>): ReadonlyArray<Told> => {
  const isDenied = (words: string): boolean => told.some((each) => each._tag === 'Denied' && each.words === words)
  return told.map((each) =>
    each._tag === 'Denied' && !each.words.endsWith('convex') && isDenied(`${each.words}, convex`)
      ? { _tag: 'NotApplicable', words: each.words, reason: 'not even where the loss is convex' }
      : each,
  )
}

export const rowOf = <F extends StateType>(spec: Spec<F>): Row => {
  const { maker, setting = '', family, optimizer, restless, search, parts = [], claims = {} } = spec
  const name = titleOf(spec)
  const all = optimizerLaws({ name, optimizer })
  const stays = lawsNamed('at a minimum it stays')(all)
  const failures = all.parents.find((set) => set.name.endsWith('› failures')) ?? all
  const saddleFree = parts.some((part) => part.O8 !== undefined)
  const resting = restingAndRefusing({ maker, setting, family, refuses: spec.refuses, optimizer })
  const own: Partial<Standings> = {
    ...resting,
    O4: [
      ...resting.O4,
      holds('runs', lawsNamed('a run walked twice', 'a run that is resumed', 'a state can be entered')(all)),
      ...(spec.uncounted === true ? [] : [holds('work', lawsNamed('work counts')(all))]),
    ],
    O1: [restless === undefined ? holds('', stays) : denied(restless, stays)],
    O2: withoutImplied(menu(spec, descents, spec.descends)),
    ...(search === undefined
      ? {}
      : { O3: menu(spec, { search: { _tag: 'Accepts', conditions: search } }, ['search']) }),
    O6: menu(spec, changes, spec.equivariant),
    O7: [...withoutImplied(menu(spec, solutions, spec.solves)), ...menu(spec, claims, Object.keys(claims))],
    ...(saddleFree
      ? {}
      : { O8: menu(spec, { [saddleStep]: awayFromSaddles }, spec.leavesSaddles === true ? [saddleStep] : []) }),
    O16: [holds('', failures)],
  }
  return {
    maker,
    setting,
    family,
    standings: complete(name, own, parts),
    measured: () => measured(optimizer),
  }
}
