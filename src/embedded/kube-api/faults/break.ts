import type { Break } from './plan.ts'

/** The two parts of `bytes` when they break there; the first is never all of it. */
export function broken(bytes: Uint8Array, at: Break): readonly [Uint8Array, Uint8Array] {
  const place = Math.min(placeOf(bytes, at), Math.max(0, bytes.length - 1))
  return [bytes.subarray(0, place), bytes.subarray(place)]
}

function placeOf(bytes: Uint8Array, at: Break): number {
  if (typeof at === 'number') return at
  // Behind the first byte of a character that has several: UTF-8 begins those with 11…
  const lead = at === 'character' ? bytes.findIndex((byte) => byte >= 0xc0) : -1
  return lead < 0 ? bytes.length >> 1 : lead + 1
}
