/*
 * dataset/: real data as immutable values: labeled square gray images, read from files whose hashes are known.
 * The parsers are pure functions from bytes to `Either<DatasetFailure, Dataset>`; only the readers touch the disk, and they
 * load Node's modules when they are run, so that a browser bundle can hold this folder. A file that is missing, cut short or
 * altered is a value that says what to do, never an exception. This file is the entry gradus/dataset.
 * May import: data. May be imported by: experiment, report, cli.
 */
export { boxAverage } from './boxAverage.js'
export { type Dataset, takeExamples } from './Dataset.js'
export { type DatasetFailure, showDatasetFailure } from './DatasetFailure.js'
export { loadDigits, parseDigits, readDigits } from './digits.js'
export { type IdxFile, type IdxOptions, parseIdx } from './idx.js'
export { loadMnist, type MnistOptions, type MnistSplit, mnistSize } from './mnist.js'
