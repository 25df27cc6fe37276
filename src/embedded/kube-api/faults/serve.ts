import { utf8, type Env } from '#base'
import type { Core } from '../core.ts'
import type { Answer, Exchange } from '../http/exchange.ts'
import { serve, verbOf } from '../http/server.ts'
import { targetOf } from '../http/target.ts'
import { LaggingStore } from '../storage/lagging-store.ts'
import { plannedAnswer } from './answer.ts'
import { broken } from './break.ts'
import { cutConnection } from './faults.ts'
import { seenOf, type Break, type CallFault, type CallSeen } from './plan.ts'
import { faultyEvents, untilAborted } from './watch.ts'

/**
 * Answers one request, unless the plan has something else in store for it.
 *
 * @throws Fault Unavailable where the connection is to break, which the doors hand on as a cut.
 */
export async function serveFaulty(core: Core, exchange: Exchange): Promise<Answer> {
  const { faults, env } = core
  if (faults.isDown) throw cutConnection()
  if (!faults.planned) return withEvents(await serve(core, exchange), core, exchange)
  const call = callOf(exchange)
  const life = faults.life
  const planned = faults.ofCall(call)
  const early = await before(planned, exchange, env)
  if (faults.life !== life) throw cutConnection()
  if (early !== undefined) return early
  const answer = await serve(seenBy(core, planned, call), exchange)
  return await after(planned, withEvents(answer, core, exchange), exchange, env)
}

function callOf(exchange: Exchange): CallSeen {
  const target = targetOf(exchange.path)
  const verb = target === undefined ? exchange.method.toLowerCase() : verbOf(exchange, target)
  return seenOf(exchange, verb, target ?? {})
}

// What happens before anything is done. @returns what is said in the server's place.
async function before(
  planned: readonly CallFault[],
  exchange: Exchange,
  env: Env,
): Promise<Answer | undefined> {
  for (const fault of planned) {
    if (fault.kind === 'delay' && fault.done !== true) {
      await env.clock.sleep(fault.ms, exchange.signal)
    }
    if (fault.kind === 'reset') throw cutConnection()
    if (fault.kind === 'hang') return await untilAborted(exchange.signal)
    if (fault.kind === 'answer' && fault.done !== true) return plannedAnswer(fault.answer)
  }
  return undefined
}

// What happens to an answer on its way back.
async function after(
  planned: readonly CallFault[],
  answer: Answer,
  exchange: Exchange,
  env: Env,
): Promise<Answer> {
  for (const fault of planned) {
    if (fault.kind === 'delay' && fault.done === true) {
      await env.clock.sleep(fault.ms, exchange.signal)
    }
    if (fault.kind === 'loseReply') throw cutConnection()
    if (fault.kind === 'answer' && fault.done === true) return plannedAnswer(fault.answer)
    if (fault.kind === 'cut') return { ...answer, body: cutBody(answer.body, fault.at, env) }
  }
  return answer
}

async function* cutBody(body: Answer['body'], at: Break, env: Env): AsyncGenerator<Uint8Array> {
  yield broken(await firstPart(body), at)[0]
  await env.clock.sleep(1) // so that what was written leaves before the connection breaks
  throw cutConnection()
}

async function firstPart(body: Answer['body']): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return utf8(body)
  if (body instanceof Uint8Array) return body
  const parts = body[Symbol.asyncIterator]()
  try {
    const step = await parts.next()
    return step.done === true ? new Uint8Array() : step.value
  } finally {
    await parts.return?.(undefined)
  }
}

const reads = new Set(['get', 'list', 'watch'])

function seenBy(core: Core, planned: readonly CallFault[], call: CallSeen): Core {
  const stale = planned.find((fault) => fault.kind === 'stale')
  if (stale === undefined || !reads.has(call.verb)) return core
  return { ...core, store: new LaggingStore(core.store, stale.revision) }
}

function withEvents(answer: Answer, { faults, env }: Core, exchange: Exchange): Answer {
  const { body } = answer
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return answer
  const call = callOf(exchange)
  if (call.verb !== 'watch') return answer
  return { ...answer, body: faultyEvents(body, call, faults, env, exchange.signal) }
}
