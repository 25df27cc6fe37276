import { Fault, faultOf, outcomeOf, type FaultReason } from '#base'
import { sealedBytes } from './base64.ts'
import type { KeyRing } from './key-ring.ts'

/**
 * Opens all values of one object, or none: a Secret is never half of what was sealed.
 *
 * @param values Sealed values in base64, by data key.
 * @param place `namespace/name` of the object.
 * @throws Fault CannotUnseal or DecryptionFailed in the original's words: each message once, then
 * the data keys it is about, `no key could decrypt secret (a, b)`, one message to a line.
 */
export async function openValues(
  ring: KeyRing,
  values: Readonly<Record<string, string>>,
  label: Uint8Array,
  place: string,
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const keys = Object.keys(values).sort()
  const outcomes = await Promise.all(
    keys.map((key) =>
      outcomeOf(
        async () => ring.open(sealedBytes(values[key] as string), label, `${place}/${key}`, signal),
        signal,
      ),
    ),
  )
  const opened = new Map<string, Uint8Array>()
  const failed = new Map<string, Fault>()
  for (const [i, outcome] of outcomes.entries()) {
    const key = keys[i] as string
    if (outcome.kind === 'done') opened.set(key, outcome.value)
    else failed.set(key, outcome.fault)
  }
  if (failed.size === 0) return opened
  for (const plaintext of opened.values()) plaintext.fill(0)
  throw together(failed)
}

const about: ReadonlySet<FaultReason> = new Set<FaultReason>(['CannotUnseal', 'DecryptionFailed'])

/** One Fault for all that went wrong; what is not about the values (a time-out) goes first. */
function together(failed: ReadonlyMap<string, Fault>): Fault {
  const other = [...failed.values()].find(({ reason }) => !about.has(reason))
  if (other !== undefined) return other
  const keysOf = new Map<string, string[]>()
  for (const [key, { message }] of failed)
    keysOf.set(message, [...(keysOf.get(message) ?? []), key])
  const message = [...keysOf].map(([text, keys]) => `${text} (${keys.join(', ')})`).join('\n')
  const first = faultOf([...failed.values()][0])
  return new Fault(first.reason, message, first.hint === undefined ? {} : { hint: first.hint })
}
