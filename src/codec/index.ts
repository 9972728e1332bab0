/*
 * codec/: the border to JSON. Everything that comes from a file passes a codec here, and what does not fit is a typed failure
 * that names the place, what was expected and what was found. io-ts lives here alone, so that the mathematics below does
 * not depend on it. This file is the entry gradus/codec.
 * May import: data … optimize. May be imported by: dataset, experiment, report, cli.
 */
export {
  type Checkpoint,
  type CheckpointFailure,
  checkpointOf,
  decodeAnyCheckpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  fitCheckpoint,
  KeyCodec,
  parseCheckpoint,
  printCheckpoint,
  showCheckpointFailure,
  WorkCodec,
} from './checkpoint.js'
export { parseOptimizer, parseOptimizerFor, printOptimizer, showOptimizerFailure } from './configurationFile.js'
export { type Data, DataCodec, type DataRecord, decodeData, encodeData, TensorCodec } from './data.js'
export type { DocumentFailure } from './document.js'
export { type Mismatch, showMismatches } from './mismatch.js'
export {
  type DecodedOptimizer,
  decodeOptimizer,
  decodeOptimizerFor,
  decodeSchedule,
  decodeStop,
  encodeOptimizer,
  encodeSchedule,
  encodeStop,
  type Opaque,
  OptimizerCodec,
  withConfiguration,
} from './optimizers.js'
export {
  decodeProgram,
  encodeProgram,
  type ProgramFailure,
  parseProgram,
  printProgram,
  showProgramFailure,
} from './program.js'
export {
  decodeResults,
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
