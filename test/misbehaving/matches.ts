/** The calls that faults are planned for. */
import type { CallMatch } from '#embedded/kube-api'

export const all: CallMatch = {}
export const toThings: CallMatch = { plural: 'things' }
export const statusWrites: CallMatch = {
  plural: 'things',
  subresource: 'status',
  verbs: ['update'],
}
export const leaseWrites: CallMatch = { plural: 'leases', verbs: ['update'] }
export const watches: CallMatch = { plural: 'things', verbs: ['watch'] }
