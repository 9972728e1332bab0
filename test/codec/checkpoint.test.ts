import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { randomKey, scalar, square, sum, type Tensor, tensor, treeDot } from 'gradus'
import {
  checkpointOf,
  decodeAnyCheckpoint,
  decodeCheckpoint,
  decodeOptimizer,
  encodeCheckpoint,
  parseCheckpoint,
  printCheckpoint,
  showCheckpointFailure,
} from 'gradus/codec'
import { adam, minimize, momentum, objective, resume, stepsAtMost, takeUntil } from 'gradus/optimize'
import { describe, expect, it } from 'vitest'
import { sealed, unsealed } from '../../src/codec/document.js'

interface Params {
  readonly w: Tensor
  readonly b: readonly [Tensor]
}

const example: Params = { w: tensor([0, 0]), b: [scalar(0)] }
const start: Params = { w: tensor([1, -2]), b: [scalar(3)] }
const optimizer = adam({ learningRate: 0.1 })
const loss = objective((p: Params) => treeDot({ ...p, w: square(p.w) }, p))
const run = minimize(optimizer, loss)(start)
const checkpoint = checkpointOf(optimizer, { keys: { batches: randomKey(7) } })(takeUntil(stepsAtMost(3))(run).last)
const text = printCheckpoint(checkpoint)

const read = (written: string) => parseCheckpoint(optimizer, example)(written)

const complaint = (outcome: ReturnType<typeof read>): string =>
  E.isLeft(outcome) ? `${outcome.left._tag}: ${showCheckpointFailure(outcome.left)}` : 'accepted'

/** The checkpoint with one part changed, and a checksum that is right. */
const changed = (change: Readonly<Record<string, unknown>>): unknown => {
  const { format: _, version: __, checksum: ___, ...body } = JSON.parse(text)
  return sealed({ name: 'gradus checkpoint', migrations: [] })({ ...body, ...change })
}

/** The value that was written, or a typed failure; what is thrown fails the test. */
const isSafe = (written: string): boolean => {
  const outcome = read(written)
  return E.isLeft(outcome) ? showCheckpointFailure(outcome.left) !== '' : printCheckpoint(outcome.right) === text
}

