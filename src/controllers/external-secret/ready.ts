import type { Condition } from '#api'

/** Present condition of the type `Ready`, if there is one. */
export function readyOf(object: {
  readonly status?: { readonly conditions?: readonly Condition[] }
}): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === 'Ready')
}
