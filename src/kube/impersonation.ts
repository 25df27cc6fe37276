import { Fault, type HttpHeaders } from '#base'
import type { Impersonation } from './client.ts'

/**
 * The headers that make a call somebody else's.
 *
 * @throws Fault Forbidden for an empty or unprintable user or group, before any call.
 */
export function impersonationHeaders(identity: Impersonation): HttpHeaders {
  const { groups = [], uid, extra = {} } = identity
  const texts = [...(uid === undefined ? [] : [uid]), ...Object.values(extra).flat()]
  for (const name of [identity.user, ...groups, ...texts]) {
    // An empty name would drop the header, and the call would run with the operator's own rights.
    if (name.trim() === '' || !/^[\x20-\x7e]+$/.test(name)) {
      throw new Fault('Forbidden', 'impersonation needs a user and groups of printable names', {
        hint: 'name a service account to act as',
      })
    }
  }
  return {
    'impersonate-user': identity.user,
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key).toLowerCase()}`,
        values,
      ]),
    ),
  }
}
