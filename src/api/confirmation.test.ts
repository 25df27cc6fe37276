import { describe, expect, it } from 'vitest'
import { heldMessage, parseHeld, type HeldAbsence } from './confirmation.ts'

const answer = '7e6d5c4b-0000-4000-8000-00000000000a/0123456789abcdef'

describe('a held deletion', () => {
  it.each<HeldAbsence>([
    { store: { kind: 'SecretStore', namespace: 'web', name: 'vault' }, answer },
    { store: { kind: 'ClusterSecretStore', name: 'vault' }, answer },
  ])('is read back from its message: %j', (held) => {
    expect(parseHeld(heldMessage(held), 'web')).toEqual(held)
  })

  it('names the command that confirms', () => {
    expect(
      heldMessage({ store: { kind: 'SecretStore', namespace: 'web', name: 'vault' }, answer }),
    ).toContain('lockstep confirm secretstore/vault -n web')
  })

  it.each(['secret synced', '', 'deletion held back: (absence x)'])('is not read from %j', (text) =>
    expect(parseHeld(text, 'web')).toBeUndefined(),
  )
})
