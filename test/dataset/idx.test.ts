import { describe, expect, it } from 'vitest'
import { toArray } from '../../src/data/read.js'
import { parseIdx } from '../../src/dataset/idx.js'
import { failureOf, successOf } from './outcome.js'

const idx = (file: string, magic: number, lengths: ReadonlyArray<number>, body: ReadonlyArray<number>) => ({
  file,
  bytes: Uint8Array.from([
    ...[magic, ...lengths].flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]),
    ...body,
  ]),
})

const pictures = idx('pictures', 2051, [2, 2, 2], [0, 255, 51, 102, 1, 2, 3, 4])
const answers = idx('answers', 2049, [2], [3, 9])
const parse = parseIdx({ name: 'made' })

describe('parseIdx', () => {
  it('reads images and labels', () => {
    const two = successOf(parse(pictures, answers))
    expect(two.labels).toEqual([3, 9])
    expect(toArray(two.images)).toEqual([
      [0, 1, 0.2, 0.4],
      [1 / 255, 2 / 255, 3 / 255, 4 / 255],
    ])
    expect([two.side, two.name]).toEqual([2, 'made'])
  })

  it('takes a subset and averages boxes', () => {
    expect(toArray(successOf(parseIdx({ name: 'made', count: 1, side: 1 })(pictures, answers)).images)).toEqual([[0.4]])
  })

  it('reads bytes that begin in the middle of a buffer', () => {
    const shifted = Uint8Array.from([7, 7, 7, ...pictures.bytes]).subarray(3)
    expect(successOf(parse({ file: 'shifted', bytes: shifted }, answers)).labels).toEqual([3, 9])
  })

  it.each([
    ['an empty file', idx('pictures', 2051, [], []), answers, 'pictures', 'an IDX header of 16 bytes'],
    [
      'labels in place of images',
      { ...answers, bytes: Uint8Array.from([...answers.bytes, 0, 0, 0, 0, 0, 0]) },
      answers,
      'answers',
      'the IDX magic number 2051',
    ],
    ['a missing pixel', idx('pictures', 2051, [2, 2, 2], [1, 2, 3]), answers, 'pictures', '24 bytes for 2 × 2 × 2'],
    ['a pixel too many', idx('pictures', 2051, [1, 1, 1], [1, 2]), answers, 'pictures', '17 bytes for 1 × 1 × 1'],
    ['oblong images', idx('pictures', 2051, [2, 1, 2], [1, 2, 3, 4]), answers, 'pictures', 'square images'],
    ['a missing label', pictures, idx('answers', 2049, [1], [3]), 'answers', '2 labels'],
    ['a label above 9', pictures, idx('answers', 2049, [2], [3, 10]), 'answers', 'labels from 0 to 9'],
    [
      'no image at all',
      idx('pictures', 2051, [0, 2, 2], []),
      idx('answers', 2049, [0], []),
      'pictures',
      'a subset of 1 to 0 images',
    ],
  ])('refuses %s', (_, images, labels, file, expected) => {
    expect(failureOf(parse(images, labels))).toMatchObject({ _tag: 'Malformed', file, expected })
  })
})
