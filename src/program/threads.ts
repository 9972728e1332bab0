/** Threads for compiled programs and large products, as a provider. */
import * as E from 'fp-ts/lib/Either.js'
import { raise } from '../data/Defect.js'
import { automatic, type Provider } from '../kernel/provider.js'
import type { Team } from '../kernel/wasm/Team.js'
import { startTeam } from '../kernel/wasm/threads.js'
import { parallelism } from '../kernel/wasm/threadsHost.js'
import { sharedProduct } from '../kernel/wasm/threadsProduct.js'

/**
 * How many threads are asked for.
 *
 * @since 0.1.0
 */
export interface ThreadsOptions {
  /** The one that calls included; default as many as the machine runs at once. */
  readonly threads?: number
}

/**
 * Why there are no threads.
 *
 * @since 0.1.0
 */
export interface ThreadsFailure {
  readonly _tag: 'NoThreads'
  readonly reason: string
}

/**
 * A failure in words.
 *
 * @example
 * import { showThreadsFailure } from 'gradus'
 * showThreadsFailure({ _tag: 'NoThreads', reason: 'here is no SharedArrayBuffer' }) // => 'no threads: here is no SharedArrayBuffer'
 *
 * @since 0.1.0
 */
export const showThreadsFailure = ({ reason }: ThreadsFailure): string => `no threads: ${reason}`

const providerOf = (team: Team): Provider => {
  const shared = sharedProduct(team)
  return {
    name: `${team.threads} threads`,
    matmul: (...product) => {
      if (!shared(...product)) automatic.matmul(...product)
    },
    team,
  }
}

/** Workers cost some megabytes each: who asks again gets the same ones, unless they have died. */
const started = new Map<number, { readonly team: Team; readonly provider: Provider }>()

/**
 * Starts worker threads that share the memory of compiled programs, and returns them as a provider for `useProvider`: long
 * elementwise loops and large matrix products are then computed by several threads at once. Needs `worker_threads` of Node.
 *
 * Results have the same bits as with one thread. Small loops and products, and sums over rows or over everything, stay on
 * one thread. Programs that are compiled already are bound to the new memory when they are next called. The threads sleep
 * when there is nothing to do, and keep no process alive.
 *
 * **Cost** some 50 ms at the start; each thread a JavaScript engine of its own (some 10 MB), and half a megabyte for each program.
 *
 * **Fails** with the reason where memory cannot be shared or threads cannot be started. A thread that dies over its work ends
 * the computation with a `Defect`; later ones run on one thread.
 *
 * @example
 * import { compile, loadThreads, provider, showThreadsFailure, square, sum, type Tensor, tensor, toNumber, useProvider } from 'gradus'
 * const before = provider()
 * const threads = loadThreads({ threads: 2 })
 * if (threads._tag === 'Right') useProvider(threads.right)
 * else console.warn(showThreadsFailure(threads.left))
 * toNumber(compile((x: Tensor) => sum(square(x)))(tensor([3, 4]))) // => 25
 * useProvider(before)
 *
 * @since 0.1.0
 */
export const loadThreads = ({ threads = parallelism() }: ThreadsOptions = {}): E.Either<ThreadsFailure, Provider> => {
  if (!Number.isInteger(threads) || threads < 1)
    return raise('InvalidArgument', `loadThreads: ${threads} threads. Use a whole number from 1.`)
  if (threads === 1) return E.right(automatic)
  const known = started.get(threads)
  if (known?.team.isWhole()) return E.right(known.provider)
  const team = startTeam({
    threads,
    lost: (words) =>
      raise('ThreadLost', `${words}. What it computed is lost; from now on one thread computes everything.`),
  })
  if (typeof team === 'string') return E.left({ _tag: 'NoThreads', reason: team })
  const provider = providerOf(team)
  started.set(threads, { team, provider })
  return E.right(provider)
}