describe('checkpoints', () => {
  it('are the same when they are read', () => {
    const outcome = read(text)
    expect(E.isRight(outcome) && printCheckpoint(outcome.right)).toBe(text)
    expect(E.isRight(outcome) && outcome.right.keys).toEqual({ batches: randomKey(7) })
    expect(decodeCheckpoint(optimizer, example)(encodeCheckpoint(checkpoint))._tag).toBe('Right')
  })

  it('keep one field on a line', () => {
    expect(text.split('\n').map((line) => /^ {2}"(\w+)"/.exec(line)?.[1] ?? line)).toEqual([
      '{',
      'format',
      'version',
      'optimizer',
      'step',
      'params',
      'state',
      'work',
      'keys',
      'checksum',
      '}',
      '',
    ])
  })

  it('may be laid out anew', () => {
    expect(read(JSON.stringify(JSON.parse(text), null, 4))._tag).toBe('Right')
  })

  it('tell what wrote them, so that a run goes on from the file alone', () => {
    const any = decodeAnyCheckpoint(JSON.parse(text))
    const made = E.isRight(any) ? decodeOptimizer(any.right.optimizer.configuration) : E.left([])
    const from = E.isRight(made) ? parseCheckpoint(made.right, example)(text) : E.left(undefined)
    const last =
      E.isRight(made) && E.isRight(from)
        ? takeUntil(stepsAtMost(6))(resume(made.right, loss)(from.right)).last
        : undefined
    expect(last?.value).toBe(takeUntil(stepsAtMost(6))(run).last.value)
  })

  it('survive the flip of one character anywhere, as a failure or as the same', () => {
    for (const at of Array.from(text, (_, i) => i))
      for (const flip of [1, 4, 32]) {
        const letter = String.fromCharCode(text.charCodeAt(at) ^ flip)
        expect(isSafe(text.slice(0, at) + letter + text.slice(at + 1)), `character ${at} flipped by ${flip}`).toBe(true)
      }
  })

  it('survive a cut at every length', () => {
    for (const at of Array.from(text, (_, i) => i)) expect(isSafe(text.slice(0, at)), `cut at ${at}`).toBe(true)
  })

  it('survive random changes of characters, put in, taken out and replaced', () => {
    const edits = fc.array(
      fc.tuple(
        fc.nat(text.length),
        fc.nat(3),
        fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('-', '0', '"', '{', ' ')),
      ),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(edits, (all) =>
        isSafe(all.reduce((old, [at, removed, put]) => old.slice(0, at) + put + old.slice(at + removed), text)),
      ),
      { numRuns: 500 },
    )
  })

  const paths = (node: unknown, path: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
    typeof node === 'object' && node !== null
      ? Object.entries(node).flatMap(([key, child]) => [[...path, key], ...paths(child, [...path, key])])
      : []

  const edited = (
    node: unknown,
    path: ReadonlyArray<string>,
    edit: (entries: ReadonlyArray<[string, unknown]>, key: string) => ReadonlyArray<[string, unknown]>,
  ): unknown => {
    const [key, ...rest] = path
    if (key === undefined || typeof node !== 'object' || node === null) return node
    const entries = Object.entries(node)
    const next =
      rest.length === 0
        ? edit(entries, key)
        : entries.map(([k, v]): [string, unknown] => [k, k === key ? edited(v, rest, edit) : v])
    return Array.isArray(node) ? next.map(([, v]) => v) : Object.fromEntries(next)
  }

  it.each([
    ['removed', (entries: ReadonlyArray<[string, unknown]>, key: string) => entries.filter(([k]) => k !== key)],
    [
      'replaced by null',
      (entries: ReadonlyArray<[string, unknown]>, key: string) =>
        entries.map(([k, v]): [string, unknown] => [k, k === key ? null : v]),
    ],
    [
      'replaced by a string',
      (entries: ReadonlyArray<[string, unknown]>, key: string) =>
        entries.map(([k, v]): [string, unknown] => [k, k === key ? 'x' : v]),
    ],
    [
      'joined by another',
      (entries: ReadonlyArray<[string, unknown]>) => [...entries, ['more', 1] as [string, unknown]],
    ],
  ])('of which any key is %s are told apart, also when the checksum is made anew', (_, edit) => {
    const whole: unknown = JSON.parse(text)
    for (const path of paths(whole, [])) {
      const wrong = edited(whole, path, edit)
      const isSame = JSON.stringify(wrong) === JSON.stringify(whole)
      expect(E.isLeft(decodeCheckpoint(optimizer, example)(wrong)), path.join('.')).toBe(!isSame)
      const { format: __, version: ___, checksum: ____, ...body } = JSON.parse(JSON.stringify(wrong))
      const resealed = sealed({ name: 'gradus checkpoint', migrations: [] })(body)
      const outcome = decodeCheckpoint(optimizer, example)(resealed)
      // What is read nevertheless is a checkpoint that could have been: it runs.
      if (E.isRight(outcome))
        expect(takeUntil(stepsAtMost(5))(resume(optimizer, loss)(outcome.right)).last.step).toBeGreaterThan(0)
    }
  })
})

