/*
 * store/: what codecs write, in files. It is a layer of its own because it needs Node's files, which the codecs do without, so that
 * they run in a browser; the modules of Node are loaded when a file is asked for. This file is the entry gradus/store.
 * May import: data … codec. May be imported by: dataset, experiment, report, cli.
 */
export {
  type ContentFailure,
  type FileFailure,
  readCheckpoint,
  showStoreFailure,
  writeCheckpoint,
} from './checkpoint.js'
