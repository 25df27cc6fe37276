import { concatBytes, parseJson, stringifyJson, textOf, utf8, at, stringOf, field } from '#base'
import type { Env } from '#base'
import { broken } from './break.ts'
import { cutConnection, type Faults } from './faults.ts'
import { plannedStatus } from './answer.ts'
import type { CallSeen, EventFault, EventSeen } from './plan.ts'

/** An event that was held back, and how many others go before it. */
interface Held {
  readonly line: Uint8Array
  left: number
}

const longestHoldMs = 60_000

/**
 * The events of a watch as a plan lets them through.
 *
 * @param lines One event each, as the watch sends them.
 * @param hungUp Aborted when the caller is gone.
 */
export async function* faultyEvents(
  lines: AsyncIterable<Uint8Array>,
  call: CallSeen,
  faults: Faults,
  env: Env,
  hungUp: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const source = lines[Symbol.asyncIterator]()
  const held: Held[] = []
  const untold = new Set<string>()
  let index = 0
  let next: Promise<IteratorResult<Uint8Array>> | undefined
  try {
    for (;;) {
      next ??= source.next()
      const step = await soon(next, held.length > 0 ? longestHoldMs : undefined, env)
      if (step === 'late') {
        for (const { line } of held.splice(0)) yield line
        continue
      }
      next = undefined
      if (step.done === true) break
      if (!faults.planned && held.length === 0) {
        yield step.value
        continue
      }
      const event = seenEvent(step.value, index++)
      const name = `${event.namespace}/${event.name}`
      let line = step.value
      if (event.type === 'ADDED' && untold.delete(name)) line = asChange(line)
      const fault = faults.ofEvent(event, call)
      if (fault?.kind === 'end') return
      if (fault?.kind === 'coalesce' && event.type === 'DELETED') untold.add(name)
      else if (fault?.kind === 'reorder') held.push({ line, left: fault.behind })
      else {
        yield* sent(line, fault, env, hungUp)
        if (fault?.kind === 'error') return
        for (const one of held) one.left--
        for (const one of held.filter(({ left }) => left <= 0)) {
          held.splice(held.indexOf(one), 1)
          yield one.line
        }
      }
    }
  } finally {
    // One that still waits for its next event ends when the caller has hung up.
    const ending = source.return?.(undefined)
    if (next === undefined) await ending
  }
}

async function* sent(
  line: Uint8Array,
  fault: EventFault | undefined,
  env: Env,
  hungUp: AbortSignal,
): AsyncGenerator<Uint8Array> {
  switch (fault?.kind) {
    case 'drop':
      return
    case 'duplicate':
      yield line
      yield line
      return
    case 'delay':
      await env.clock.sleep(fault.ms, hungUp)
      yield line
      return
    case 'stall':
      return await untilAborted(hungUp)
    case 'cut':
      yield broken(line, fault.at)[0]
      await env.clock.sleep(1) // so that what was written leaves before the connection breaks
      throw cutConnection()
    case 'split': {
      const [head, tail] = broken(line, fault.at)
      yield head
      await env.clock.sleep(fault.ms, hungUp)
      yield tail
      return
    }
    case 'giant':
      yield padded(line, fault.bytes)
      return
    case 'error':
      yield utf8(`${stringifyJson({ type: 'ERROR', object: plannedStatus(fault.answer) })}\n`)
      return
    default:
      yield line
  }
}

/** Waits for `work`, or `ms` for it. */
async function soon<T>(
  work: Promise<T>,
  ms: number | undefined,
  { clock }: Env,
): Promise<T | 'late'> {
  if (ms === undefined) return await work
  const waited = Promise.withResolvers<'late'>()
  const timer = clock.timer(ms, () => waited.resolve('late'))
  try {
    return await Promise.race([work, waited.promise])
  } finally {
    timer.cancel()
  }
}

/** Never returns before the signal fires; then throws what it carries. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(cutConnection())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

function seenEvent(line: Uint8Array, index: number): EventSeen {
  let event: unknown
  try {
    event = parseJson(textOf(line))
  } catch {
    event = undefined // YAML, of which a plan knows only that something comes
  }
  const metadata = at(event, 'object', 'metadata')
  return {
    type: stringOf(field(event, 'type')) ?? '',
    namespace: stringOf(field(metadata, 'namespace')) ?? '',
    name: stringOf(field(metadata, 'name')) ?? '',
    resourceVersion: stringOf(field(metadata, 'resourceVersion')) ?? '',
    index,
  }
}

function asChange(line: Uint8Array): Uint8Array {
  return utf8(textOf(line).replace(/^\{"type":"ADDED"/, '{"type":"MODIFIED"'))
}

// White space before the line's end belongs to no value.
function padded(line: Uint8Array, bytes: number): Uint8Array {
  const end = line.lastIndexOf(10)
  const missing = bytes - line.length
  if (end < 0 || missing <= 0) return line
  return concatBytes([
    line.subarray(0, end),
    new Uint8Array(missing).fill(0x20),
    line.subarray(end),
  ])
}
