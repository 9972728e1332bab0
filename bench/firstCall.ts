/** A process of its own for one compilation: prints its seconds. Arguments: T2 or T6, and a quantity of suites/scaling.ts. */
import { firstCall } from './suites/scaling.js'

console.log(firstCall(process.argv[2] ?? '', process.argv[3] ?? ''))