describe('a checkpoint is refused', () => {
  it('when it is no JSON', () => {
    expect(complaint(read('{ "format": "gradus ch'))).toBe(
      'NotJson: expected JSON text, got "{ \\"format\\": \\"gradus ch": the text may be cut off',
    )
  })

  it.each([
    [
      '{ "schema": "gradus/results" }',
      `OtherFormat: format: expected 'gradus checkpoint', got {"schema":"gradus/results"}`,
    ],
    ['[]', `OtherFormat: format: expected 'gradus checkpoint', got []`],
    ['null', `OtherFormat: format: expected 'gradus checkpoint', got null`],
  ])('when it is %s', (written, told) => {
    expect(complaint(read(written))).toBe(told)
  })

  it('when a later version wrote it', () => {
    expect(complaint(read(text.replace('"version": 1', '"version": 7')))).toBe(
      'FutureVersion: version: expected at most 1, got 7: a later gradus wrote this gradus checkpoint. Update gradus to read it.',
    )
  })

  it('when it was changed', () => {
    expect(complaint(read(text.replace('"step": 3', '"step": 4')))).toMatch(
      /^Corrupt: checksum: expected [0-9a-f]{64}, got [0-9a-f]{64}: the gradus checkpoint was changed after it was written/,
    )
  })

  it('when it is of another optimizer or of other hyperparameters', () => {
    const other = parseCheckpoint(momentum({ learningRate: 0.1 }), example)(text)
    expect(E.isLeft(other) && showCheckpointFailure(other.left)).toMatch(
      /^optimizer\.name: expected "momentum", got "adam"/,
    )
    const slower = parseCheckpoint(adam({ learningRate: 0.2 }), example)(text)
    expect(E.isLeft(slower) && showCheckpointFailure(slower.left)).toBe(
      'optimizer.configuration.learningRate: expected 0.2, got 0.1\n' +
        'Make the optimizer with the configuration of the checkpoint.',
    )
  })

  it('when it is of other parameters', () => {
    const wider = parseCheckpoint(optimizer, { ...example, w: tensor([0, 0, 0]) })(text)
    expect(E.isLeft(wider) && showCheckpointFailure(wider.left)).toBe(
      'params.w: expected a tensor [3], got a tensor [2]\nGive an example of the parameters that the run began with.',
    )
    const other = parseCheckpoint(optimizer, { w: example.w })(text)
    expect(E.isLeft(other) && other.left).toEqual({
      _tag: 'OtherParameters',
      mismatches: [{ path: 'params', expected: 'a record with the keys w', found: 'a record with the keys w, b' }],
    })
  })

  it.each([
    [{ step: -1 }, 'Mismatched: step: expected an integer of 0 or more, got -1'],
    [
      { work: { evaluations: 1 } },
      /^Mismatched: work: expected a record with the counts evaluations, gradients, products/,
    ],
    [{ keys: { a: [1, 2 ** 32] } }, 'Mismatched: keys.a[1]: expected an integer of 32 bits, got 4294967296'],
    [{ params: { record: { w: 1 } } }, /^OtherParameters: params: expected a record with the keys w, b/],
    [
      { params: { record: { w: { tensor: [1], float64: '?' } } } },
      'Mismatched: params.record.w.float64: expected 1 numbers in base64, got "?"',
    ],
    [{ state: null }, 'Mismatched: state: expected an array of 2, got null'],
    [{ state: [1, 2] }, /^Mismatched: state\[0\]: expected a record with the keys count, first, second, got 1/],
  ])('when a part is wrong: %j', (change, told) => {
    expect(complaint(decodeCheckpoint(optimizer, example)(changed(change)))).toMatch(told)
  })
})

describe('versions', () => {
  const format = {
    name: 'f',
    migrations: [(body: object) => ({ ...body, two: true }), (body: object) => ({ ...body, three: true })],
  }

  it('migrate step by step to the newest', () => {
    const first = sealed({ ...format, migrations: [] })({ x: 1 })
    const second = sealed({ ...format, migrations: format.migrations.slice(0, 1) })({ x: 1 })
    expect(unsealed(format)(first)).toEqual(E.right({ x: 1, two: true, three: true }))
    expect(unsealed(format)(second)).toEqual(E.right({ x: 1, three: true }))
    expect(unsealed(format)(sealed(format)({ x: 1 }))).toEqual(E.right({ x: 1 }))
  })
})

describe('the value of a checkpoint', () => {
  it('has the types that resume takes', () => {
    const outcome = read(text)
    const count: number | undefined = E.isRight(outcome) ? outcome.right.state[0].count : undefined
    const w: Tensor | undefined = E.isRight(outcome) ? outcome.right.params.w : undefined
    expect([count, w?.shape, sum(tensor([1])).shape]).toEqual([3, [2], []])
  })
})
