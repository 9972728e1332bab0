import { ones, tensor, zeros } from 'gradus'
import { describe, expect, it } from 'vitest'
import {
  type Contraction,
  compose,
  identity,
  type LinearMap,
  negate,
  scale,
  transpose,
} from '../../src/core/LinearMap.js'
import { showLinearMap } from '../../src/transform/showLinearMap.js'

const show = (map: LinearMap): string => showLinearMap(map, 'dx', () => 'c')

const contract = (labels: Contraction, side: 'left' | 'right' = 'left'): LinearMap => ({
  _tag: 'Contract',
  side,
  labels,
  by: ones([]),
})

describe('showLinearMap', () => {
  it.each<readonly [LinearMap, string, string]>([
    [identity, 'dx', 'dx'],
    [negate, '−dx', '−dx'],
    [scale(ones([])), 'c ⊙ dx', 'c ⊙ dx'],
    [{ _tag: 'Sum', axes: [0, 1], outer: [2, 3] }, 'sum(dx)', 'spread(dx)'],
    [{ _tag: 'Sum', axes: [1], outer: [2, 3] }, 'sum(dx, axes [1])', 'spread(dx, axes [1])'],
    [{ _tag: 'Permute', permutation: [1, 0] }, 'dxᵀ', 'dxᵀ'],
    [{ _tag: 'Permute', permutation: [1, 2, 0] }, 'permute(dx, [1,2,0])', 'permute(dx, [2,0,1])'],
    [{ _tag: 'Reshape', from: [6], to: [2, 3] }, 'reshape(dx, [2,3])', 'reshape(dx, [6])'],
    [{ _tag: 'Flip', axes: [0] }, 'flip(dx, axes [0])', 'flip(dx, axes [0])'],
    [
      { _tag: 'Slice', window: { starts: [1, 0, 0], strides: [2, 1, 1], inner: [2, 5, 0], outer: [4, 5, 3] } },
      'dx[1:4:2, :, 0:0]',
      'pad(dx at [1:4:2, :, 0:0] of [4,5,3])',
    ],
    [
      { _tag: 'Unfold', lead: 1, size: [2, 3], strides: [1, 2], dilation: [1, 1], outer: [1, 4, 7] },
      'unfold(dx, windows [2,3], strides [1,2])',
      'fold(dx, windows [2,3], strides [1,2])',
    ],
    [{ _tag: 'Fourier', transposed: false }, 'F dx', 'conj(F) dx'],
    [{ _tag: 'Cumulate', axis: 1, reverse: false }, 'cumsum(dx, axis 1)', 'cumsum(dx, axis 1, from the end)'],
    [
      { _tag: 'Gather', indices: tensor([0]), axis: 1, batch: 0, outer: [2, 2] },
      'gather(dx, c, axis 1)',
      'scatter(dx, c, axis 1)',
    ],
    [compose(scale(zeros([])), { _tag: 'Sum', axes: [0], outer: [2] }), 'sum(c ⊙ dx)', 'c ⊙ spread(dx)'],
    [{ _tag: 'Solve', equation: 'matrix', by: [ones([]), ones([])], transposed: false }, 'c⁻¹ · dx', 'c⁻ᵀ · dx'],
    [{ _tag: 'Solve', equation: 'lower', by: [ones([])], transposed: true }, 'lower(c)⁻ᵀ · dx', 'lower(c)⁻¹ · dx'],
    [
      { _tag: 'Solve', equation: 'unitUpper', by: [ones([])], transposed: false },
      'unit upper(c)⁻¹ · dx',
      'unit upper(c)⁻ᵀ · dx',
    ],
    [{ _tag: 'Solve', equation: 'commutator', by: [ones([])], transposed: false }, 'gaps(c)⁻¹ ⊙ dx', 'gaps(c)⁻¹ ⊙ dx'],
    [{ _tag: 'MatrixFunction', of: 'expm', by: ones([]), transposed: false }, 'Dexpm(c)[dx]', 'Dexpm(cᵀ)[dx]'],
    [{ _tag: 'Plus', maps: [identity, negate] }, '(dx + −dx)', '(dx + −dx)'],
    [
      compose(
        { _tag: 'Solve', equation: 'lower', by: [ones([])], transposed: false },
        { _tag: 'Permute', permutation: [1, 0] },
      ),
      '(lower(c)⁻¹ · dx)ᵀ',
      'lower(c)⁻ᵀ · dxᵀ',
    ],
    [
      compose(scale(ones([])), contract({ left: [0, 1], right: [1, 2], out: [0, 2] }, 'right')),
      'c · (c ⊙ dx)',
      'c ⊙ (cᵀ · dx)',
    ],
    // Products of matrices and vectors are written as such, with the transposes that a student would write.
    [contract({ left: [0, 1], right: [1, 2], out: [0, 2] }), 'dx · c', 'dx · cᵀ'],
    [contract({ left: [0, 1], right: [1, 2], out: [0, 2] }, 'right'), 'c · dx', 'cᵀ · dx'],
    [contract({ left: [1, 0], right: [1, 2], out: [0, 2] }), 'dxᵀ · c', 'c · dxᵀ'],
    [contract({ left: [0, 1], right: [1], out: [0] }), 'dx · c', 'dx ⊗ c'],
    [contract({ left: [0, 1], right: [1], out: [0] }, 'right'), 'c · dx', 'cᵀ · dx'],
    [contract({ left: [0], right: [0], out: [] }), '⟨dx, c⟩', 'dx ⊙ c'],
    [contract({ left: [0], right: [1], out: [1, 0] }), 'c ⊗ dx', 'dxᵀ · c'],
    [
      contract({ left: [0, 1, 2], right: [0, 2, 3], out: [0, 1, 3] }),
      "einsum('ijk,ikl->ijl', dx, c)",
      "einsum('ijk,ilk->ijl', dx, c)",
    ],
  ])('%j reads %s, transposed %s', (map, text, transposed) => {
    expect(show(map)).toBe(text)
    expect(show(transpose(map))).toBe(transposed)
  })
})
