/** What becomes of keys and values between a provider and the Secret. */
import { Fault } from '#base'
import { decodeValue, validateKeys, type DataMap } from '#go'

/** The API server takes no longer key. */
const longestKey = 253

/** The values without empty keys. @throws Fault InvalidSpec for a key that no Secret can have. */
export function validKeys(values: DataMap): DataMap {
  const named = new Map([...values].filter(([key]) => key !== ''))
  for (const key of named.keys()) {
    const bytes = Buffer.from(key)
    if (bytes.length <= longestKey) continue
    const head = bytes.subarray(0, longestKey).toString()
    throw new Fault(
      'InvalidSpec',
      `key has length ${bytes.length} but max is ${longestKey}: (following is truncated): ${head}`,
    )
  }
  validateKeys(named)
  return named
}

/** All values decoded. @throws Fault InvalidSpec, in the peer's words; names the key, no value. */
export function decodeAll(values: DataMap, strategy: string): DataMap {
  const decoded = new Map<string, Uint8Array>()
  for (const [key, value] of values) {
    try {
      decoded.set(key, decodeValue(value, strategy))
    } catch (thrown) {
      throw thrown instanceof Fault ? thrown.within(`failure decoding key ${key}`) : thrown
    }
  }
  return decoded
}

/** @throws Fault InvalidAnswer under policy `Fail` when a value holds a NUL byte; names the key. */
export function refuseNulls(values: DataMap, policy: 'Ignore' | 'Fail' | undefined): void {
  if (policy !== 'Fail') return
  for (const [key, value] of values) {
    if (!value.includes(0)) continue
    throw new Fault('InvalidAnswer', `value of key ${key} contains a null byte`)
  }
}
