/** A thread that runs one task after another and posts their events. */
import { parentPort, workerData } from 'node:worker_threads'
import { fromFloat64Array } from '../data/construct.js'
import type { Examples } from '../experiment/comparison.js'
import { runTask, type Task } from '../experiment/experiment.js'

/** Examples as they travel between threads. */
export interface PackedExamples {
  readonly images: Float64Array
  readonly shape: ReadonlyArray<number>
  readonly labels: ReadonlyArray<number>
}

/** Examples as they were before they traveled. */
export const unpacked = ({ images, shape, labels }: PackedExamples): Examples => ({
  images: fromFloat64Array(images, shape),
  labels,
})

const packed: PackedExamples = workerData
const examples = unpacked(packed)

parentPort?.on('message', (task: Task) => {
  for (const event of runTask(task, examples)) parentPort?.postMessage(event)
})
