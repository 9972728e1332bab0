/** All rows: every public optimizer, with every law. */
import type { CheckOptions } from 'gradus/laws'
import { adaptive } from './adaptive.js'
import { curved } from './curved.js'
import { descents } from './descents.js'
import { others } from './others.js'
import type { Row } from './Row.js'
import { searched } from './searched.js'

export const table: ReadonlyArray<Row> = [...descents, ...adaptive, ...searched, ...curved, ...others]

/** Printed by every failure; both can be set, to look longer and elsewhere. */
export const seed = Number(process.env.LAWS_SEED ?? 20261124)

const instances = Number(process.env.LAWS_INSTANCES ?? 8)

/** A law that holds is seen to hold so often. */
export const holding: CheckOptions = { seed, instances }

/** A refutation is looked for so often at most; the first that is found will do. */
export const refuting: CheckOptions = { seed, instances: Math.max(200, instances), shrink: false }
