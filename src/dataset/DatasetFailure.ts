/**
 * Why a data set could not be read, and what to do about it.
 *
 * @since 0.1.0
 */
export type DatasetFailure =
  | { readonly _tag: 'MissingFile'; readonly file: string; readonly advice: string }
  | {
      readonly _tag: 'WrongHash'
      readonly file: string
      readonly expected: string
      readonly found: string
      readonly advice: string
    }
  | {
      readonly _tag: 'Malformed'
      readonly file: string
      readonly expected: string
      readonly found: string
      readonly advice: string
    }

export const missingFile = (file: string, advice: string): DatasetFailure => ({ _tag: 'MissingFile', file, advice })

export const wrongHash = (file: string, expected: string, found: string, advice: string): DatasetFailure => ({
  _tag: 'WrongHash',
  file,
  expected,
  found,
  advice,
})

export const malformed = (file: string, expected: string, found: string, advice: string): DatasetFailure => ({
  _tag: 'Malformed',
  file,
  expected,
  found,
  advice,
})

/**
 * Says in one line what is wrong with a data file and what to do.
 *
 * @example
 * import { readDigits, showDatasetFailure } from 'gradus/dataset'
 * const digits = await readDigits({ directory: 'nowhere' })()
 * digits._tag === 'Left' && showDatasetFailure(digits.left).slice(0, 33) // => 'cannot read nowhere/digits.csv.gz'
 *
 * @since 0.1.0
 */
export const showDatasetFailure = (failure: DatasetFailure): string => {
  switch (failure._tag) {
    case 'MissingFile':
      return `cannot read ${failure.file}. ${failure.advice}`
    case 'WrongHash':
      return `${failure.file} is not the original file: expected sha256 ${failure.expected}, found ${failure.found}. ${failure.advice}`
    case 'Malformed':
      return `${failure.file} cannot be understood: expected ${failure.expected}, found ${failure.found}. ${failure.advice}`
  }
}
