/*
 * codec/: the border to JSON. Everything that comes from a file passes a codec here, and what does not fit is a typed failure
 * that names the place, what was expected and what was found. io-ts lives here alone, so that the mathematics below does
 * not depend on it. This file is the entry gradus/codec.
 * May import: data … optimize. May be imported by: dataset, experiment, report, cli.
 */
export {
  decodeResults,
  type Mismatch,
  parseResults,
  printResults,
  Real,
  type ResultIterate,
  type ResultRun,
  type Results,
  ResultsCodec,
  type ResultsFailure,
  type Setting,
  showResultsFailure,
} from './results.js'
